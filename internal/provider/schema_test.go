package provider_test

import (
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

// snapshot is what configurations and states depend on: of a type, such as "resource webhook_dfns", its version, and of an attribute, such
// as "resource webhook_dfns.url", how it is used and its type.
type snapshot map[string]string

// Whoever upgrades from the first release must be able to keep their configuration and their state.
func TestFirstReleaseSchema(t *testing.T) {
	t.Parallel()
	now := present(t)
	if *update {
		text, err := json.MarshalIndent(now, "", "  ")
		must(t, err)
		must(t, os.WriteFile(filepath.FromSlash(schemaFile), append(text, '\n'), 0o600))
	}
	text, err := os.ReadFile(filepath.FromSlash(schemaFile))
	must(t, err)
	var first snapshot
	must(t, json.Unmarshal(text, &first))
	for _, problem := range breaking(first, now) {
		t.Errorf("%s. This breaks those who upgrade from the first release: keep it, deprecated, beside what is to replace it. Where "+
			"only the state is concerned, raise Version in the schema of the resource and add an upgrader from every former version "+
			"(resource.ResourceWithUpgradeState), which TestFirstReleaseState then tries. Anything else needs a new major version, "+
			"for which the files of the first release are written anew (see state_test.go)", problem)
	}
}

func present(t *testing.T) snapshot {
	t.Helper()
	provider := acctest.NewProtocol(t, nil)
	schemas := provider.Schemas
	out := snapshot{}
	out.addType("provider webhook", schemas.Provider)
	for kind, all := range map[string]map[string]*tfprotov6.Schema{
		"resource": schemas.ResourceSchemas, "data source": schemas.DataSourceSchemas, "list": schemas.ListResourceSchemas,
		"ephemeral resource": schemas.EphemeralResourceSchemas,
	} {
		for name, schema := range all {
			out.addType(kind+" "+name, schema)
		}
	}
	for name, action := range schemas.ActionSchemas {
		out.addType("action "+name, action.Schema)
	}
	for name, function := range schemas.Functions {
		var parameters []string
		for _, parameter := range function.Parameters {
			parameters = append(parameters, parameter.Type.String())
		}
		if function.VariadicParameter != nil {
			parameters = append(parameters, function.VariadicParameter.Type.String()+"...")
		}
		out["function "+name] = fmt.Sprintf("function (%s) %s", strings.Join(parameters, ", "), function.Return.Type)
	}
	identities, err := provider.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(t, err)
	for name, identity := range identities.IdentitySchemas {
		out["identity "+name] = fmt.Sprint("version ", identity.Version)
		for _, a := range identity.IdentityAttributes {
			out["identity "+name+"."+a.Name] = use(a.RequiredForImport, a.OptionalForImport, false) + " " + a.Type.String()
		}
	}
	return out
}

func use(required, optional, computed bool) string {
	var words []string
	for word, so := range map[string]bool{"required": required, "optional": optional, "computed": computed} {
		if so {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return strings.Join(words, "+")
}

func (s snapshot) addType(name string, schema *tfprotov6.Schema) {
	s[name] = fmt.Sprint("version ", schema.Version)
	s.addBlock(name, schema.Block)
}

// addBlock adds what a block contains. A nested block is neither required nor optional: it may always be left out.
func (s snapshot) addBlock(owner string, block *tfprotov6.SchemaBlock) {
	s.addAttributes(owner, block.Attributes)
	for _, nested := range block.BlockTypes {
		s[owner+"."+nested.TypeName] = "nested block " + nested.Nesting.String()
		s.addBlock(owner+"."+nested.TypeName, nested.Block)
	}
}

func (s snapshot) addAttributes(owner string, attributes []*tfprotov6.SchemaAttribute) {
	for _, a := range attributes {
		path, kind := owner+"."+a.Name, ""
		if a.NestedType == nil {
			kind = a.Type.String()
		} else {
			kind = a.NestedType.Nesting.String()
			s.addAttributes(path, a.NestedType.Attributes)
		}
		s[path] = use(a.Required, a.Optional, a.Computed) + " " + kind
	}
}

// breaking returns what was promised by the former and is not kept by the later. What was added is no problem.
func breaking(former, later snapshot) (problems []string) {
	for _, path := range slices.Sorted(maps.Keys(later)) {
		owner, _, _ := strings.Cut(path, ".")
		if former[owner] != "" && former[path] == "" && strings.HasPrefix(later[path], "required") {
			problems = append(problems, path+" was added and is required")
		}
	}
	for _, path := range slices.Sorted(maps.Keys(former)) {
		owner, _, isAttribute := strings.Cut(path, ".")
		was, formerType, _ := strings.Cut(former[path], " ")
		is, laterType, kept := strings.Cut(later[path], " ")
		lost := func(word string) bool { return strings.Contains(was, word) && !strings.Contains(is, word) }
		for _, change := range []struct {
			made bool
			what string
		}{
			{!kept, "was removed"},
			{kept && was == "version" && laterType < formerType, "has a lower version"},
			{kept && was != "version" && formerType != laterType, "is of another type"},
			{is == "required" && was != "required", "has become required"},
			{kept && was != "computed" && is == "computed", "can no longer be configured"},
			{kept && lost("computed"), "is no longer computed"},
		} {
			if upgraded := isAttribute && later[owner] > former[owner]; change.made && !upgraded {
				problems = append(problems, path+" "+change.what)
			}
		}
	}
	return problems
}

// Each change that breaks is found, and none that does not.
func TestBreakingSchemaChanges(t *testing.T) {
	t.Parallel()
	changed := func(pairs ...string) snapshot {
		out := snapshot{
			"resource x": "version 1", "resource x.url": "required string", "resource x.label": "optional string",
			"resource x.status": "computed+optional string", "resource x.nested": "nested block SINGLE", "resource x.nested.key": "optional string",
			"function x": "function (a, b...) c",
		}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = pairs[i+1]
		}
		maps.DeleteFunc(out, func(_, value string) bool { return value == "" })
		return out
	}
	for _, test := range []struct {
		former, later snapshot
		want          string
	}{
		{changed(), changed(), ""},
		{snapshot{}, changed(), ""},
		{changed(), changed("resource x.new", "optional string"), ""},
		{changed(), changed("resource x.label", "computed+optional string"), ""},
		{changed(), changed("resource x.url", "optional string"), ""},
		{changed(), changed("resource x", "version 2", "resource x.label", "optional number", "resource x.status", ""), ""},
		{changed(), changed("resource x", "version 0"), "resource x has a lower version"},
		{changed(), changed("resource x.new", "required string"), "resource x.new was added and is required"},
		{changed(), changed("resource x.label", ""), "resource x.label was removed"},
		{changed(), changed("resource x.label", "optional number"), "resource x.label is of another type"},
		{changed(), changed("resource x.label", "required string"), "resource x.label has become required"},
		{changed(), changed("resource x.status", "computed string"), "resource x.status can no longer be configured"},
		{changed(), changed("resource x.status", "optional string"), "resource x.status is no longer computed"},
		{changed(), changed("resource x.nested.key", ""), "resource x.nested.key was removed"},
		{changed(), changed("resource x.nested", "nested block LIST"), "resource x.nested is of another type"},
		{changed(), changed("function x", ""), "function x was removed"},
		{changed(), changed("function x", "function (a, b) c"), "function x is of another type"},
	} {
		if got := strings.Join(breaking(test.former, test.later), "; "); got != test.want {
			t.Errorf("from %v to %v: got %q, want %q", test.former, test.later, got, test.want)
		}
	}
}
