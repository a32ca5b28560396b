package provider_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
)

// summaryAt is which argument of a call is the summary of a diagnostic.
var summaryAt = map[string]int{
	"AddError": 0, "AddWarning": 0, "NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0,
	"AddAttributeError": 1, "AddAttributeWarning": 1, "NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
}

// Every message of the provider is on the page that says what to do about it, and the page has no message that the provider
// does not have.
func TestTroubleshootingGuide(t *testing.T) {
	t.Parallel()
	const guide = "templates/guides/troubleshooting.md.tmpl"
	explained := map[string]bool{}
	for _, found := range regexp.MustCompile("(?m)^### `(.+)`$").FindAllStringSubmatch(texts(t, guide)[guide], -1) {
		explained[found[1]] = true
	}
	said := summaries(t)
	if len(said) < 40 {
		t.Fatalf("only %d messages were found", len(said))
	}
	for summary, at := range said {
		if !explained[summary] {
			t.Errorf("%s: the message %q is not in %s: add it as a heading of its own", at, summary, guide)
		}
		delete(explained, summary)
	}
	for summary := range explained {
		t.Errorf("%s explains %q, which the provider does not say", guide, summary)
	}
}

// summaries are those of every diagnostic in the source, with where each is made.
func summaries(t *testing.T) map[string]string {
	t.Helper()
	positions, packages := token.NewFileSet(), map[string][]*ast.File{}
	must(t, filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(positions, path, nil, 0)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		return err
	}))
	out := map[string]string{}
	for _, files := range packages {
		for _, file := range files {
			for _, function := range nodes[*ast.FuncDecl](file) {
				for _, summary := range summariesIn(function) {
					for _, parameters := range arguments(function, callers(function, files, packages)) {
						for _, v := range conformance.Vendors {
							said := strings.ReplaceAll(text(summary, parameters), "VENDOR", v.Name)
							out[said] = positions.Position(summary.Pos()).String()
						}
					}
				}
			}
		}
	}
	return out
}

// nodes are all of one type in a part of the source.
func nodes[T ast.Node](root ast.Node) (out []T) {
	for node := range ast.Preorder(root) {
		if found, ok := node.(T); ok {
			out = append(out, found)
		}
	}
	return out
}

// summariesIn are the summaries that a function passes to a diagnostic, or keeps in a field of that name for later.
func summariesIn(function *ast.FuncDecl) (out []ast.Expr) {
	for _, call := range nodes[*ast.CallExpr](function) {
		at, ok := summaryAt[called(call)]
		if !ok || len(call.Args) <= at {
			continue
		}
		if field, ok := call.Args[at].(*ast.SelectorExpr); !ok || field.Sel.Name != "summary" {
			out = append(out, call.Args[at])
		}
	}
	for _, field := range nodes[*ast.KeyValueExpr](function) {
		if key, ok := field.Key.(*ast.Ident); ok && key.Name == "summary" {
			out = append(out, field.Value)
		}
	}
	return out
}

// callers are the files that can call a function: those of its package, or all if it is exported.
func callers(function *ast.FuncDecl, own []*ast.File, packages map[string][]*ast.File) []*ast.File {
	if function.Name.IsExported() {
		return slices.Concat(slices.Collect(maps.Values(packages))...)
	}
	return own
}

// arguments are the texts that a function's parameters have, for each call of it.
func arguments(function *ast.FuncDecl, files []*ast.File) (out []map[string]string) {
	var names []string
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	for _, file := range files {
		for _, call := range nodes[*ast.CallExpr](file) {
			if called(call) != function.Name.Name || len(names) == 0 || len(call.Args) < len(names)-1 {
				continue
			}
			values := map[string]string{}
			for i, argument := range call.Args {
				values[names[min(i, len(names)-1)]] = text(argument, nil)
			}
			out = append(out, values)
		}
	}
	if len(out) == 0 {
		return []map[string]string{nil}
	}
	return out
}

// called is the name of the function that a call calls, without its package.
func called(call *ast.CallExpr) string {
	switch function := call.Fun.(type) {
	case *ast.Ident:
		return function.Name
	case *ast.SelectorExpr:
		return function.Sel.Name
	}
	return ""
}

// text is what a summary says: a literal, or one made of literals, parameters and the name of the vendor. Of anything else there is no
// heading, so such a summary fails the test.
func text(expression ast.Expr, parameters map[string]string) string {
	switch e := expression.(type) {
	case *ast.BasicLit:
		literal, _ := strconv.Unquote(e.Value)
		return literal
	case *ast.BinaryExpr:
		return text(e.X, parameters) + text(e.Y, parameters)
	case *ast.SelectorExpr:
		return strings.ToUpper(e.Sel.Name)
	case *ast.Ident:
		return cmp.Or(parameters[e.Name], strings.ToUpper(e.Name))
	case *ast.CallExpr:
		var values []any
		for i, argument := range e.Args {
			if i > 0 {
				values = append(values, text(argument, parameters))
			}
		}
		if called(e) == "Sprintf" {
			return fmt.Sprintf(text(e.Args[0], parameters), values...)
		}
	}
	return "a summary that is no literal"
}
