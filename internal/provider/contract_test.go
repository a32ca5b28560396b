package provider_test

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// secretName matches attributes whose values must never be shown.
var secretName = regexp.MustCompile(`\.(\w+_)?(secret|token|private_key|api_key|identity|plaintext)$`)

// Everything that is registered has a description, secrets are sensitive, and each type has its examples.
func TestProviderContract(t *testing.T) {
	t.Parallel()
	files := map[string][]string{
		"resource":           {"resource.tf", "import.sh", "import-by-string-id.tf", "import-by-identity.tf"},
		"data source":        {"data-source.tf"},
		"action":             {"action.tf"},
		"list":               {"list-resource.tfquery.hcl"},
		"ephemeral resource": {"ephemeral-resource.tf"},
		"function":           {"function.tf"},
		"provider":           nil,
		"identity":           nil,
	}
	schemas := acctest.NewProtocol(t, nil).Schemas
	if len(schemas.Diagnostics) != 0 {
		t.Error(acctest.Text(schemas.Diagnostics))
	}
	for name, function := range schemas.Functions {
		if function.Summary == "" {
			t.Errorf("the function %s has no summary", name)
		}
	}
	kinds := map[string]bool{}
	for path, found := range everything(t) {
		if found.description == "" || secretName.MatchString(path) && !found.sensitive {
			t.Errorf("%s has no description, or is a secret and not sensitive", path)
		}
		at := strings.LastIndex(path, " ")
		kind, name := path[:at], path[at+1:]
		kinds[kind] = true
		for _, file := range files[kind] {
			if !strings.Contains(name, ".") && len(texts(t, "examples/*/"+name+"/"+file)) == 0 {
				t.Errorf("%s has no example %s", path, file)
			}
		}
	}
	if len(kinds) != len(files) {
		t.Errorf("there are only the kinds %v", kinds)
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

// The program that is shipped contains no test support and no sandbox. Package testing is there all the same, because
// go-plugin, which every provider is built on, imports it; nothing else may.
func TestShippedPackages(t *testing.T) {
	t.Parallel()
	const each = `{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}{{"\n"}}{{end}}`
	out, err := exec.Command("go", "list", "-deps", "-f", each, strings.TrimSuffix(module, "/")).Output()
	must(t, err)
	contains(t, string(out), "github.com/hashicorp/go-plugin testing\n", module+"internal/provider "+module+"internal/httpapi\n")
	unwanted := regexp.MustCompile(`^(net/http/httptest|` + module + `(internal/(sandbox|acctest)|cmd|tools)(/.*)?|.*/terraform-plugin-testing/.*)$`)
	for line := range strings.Lines(string(out)) {
		importer, imported, _ := strings.Cut(strings.TrimSpace(line), " ")
		if unwanted.MatchString(imported) || imported == "testing" && importer != "github.com/hashicorp/go-plugin" {
			t.Errorf("%s imports %s", importer, imported)
		}
	}
}
