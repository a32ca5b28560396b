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

// entry is what one path of a snapshot stands for.
type entry struct {
	promise, description string
	sensitive            bool
}

// catalogue is what the provider has, by the paths of a snapshot.
type catalogue map[string]entry

// Whoever upgrades from the first release must be able to keep their configuration and their state.
func TestFirstReleaseSchema(t *testing.T) {
	t.Parallel()
	now := snapshot{}
	for path, found := range everything(t) {
		now[path] = found.promise
	}
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

func everything(t *testing.T) catalogue {
	t.Helper()
	provider := acctest.NewProtocol(t, nil)
	schemas, out := provider.Schemas, catalogue{}
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
		promise := fmt.Sprintf("function (%s) %s", strings.Join(parameters, ", "), function.Return.Type)
		out["function "+name] = entry{promise, function.Description, false}
	}
	identities, err := provider.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(t, err)
	for name, identity := range identities.IdentitySchemas {
		out["identity "+name] = entry{fmt.Sprint("version ", identity.Version), "of " + name, false}
		for _, a := range identity.IdentityAttributes {
			used := use(a.RequiredForImport, a.OptionalForImport, false)
			out["identity "+name+"."+a.Name] = entry{used + " " + a.Type.String(), a.Description, false}
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

// addType adds a type with what it contains.
func (c catalogue) addType(name string, schema *tfprotov6.Schema) {
	c.addBlock(name, fmt.Sprint("version ", schema.Version), schema.Block)
}

// addBlock adds a block with what it contains. A nested block is neither required nor optional: it may always be left out.
func (c catalogue) addBlock(owner, promise string, block *tfprotov6.SchemaBlock) {
	c[owner] = entry{promise, block.Description, false}
	c.addAttributes(owner, block.Attributes)
	for _, nested := range block.BlockTypes {
		c.addBlock(owner+"."+nested.TypeName, "nested block "+nested.Nesting.String(), nested.Block)
	}
}

func (c catalogue) addAttributes(owner string, attributes []*tfprotov6.SchemaAttribute) {
	for _, a := range attributes {
		path, kind := owner+"."+a.Name, ""
		if a.NestedType == nil {
			kind = a.Type.String()
		} else {
			kind = a.NestedType.Nesting.String()
			c.addAttributes(path, a.NestedType.Attributes)
		}
		c[path] = entry{use(a.Required, a.Optional, a.Computed) + " " + kind, a.Description, a.Sensitive}
	}
}

// breaking returns what was promised by the former and is not kept by the later. What was added is no problem, nor is what a configuration
// may now leave out, or may now also have.
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
		is, laterType, _ := strings.Cut(later[path], " ")
		wider := is == was || is == "computed+optional" || is == "optional" && was == "required"
		kept := wider && laterType == formerType || is == "version" && laterType > formerType
		if upgraded := isAttribute && later[owner] > former[owner]; !kept && !upgraded {
			problems = append(problems, fmt.Sprintf("%s was %q and is %q", path, former[path], later[path]))
		}
	}
	return problems
}

// Each change that breaks is found, and none that does not.
func TestBreakingSchemaChanges(t *testing.T) {
	t.Parallel()
	first := snapshot{
		"resource x": "version 1", "resource x.url": "required string", "resource x.label": "optional string",
		"resource x.status": "computed+optional string", "resource x.created": "computed string", "resource x.nested": "nested block SINGLE",
		"resource x.nested.key": "optional string", "function x": "function (a, b...) c",
	}
	for _, test := range []struct {
		change snapshot
		breaks bool
	}{
		{snapshot{}, false},
		{snapshot{"resource y": "version 0", "resource y.new": "required string"}, false},
		{snapshot{"resource x.new": "optional string"}, false},
		{snapshot{"resource x.label": "computed+optional string"}, false},
		{snapshot{"resource x.url": "optional string"}, false},
		{snapshot{"resource x": "version 2", "resource x.label": "optional number", "resource x.status": ""}, false},
		{snapshot{"resource x": "version 0"}, true},
		{snapshot{"resource x.new": "required string"}, true},
		{snapshot{"resource x.label": ""}, true},
		{snapshot{"resource x.label": "optional number"}, true},
		{snapshot{"resource x.label": "required string"}, true},
		{snapshot{"resource x.status": "computed string"}, true},
		{snapshot{"resource x.status": "optional string"}, true},
		{snapshot{"resource x.created": "optional string"}, true},
		{snapshot{"resource x.nested.key": ""}, true},
		{snapshot{"resource x.nested": "nested block LIST"}, true},
		{snapshot{"function x": "function (a, b) c"}, true},
	} {
		later := maps.Clone(first)
		maps.Copy(later, test.change)
		if problems := breaking(first, later); (len(problems) != 0) != test.breaks {
			t.Errorf("%v: got %q", test.change, problems)
		}
	}
}
