package provider_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

const schemaFile = firstRelease + "/schema.json"

// snapshot is what configurations and states depend on, by kind and name, such as "resource webhook_dfns".
type snapshot map[string]entity

type entity struct {
	Version    int64                `json:"version"`
	Attributes map[string]attribute `json:"attributes,omitempty"`
	Parameters []string             `json:"parameters,omitempty"` // of a function, their types
	Variadic   string               `json:"variadic,omitempty"`
	Return     string               `json:"return,omitempty"`
}

type attribute struct {
	Type     string               `json:"type,omitempty"`
	Required bool                 `json:"required,omitempty"`
	Optional bool                 `json:"optional,omitempty"`
	Computed bool                 `json:"computed,omitempty"`
	Nesting  string               `json:"nesting,omitempty"`
	Nested   map[string]attribute `json:"nested,omitempty"`
}

// Whoever upgrades from the first release must be able to keep their configuration and their state.
func TestFirstReleaseSchema(t *testing.T) {
	t.Parallel()
	now := present(t)
	if *update {
		text, err := json.MarshalIndent(now, "", "  ")
		must(t, err)
		must(t, os.WriteFile(filepath.FromSlash(schemaFile), append(text, '\n'), 0o600))
	}
	for _, problem := range breaking(first(t), now) {
		t.Errorf("%s. This breaks those who upgrade from the first release: keep it, deprecated, beside what is to replace it. Where "+
			"only the state is concerned, raise Version in the schema of the resource and add an upgrader from every former version "+
			"(resource.ResourceWithUpgradeState), which TestFirstReleaseState then tries. Anything else needs a new major version, "+
			"for which the files of the first release are written anew (see state_test.go)", problem)
	}
}

func first(t *testing.T) (out snapshot) {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(schemaFile))
	must(t, err)
	must(t, json.Unmarshal(text, &out))
	return out
}

func present(t *testing.T) snapshot {
	t.Helper()
	provider := acctest.NewProtocol(t, nil)
	schemas := provider.Schemas
	out := snapshot{"provider webhook": describe(schemas.Provider)}
	for kind, all := range map[string]map[string]*tfprotov6.Schema{
		"resource": schemas.ResourceSchemas, "data source": schemas.DataSourceSchemas, "list": schemas.ListResourceSchemas,
		"ephemeral resource": schemas.EphemeralResourceSchemas,
	} {
		for name, schema := range all {
			out[kind+" "+name] = describe(schema)
		}
	}
	for name, action := range schemas.ActionSchemas {
		out["action "+name] = describe(action.Schema)
	}
	for name, function := range schemas.Functions {
		described := entity{Return: function.Return.Type.String()}
		for _, parameter := range function.Parameters {
			described.Parameters = append(described.Parameters, parameter.Type.String())
		}
		if function.VariadicParameter != nil {
			described.Variadic = function.VariadicParameter.Type.String()
		}
		out["function "+name] = described
	}
	identities, err := provider.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(t, err)
	for name, identity := range identities.IdentitySchemas {
		described := entity{Version: identity.Version, Attributes: map[string]attribute{}}
		for _, a := range identity.IdentityAttributes {
			described.Attributes[a.Name] = attribute{Type: a.Type.String(), Required: a.RequiredForImport, Optional: a.OptionalForImport}
		}
		out["identity "+name] = described
	}
	return out
}

func describe(schema *tfprotov6.Schema) entity {
	return entity{Version: schema.Version, Attributes: describeBlock(schema.Block)}
}

// describeBlock describes what a block contains. A nested block is neither required nor optional: it may always be left out.
func describeBlock(block *tfprotov6.SchemaBlock) map[string]attribute {
	out := describeAll(block.Attributes)
	for _, nested := range block.BlockTypes {
		out[nested.TypeName] = attribute{Nesting: "block " + nested.Nesting.String(), Nested: describeBlock(nested.Block)}
	}
	return out
}

func describeAll(attributes []*tfprotov6.SchemaAttribute) map[string]attribute {
	out := map[string]attribute{}
	for _, a := range attributes {
		described := attribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed}
		if a.NestedType == nil {
			described.Type = a.Type.String()
		} else {
			described.Nesting, described.Nested = a.NestedType.Nesting.String(), describeAll(a.NestedType.Attributes)
		}
		out[a.Name] = described
	}
	return out
}

// breaking returns what was promised by the former and is not kept by the later. What was added is no problem.
func breaking(former, later snapshot) (problems []string) {
	for _, name := range slices.Sorted(maps.Keys(former)) {
		was := former[name]
		is, ok := later[name]
		switch {
		case !ok:
			problems = append(problems, name+" was removed")
		case is.Version < was.Version:
			problems = append(problems, fmt.Sprintf("%s: Version went from %d to %d", name, was.Version, is.Version))
		case is.Version == was.Version:
			problems = append(problems, changedAttributes(name, was.Attributes, is.Attributes)...)
		}
		if !slices.Equal(was.Parameters, is.Parameters) || was.Variadic != is.Variadic || was.Return != is.Return {
			problems = append(problems, name+": the parameters or the result have changed")
		}
	}
	return problems
}

func changedAttributes(owner string, former, later map[string]attribute) (problems []string) {
	for _, name := range slices.Sorted(maps.Keys(former)) {
		full := owner + "." + name
		was := former[name]
		is, ok := later[name]
		for _, change := range []struct {
			made bool
			what string
		}{
			{!ok, "was removed"},
			{ok && (is.Type != was.Type || is.Nesting != was.Nesting), "is of another type"},
			{ok && is.Required && !was.Required, "has become required"},
			{ok && (was.Required || was.Optional) && !is.Required && !is.Optional, "can no longer be configured"},
			{ok && was.Computed && !is.Computed, "is no longer computed"},
		} {
			if change.made {
				problems = append(problems, full+" "+change.what)
			}
		}
		problems = append(problems, changedAttributes(full, was.Nested, is.Nested)...)
	}
	for _, name := range slices.Sorted(maps.Keys(later)) {
		if _, ok := former[name]; !ok && later[name].Required {
			problems = append(problems, owner+"."+name+" was added and is required")
		}
	}
	return problems
}

// Each change that breaks is found, and none that does not.
func TestBreakingSchemaChanges(t *testing.T) {
	t.Parallel()
	attributes := func(changes ...func(map[string]attribute)) snapshot {
		out := map[string]attribute{
			"url": {Type: "string", Required: true}, "label": {Type: "string", Optional: true},
			"status": {Type: "string", Optional: true, Computed: true},
			"nested": {Nesting: "SINGLE", Optional: true, Nested: map[string]attribute{"key": {Type: "string", Optional: true}}},
		}
		for _, change := range changes {
			change(out)
		}
		return snapshot{"resource x": {Version: 1, Attributes: out}}
	}
	function := func(parameters, variadic, result string) snapshot {
		return snapshot{"function x": {Parameters: strings.Fields(parameters), Variadic: variadic, Return: result}}
	}
	change := func(name string, to attribute) snapshot {
		return attributes(func(all map[string]attribute) { all[name] = to })
	}
	raised := change("label", attribute{Type: "number", Optional: true})
	raised["resource x"] = entity{Version: 2, Attributes: raised["resource x"].Attributes}
	for name, test := range map[string]struct {
		former, later snapshot
		want          string
	}{
		"nothing":           {attributes(), attributes(), ""},
		"type added":        {snapshot{}, attributes(), ""},
		"type removed":      {attributes(), snapshot{}, "resource x was removed"},
		"optional added":    {attributes(), change("new", attribute{Type: "string", Optional: true}), ""},
		"computed added":    {attributes(), change("label", attribute{Type: "string", Optional: true, Computed: true}), ""},
		"required added":    {attributes(), change("new", attribute{Type: "string", Required: true}), "resource x.new was added and is required"},
		"attribute removed": {attributes(), attributes(func(all map[string]attribute) { delete(all, "label") }), "resource x.label was removed"},
		"type changed":      {attributes(), change("label", attribute{Type: "number", Optional: true}), "resource x.label is of another type"},
		"type and version":  {attributes(), raised, ""},
		"version lowered":   {raised, attributes(), "resource x: Version went from 2 to 1"},
		"become required":   {attributes(), change("label", attribute{Type: "string", Required: true}), "resource x.label has become required"},
		"become optional":   {attributes(), change("url", attribute{Type: "string", Optional: true}), ""},
		"computed only":     {attributes(), change("status", attribute{Type: "string", Computed: true}), "resource x.status can no longer be configured"},
		"computed dropped":  {attributes(), change("status", attribute{Type: "string", Optional: true}), "resource x.status is no longer computed"},
		"nested removed":    {attributes(), change("nested", attribute{Nesting: "SINGLE", Optional: true}), "resource x.nested.key was removed"},
		"nesting changed":   {attributes(), change("nested", attribute{Nesting: "LIST", Optional: true, Nested: map[string]attribute{"key": {Type: "string", Optional: true}}}), "resource x.nested is of another type"},
		"function the same": {function("a b", "", "c"), function("a b", "", "c"), ""},
		"parameter removed": {function("a b", "", "c"), function("a", "", "c"), "function x: the parameters or the result have changed"},
		"variadic dropped":  {function("", "a", "c"), function("", "", "c"), "function x: the parameters or the result have changed"},
		"result changed":    {function("a", "", "c"), function("a", "", "d"), "function x: the parameters or the result have changed"},
	} {
		if got := strings.Join(breaking(test.former, test.later), "; "); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, cmp.Or(test.want, "nothing"))
		}
	}
}
