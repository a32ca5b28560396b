package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var (
	kindShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
	// kindRow is a row of a table of kinds, as a page of prose has it.
	kindRow = regexp.MustCompile("(?m)^\\|\\s*`?([a-z0-9_]+(?:\\.[a-z0-9_]+)+)`?\\s*\\|")
)

// differences reads the vendor's pages and returns what this project does not know of, and what they no longer mention.
func (v vendor) differences(ctx context.Context) ([]string, error) {
	found, err := readPages(ctx, v.index)
	if err != nil {
		return nil, err
	}
	kinds := v.publishedKinds(found)
	if len(kinds) == 0 {
		return nil, errors.New("no page lists a known event kind; check whether the format of the pages has changed")
	}
	origins, err := v.originDifferences(ctx)
	return slices.Concat(v.kindDifferences(kinds, found.text), v.operationDifferences(found), origins), err
}

// publishedKinds are those of every enum and table that names a kind which is known here, and of the events themselves.
func (v vendor) publishedKinds(found *pages) []string {
	var all []string
	take := func(values []string) {
		if slices.ContainsFunc(values, func(value string) bool { return slices.Contains(v.kinds, value) }) {
			all = append(all, values...)
		}
	}
	for _, doc := range found.documents {
		for _, call := range doc.Paths {
			enums(call, take)
		}
		enums(doc.Components, take)
		take(slices.Collect(maps.Keys(doc.Webhooks)))
	}
	var rows []string
	for _, row := range kindRow.FindAllStringSubmatch(found.text, -1) {
		rows = append(rows, row[1])
	}
	take(rows)
	all = slices.DeleteFunc(all, func(kind string) bool { return !kindShape.MatchString(kind) })
	slices.Sort(all)
	return slices.Compact(all)
}

func (v vendor) kindDifferences(kinds []string, text string) []string {
	var out []string
	for _, kind := range kinds {
		if !slices.Contains(v.kinds, kind) {
			out = append(out, fmt.Sprintf("Event kind `%s` is documented, but not in `%s`.", kind, v.file))
		}
	}
	for _, kind := range v.kinds {
		if !mentions(text, kind) {
			out = append(out, fmt.Sprintf("Event kind `%s` is in `%s`, but not documented.", kind, v.file))
		}
	}
	return out
}

func (v vendor) operationDifferences(found *pages) []string {
	var out []string
	all := found.operations()
	known := map[string]bool{}
	for _, op := range v.operations {
		key := operationKey(op.method, op.path)
		known[key] = true
		page, documented := all[key]
		if !documented {
			out = append(out, fmt.Sprintf("`%s %s` is not documented.", op.method, op.path))
			continue
		}
		out = append(out, op.fieldDifferences(page, found.text)...)
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !known[key] {
			out = append(out, fmt.Sprintf("`%s` is documented, but the client does not have it.", key))
		}
	}
	return out
}

func (o operation) fieldDifferences(page published, text string) []string {
	var out []string
	compare := func(what string, ours any, theirs map[string]any) {
		names := namesOf(ours)
		if len(names) > 0 && len(theirs) == 0 {
			out = append(out, fmt.Sprintf("`%s %s`: the fields of %s are not documented.", o.method, o.path, what))
		}
		for _, name := range slices.Sorted(maps.Keys(theirs)) {
			if !slices.Contains(names, name) {
				out = append(out, fmt.Sprintf("`%s %s`: field `%s` of %s is documented, but the client does not have it.",
					o.method, o.path, name, what))
			}
		}
		for _, name := range names {
			if !mentions(text, name) {
				out = append(out, fmt.Sprintf("`%s %s`: the client has field `%s` of %s, which is not documented.", o.method, o.path, name, what))
			}
		}
	}
	compare("the request", o.request, page.document.properties(page.request))
	for _, place := range slices.Sorted(maps.Keys(o.answers)) {
		what := "the answer"
		if place != "" {
			what += "'s `" + place + "`"
		}
		compare(what, o.answers[place], page.document.at(page.answer, place))
	}
	return out
}

// namesOf returns the names of a type in JSON.
func namesOf(value any) []string {
	if value == nil {
		return nil
	}
	if names, ok := value.(fields); ok {
		return names
	}
	var out []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(value)) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
			out = append(out, name)
		}
	}
	return out
}

// mentions tells whether a text has a name that is not part of a longer one.
func mentions(text, name string) bool {
	return regexp.MustCompile(`(^|[^A-Za-z0-9_.])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_.]|\.(\s|$))`).MatchString(text)
}

// markdown returns the differences as the section of a report.
func (v vendor) markdown(differences []string) string {
	return fmt.Sprintf("## %s\n\nRead from <%s>.\n\n- %s\n\n", v.name, v.index, strings.Join(differences, "\n- "))
}
