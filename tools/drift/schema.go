package main

import (
	"maps"
	"slices"
	"strings"
)

// published is one operation as a page describes it.
type published struct {
	document        document
	request, answer any
}

var methods = []string{"get", "put", "post", "delete", "patch"}

// operations returns what the documents describe, by method and path.
func (p *pages) operations() map[string]published {
	found := map[string]published{}
	for _, doc := range p.documents {
		for path, calls := range doc.Paths {
			for method, call := range calls {
				if slices.Contains(methods, method) && strings.Contains(path, "webhooks") {
					found[operationKey(method, path)] = doc.published(call)
				}
			}
		}
	}
	return found
}

// operationKey is an operation whatever its parameters are called.
func operationKey(method, path string) string {
	elements := strings.Split(path, "/")
	for i, element := range elements {
		if strings.HasPrefix(element, "{") {
			elements[i] = "{}"
		}
	}
	return strings.ToUpper(method) + " " + strings.Join(elements, "/")
}

func (d document) published(call any) published {
	return published{d, d.body(dig(call, "requestBody")), d.body(d.success(dig(call, "responses")))}
}

func (d document) body(node any) any {
	return dig(d.resolve(node), "content", "application/json", "schema")
}

func (d document) success(responses any) any {
	for _, status := range []string{"200", "201", "202", "default"} {
		if answer := dig(responses, status); answer != nil {
			return answer
		}
	}
	return nil
}

// resolve returns what a node refers to, or the node.
func (d document) resolve(node any) any {
	if reference, ok := dig(node, "$ref").(string); ok {
		return dig(d.Components, strings.Split(strings.TrimPrefix(reference, "#/components/"), "/")...)
	}
	return node
}

func dig(node any, names ...string) any {
	for _, name := range names {
		object, _ := node.(map[string]any)
		node = object[name]
	}
	return node
}

// properties returns the fields of a schema, those of what it refers to and is composed of among them.
func (d document) properties(schema any) map[string]any {
	return d.propertiesTo(schema, 20)
}

// propertiesTo ends at a depth, because schemas may refer to themselves.
func (d document) propertiesTo(schema any, depth int) map[string]any {
	out := map[string]any{}
	if depth == 0 {
		return out
	}
	object, _ := schema.(map[string]any)
	add := func(part any) { maps.Copy(out, d.propertiesTo(part, depth-1)) }
	if _, refers := object["$ref"]; refers {
		add(d.resolve(object))
	}
	for _, composition := range []string{"allOf", "oneOf", "anyOf"} {
		parts, _ := object[composition].([]any)
		for _, part := range parts {
			add(part)
		}
	}
	if items, ok := object["items"]; ok {
		add(items)
	}
	own, _ := object["properties"].(map[string]any)
	maps.Copy(out, own)
	return out
}

// at returns the fields at a place in a schema: names parted by dots.
func (d document) at(schema any, place string) map[string]any {
	found := d.properties(schema)
	if place == "" {
		return found
	}
	for name := range strings.SplitSeq(place, ".") {
		found = d.properties(found[name])
	}
	return found
}

// enums calls visit with every list of allowed values.
func enums(node any, visit func([]string)) {
	switch node := node.(type) {
	case map[string]any:
		if values, ok := node["enum"].([]any); ok {
			visit(texts(values))
		}
		for _, child := range node {
			enums(child, visit)
		}
	case []any:
		for _, child := range node {
			enums(child, visit)
		}
	}
}

func texts(values []any) []string {
	var out []string
	for _, value := range values {
		if text, ok := value.(string); ok {
			out = append(out, text)
		}
	}
	return out
}
