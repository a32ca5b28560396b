package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
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
	actions := map[string]*tfprotov6.Schema{}
	for name, action := range schemas.ActionSchemas {
		actions[name] = action.Schema
	}
	for kind, test := range map[string]struct {
		schemas map[string]*tfprotov6.Schema
		files   []string
	}{
		"resources": {
			schemas.ResourceSchemas, []string{"resource.tf", "import.sh", "import-by-string-id.tf", "import-by-identity.tf"},
		},
		"data-sources":        {schemas.DataSourceSchemas, []string{"data-source.tf"}},
		"actions":             {actions, []string{"action.tf"}},
		"list-resources":      {schemas.ListResourceSchemas, []string{"list-resource.tfquery.hcl"}},
		"ephemeral-resources": {schemas.EphemeralResourceSchemas, []string{"ephemeral-resource.tf"}},
	} {
		if len(test.schemas) == 0 {
			t.Errorf("there are no %s", kind)
		}
		for name, schema := range test.schemas {
			checkBlock(t, name, schema.Block)
			exists(t, kind, name, test.files...)
		}
	}
	for name, function := range schemas.Functions {
		if function.Summary == "" || function.Description == "" {
			t.Errorf("function %s has no description", name)
		}
		exists(t, "functions", name, "function.tf")
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
			validate := func(value string) string {
				timeouts := acctest.Object(texts, values{operation: acctest.String(value)})
				return acctest.Text(protocol.Validate(name, values{"timeouts": timeouts}))
			}
			at := fmt.Sprintf(`AttributeName("timeouts").AttributeName(%q)`, operation)
			contains(t, validate("0s"), "ERROR Invalid Duration: The value must", at)
			if problems := validate("1h30m"); strings.Contains(problems, at) {
				t.Errorf("%s, timeouts.%s: %s", name, operation, problems)
			}
		}
	}
}

// What is no id names no object. It is refused with what is right, and no call is made to look for it.
func TestInvalidIDs(t *testing.T) {
	t.Parallel()
	api := newAPI(t)
	protocol := acctest.NewProtocol(t, environment(t, api.URL, nil))
	protocol.Configure(nil)
	actions, _ := acctest.NewProtocol(t, nil).ProviderServer.(tfprotov6.ActionServer) // not configured, as in a validation
	refusal := func(kind, attribute, id string) string {
		if attribute == "id" {
			return acctest.Text(protocol.Import(kind, id))
		}
		schema := protocol.Schemas.ActionSchemas[kind].Schema.ValueType()
		config, err := tfprotov6.NewDynamicValue(schema, acctest.Object(schema, values{attribute: acctest.String(id)}))
		must(t, err)
		resp, err := actions.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: kind, Config: &config})
		must(t, err)
		return acctest.Text(resp.Diagnostics)
	}
	for _, test := range []struct{ kind, attribute, id, want string }{
		{"webhook_dfns", "id", " ", `The value must be the id of a Dfns webhook, wh-…: it is empty. Got: " ".`},
		{"webhook_dfns", "id", " wh-1\n", `: it has white space around it, so write "wh-1". Got: " wh-1\n".`},
		{"webhook_dfns", "id", "wh-1 wh-2", `: it contains white space or a slash, which no id has. Got: "wh-1 wh-2".`},
		{"webhook_dfns", "id", "webhooks/wh-1", `: it is a path, so write only its last part, "wh-1". Got: "webhooks/wh-1".`},
		{"webhook_dfns", "id", "https://api.dfns.io/webhooks/wh-1", `: it is a url, so write only its last part, "wh-1". Got: "https://api.dfns.io/…".`},
		{"webhook_dfns", "id", "https://hooks.example.com/hunter2", `: it is a url. Got: "https://hooks.example.com/…".`},
		{"webhook_dfns", "id", "whs_1", `: it does not begin with wh-. Got: "whs_1".`},
		{"webhook_dfns", "id", "wh-", `: it does not begin with wh-. Got: "wh-".`},
		{"webhook_enfinitos", "id", " ", `The value must be the id of an EnfinitOS subscription: it is empty. Got: " ".`},
		{"webhook_enfinitos", "id", "wh-1", `: it is the id of a Dfns webhook. Got: "wh-1".`},
		{"webhook_enfinitos", "id", "v1/webhooks/whs_1", `: it is a path, so write only its last part, "whs_1". Got: "v1/webhooks/whs_1".`},
		{"webhook_enfinitos", "id", "https://hooks.example.com/hunter2", `: it is a url. Got: "https://hooks.example.com/…".`},
		{"webhook_dfns_ping", "webhook_id", "whs_1", `: it does not begin with wh-. Got: "whs_1".`},
		{"webhook_enfinitos_replay", "subscription_id", "dlv_1", `: it is the id of a delivery. Got: "dlv_1".`},
		{"webhook_enfinitos_replay", "delivery_id", "whs_1", `The value must be the id of an EnfinitOS delivery, dlv_…: it does not begin with dlv_. Got: "whs_1".`},
	} {
		contains(t, refusal(test.kind, test.attribute, test.id), "ERROR Invalid Id: The value must be the id of ", test.want, test.attribute+`")]`)
	}
	if api.called != "" {
		t.Errorf("called %q", api.called)
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

func exists(t *testing.T, kind, name string, files ...string) {
	t.Helper()
	for _, file := range files {
		_, err := os.Stat(filepath.Join(examples, kind, name, file))
		must(t, err)
	}
}

// The program that is shipped contains no test support and no sandbox. Package testing is there all the same, because
// go-plugin, which every provider is built on, imports it; nothing else may.
func TestShippedPackages(t *testing.T) {
	t.Parallel()
	const module = "github.com/webhook-providers/terraform-provider-webhook"
	out, err := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module).Output()
	must(t, err)
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
