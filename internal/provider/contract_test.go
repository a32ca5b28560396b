package provider_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
)

// What every type that is registered owes its users.

// secretName matches attributes whose values must never be shown.
var secretName = regexp.MustCompile(`(^|_)(secret|token|private_key|api_key|identity|plaintext)$`)

func TestProviderContract(t *testing.T) {
	t.Parallel()
	schemas := acctest.NewProtocol(t, nil).Schemas
	checkBlock(t, "provider", schemas.Provider.Block)
	if len(schemas.Diagnostics) != 0 {
		t.Error(acctest.Text(schemas.Diagnostics))
	}
	if len(schemas.ResourceSchemas) == 0 || len(schemas.DataSourceSchemas) == 0 || len(schemas.ActionSchemas) == 0 ||
		len(schemas.ListResourceSchemas) == 0 || len(schemas.EphemeralResourceSchemas) == 0 || len(schemas.Functions) == 0 {
		t.Error("a kind of type is missing altogether")
	}
	for name, schema := range schemas.ResourceSchemas {
		checkSchema(t, name, schema)
	}
	for name, schema := range schemas.DataSourceSchemas {
		checkSchema(t, name, schema)
		exists(t, "data-sources", name, "data-source.tf")
	}
	for name, schema := range schemas.ActionSchemas {
		checkSchema(t, name, schema.Schema)
		exists(t, "actions", name, "action.tf")
	}
	for name, schema := range schemas.ListResourceSchemas {
		checkSchema(t, name, schema)
		exists(t, "list-resources", name, "list-resource.tfquery.hcl")
	}
	for name, schema := range schemas.EphemeralResourceSchemas {
		checkSchema(t, name, schema)
		exists(t, "ephemeral-resources", name, "ephemeral-resource.tf")
	}
	for name, function := range schemas.Functions {
		if function.Summary == "" || function.Description == "" {
			t.Errorf("function %s has no description", name)
		}
		exists(t, "functions", name, "function.tf")
	}
}

func checkSchema(t *testing.T, name string, schema *tfprotov6.Schema) {
	t.Helper()
	if !strings.HasPrefix(name, "webhook_") {
		t.Errorf("the name of %s does not start with that of the provider", name)
	}
	checkBlock(t, name, schema.Block)
}

func TestResourceContract(t *testing.T) {
	t.Parallel()
	for _, construct := range provider.New("test")().Resources(context.Background()) {
		r := construct()
		var metadata resource.MetadataResponse
		r.Metadata(context.Background(), resource.MetadataRequest{ProviderTypeName: "webhook"}, &metadata)
		name := metadata.TypeName
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var schema resource.SchemaResponse
			r.Schema(context.Background(), resource.SchemaRequest{}, &schema)
			if diags := schema.Schema.ValidateImplementation(context.Background()); diags.HasError() {
				t.Error(diags)
			}
			if _, ok := r.(resource.ResourceWithImportState); !ok {
				t.Error("it cannot be imported")
			}
			if _, ok := r.(resource.ResourceWithIdentity); !ok {
				t.Error("it has no identity")
			}
			for _, file := range []string{"resource.tf", "import.sh", "import-by-string-id.tf", "import-by-identity.tf"} {
				exists(t, "resources", name, file)
			}
		})
	}
}

// A timeout with which an operation would end before it has begun is refused at plan, where it is written.
func TestTimeoutsAreChecked(t *testing.T) {
	t.Parallel()
	protocol := acctest.NewProtocol(t, nil)
	texts := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"create": tftypes.String, "read": tftypes.String, "update": tftypes.String, "delete": tftypes.String,
	}}
	for name := range protocol.Schemas.ResourceSchemas {
		for operation := range texts.AttributeTypes {
			for value, valid := range map[string]bool{"30s": true, "1h30m": true, "1ms": true, "0s": false, "-5s": false, "1d": false, "": false} {
				problems := acctest.Text(protocol.Validate(name, map[string]acctest.Value{
					"timeouts": acctest.Object(texts, map[string]acctest.Value{operation: acctest.String(value)}),
				}))
				at := fmt.Sprintf(`AttributeName("timeouts").AttributeName(%q)`, operation)
				if strings.Contains(problems, at) == valid || valid == strings.Contains(problems, "ERROR Invalid Duration: The value must") {
					t.Errorf("%s, timeouts.%s = %q: %s", name, operation, value, problems)
				}
			}
		}
	}
}

// What is no id names no object. It is refused with what is right, and no call is made to look for it.
func TestInvalidIDs(t *testing.T) {
	t.Parallel()
	protocol := acctest.NewProtocol(t, map[string]string{"DFNS_AUTH_TOKEN": "token", "ENFINITOS_API_KEY": "sk_live_key"})
	if problems := protocol.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	actions, ok := acctest.NewProtocol(t, nil).ProviderServer.(tfprotov6.ActionServer) // not configured, as in a validation
	if !ok {
		t.Fatal("there are no actions")
	}
	identity := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}
	imports := func(id any) func(kind, attribute string) string {
		return func(kind, _ string) string {
			value, err := tfprotov6.NewDynamicValue(identity, tftypes.NewValue(identity, map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, id)}))
			must(t, err)
			resp, err := protocol.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
				TypeName: kind, Identity: &tfprotov6.ResourceIdentityData{IdentityData: &value},
			})
			must(t, err)
			return acctest.Text(resp.Diagnostics)
		}
	}
	validates := func(id string) func(kind, attribute string) string {
		return func(kind, attribute string) string {
			schema := protocol.Schemas.ActionSchemas[kind].Schema.ValueType()
			config, err := tfprotov6.NewDynamicValue(schema, acctest.Object(schema, map[string]acctest.Value{attribute: acctest.String(id)}))
			must(t, err)
			resp, err := actions.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: kind, Config: &config})
			must(t, err)
			return acctest.Text(resp.Diagnostics)
		}
	}
	for _, test := range []struct{ kind, attribute, id, want string }{
		{"webhook_dfns", "id", "", `The value must be the id of a Dfns webhook, wh-…: it is empty. Got: "".`},
		{"webhook_dfns", "id", " wh-1\n", `: it has white space around it, so write "wh-1". Got: " wh-1\n".`},
		{"webhook_dfns", "id", "wh-1 wh-2", `: it contains white space or a slash, which no id has. Got: "wh-1 wh-2".`},
		{"webhook_dfns", "id", "webhooks/wh-1", `: it is a path, so write only its last part, "wh-1". Got: "webhooks/wh-1".`},
		{"webhook_dfns", "id", "https://api.dfns.io/webhooks/wh-1", `: it is a url, so write only its last part, "wh-1". Got: "https://api.dfns.io/…".`},
		{"webhook_dfns", "id", "https://hooks.example.com/hunter2", `: it is a url. Got: "https://hooks.example.com/…".`},
		{"webhook_dfns", "id", "whs_1", `: it does not begin with wh-. Got: "whs_1".`},
		{"webhook_dfns", "id", "wh-", `: it does not begin with wh-. Got: "wh-".`},
		{"webhook_enfinitos", "id", "", `The value must be the id of an EnfinitOS subscription: it is empty. Got: "".`},
		{"webhook_enfinitos", "id", "wh-1", `: it is the id of a Dfns webhook. Got: "wh-1".`},
		{"webhook_enfinitos", "id", "v1/webhooks/whs_1", `: it is a path, so write only its last part, "whs_1". Got: "v1/webhooks/whs_1".`},
		{"webhook_enfinitos", "id", "https://hooks.example.com/hunter2", `: it is a url. Got: "https://hooks.example.com/…".`},
		{"webhook_dfns_ping", "webhook_id", "whs_1", `: it does not begin with wh-. Got: "whs_1".`},
		{"webhook_enfinitos_replay", "subscription_id", "dlv_1", `: it is the id of a delivery. Got: "dlv_1".`},
		{"webhook_enfinitos_replay", "delivery_id", "whs_1", `The value must be the id of an EnfinitOS delivery, dlv_…: it does not begin with dlv_. Got: "whs_1".`},
	} {
		refuse := validates(test.id)
		if test.attribute == "id" {
			refuse = imports(test.id)
		}
		got := refuse(test.kind, test.attribute)
		if !strings.Contains(got, "ERROR Invalid Id: The value must be the id of ") || !strings.Contains(got, test.want) || !strings.Contains(got, test.attribute+`")]`) {
			t.Errorf("%s, %s %q: got %q, want %q", test.kind, test.attribute, test.id, got, test.want)
		}
	}
	if got := imports(nil)("webhook_dfns", ""); !strings.Contains(got, "it is empty") {
		t.Errorf("null: %s", got)
	}
}

// checkBlock checks the attributes and the nested blocks of a block, which is a whole type or a part of one.
func checkBlock(t *testing.T, name string, block *tfprotov6.SchemaBlock) {
	t.Helper()
	if block.Description == "" {
		t.Errorf("%s has no description", name)
	}
	checkAttributes(t, name, block.Attributes)
	for _, nested := range block.BlockTypes {
		checkBlock(t, name+"."+nested.TypeName, nested.Block)
	}
}

func checkAttributes(t *testing.T, owner string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		name := owner + "." + attribute.Name
		if attribute.Description == "" {
			t.Errorf("%s has no description", name)
		}
		if secretName.MatchString(attribute.Name) && !attribute.Sensitive {
			t.Errorf("%s is not sensitive", name)
		}
		if attribute.NestedType != nil {
			checkAttributes(t, name, attribute.NestedType.Attributes)
		}
	}
}

func exists(t *testing.T, elements ...string) {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "examples"}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// The program that is shipped contains no test support and no sandbox. Package testing is there all the same, because
// go-plugin, which every provider is built on, imports it; nothing else may.
func TestShippedPackages(t *testing.T) {
	t.Parallel()
	const module = "github.com/webhook-providers/terraform-provider-webhook"
	out, err := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) < 50 {
		t.Fatalf("only %d packages were listed", len(lines))
	}
	unwanted := regexp.MustCompile(`^(net/http/httptest|` + module + `/(internal/(sandbox|acctest)|cmd|tools)(/.*)?|.*/terraform-plugin-testing/.*)$`)
	for _, line := range lines {
		name, imports, _ := strings.Cut(line, " ")
		if unwanted.MatchString(name) {
			t.Errorf("%s is part of the shipped program", name)
		}
		if name != "github.com/hashicorp/go-plugin" && slices.Contains(strings.Fields(imports), "testing") {
			t.Errorf("%s imports testing", name)
		}
	}
}
