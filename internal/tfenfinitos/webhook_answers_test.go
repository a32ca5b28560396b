package tfenfinitos_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// A rotation is told to those who hold the secret that no longer signs, and to nobody else.
func TestWhenARotationIsTold(t *testing.T) {
	t.Parallel()
	const known, later = "2026-10-01T12:00:00Z", "2026-10-02T12:00:00Z"
	for name, test := range map[string]struct {
		held          bool
		state, server string
		warns         bool
	}{
		"rotated since":                  {true, known, later, true},
		"rotated for the first time":     {true, "", later, true},
		"as known":                       {true, known, known, false},
		"the API does not tell any more": {true, known, "", false},
		"an imported one":                {false, known, later, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			id := register(env)
			provider := readAs(t, env, func(subscription map[string]any) {
				delete(subscription, "secretLastRotatedAt")
				if test.server != "" {
					subscription["secretLastRotatedAt"] = test.server
				}
			})
			attributes := state(id)
			if test.state != "" {
				attributes["secret_last_rotated_at"] = acctest.String(test.state)
			}
			if !test.held {
				delete(attributes, "secret")
			}
			got := acctest.Text(provider.Read("webhook_enfinitos", attributes))
			if strings.Contains(got, "Rotated Outside") != test.warns || !test.warns && got != "" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// What an answer leaves out has not changed.
func TestWebhookAnswerWithoutAField(t *testing.T) {
	t.Parallel()
	for field, attribute := range map[string]string{
		"url": "url", "events": "events", "label": "label", "active": "active", "developerId": "developer_id", "createdAt": "created_at",
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			provider := readAs(t, env, func(subscription map[string]any) { delete(subscription, field) })
			attributes := state(env.Enfinitos.Register(enfinitos.Subscription{
				URL: "https://elsewhere.example.com/", Events: []string{"right.issued"}, Label: "y",
			}))
			attributes["developer_id"], attributes["created_at"] = acctest.String("dev"), acctest.String("2026-10-01T12:00:00Z")
			answer := provider.ReadFully("webhook_enfinitos", attributes)
			if len(answer.Diagnostics) != 0 {
				t.Fatal(acctest.Text(answer.Diagnostics))
			}
			got := provider.Attributes("webhook_enfinitos", answer.NewState)
			if !got[attribute].Equal(attributes[attribute]) || got["id"].IsNull() {
				t.Errorf("the state holds %s, and held %s", got[attribute], attributes[attribute])
			}
		})
	}
}

// readAs returns a provider for which a subscription is changed on its way when it is read.
func readAs(t *testing.T, env *acctest.Env, change func(subscription map[string]any)) *acctest.Protocol {
	t.Helper()
	acctest.Rewrite(t, &env.EnfinitosURL, func(response *http.Response) error {
		if response.Request.Method != http.MethodGet {
			return nil
		}
		var envelope struct {
			OK              bool                      `json:"ok"`
			Data            map[string]map[string]any `json:"data"`
			ContractVersion string                    `json:"contractVersion"`
		}
		if err := json.NewDecoder(response.Body).Decode(&envelope); err != nil {
			return err
		}
		change(envelope.Data["subscription"])
		body, err := json.Marshal(envelope)
		response.Body = io.NopCloser(bytes.NewReader(body))
		response.ContentLength = int64(len(body))
		response.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return err
	})
	environment := env.Env()
	environment["ENFINITOS_API_URL"] = env.EnfinitosURL
	provider := acctest.NewProtocol(t, environment)
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

// Each operation ends with the timeout that the resource gives it, however long one attempt may take.
func TestWebhookTimeouts(t *testing.T) {
	t.Parallel()
	for operation, call := range map[string]sandbox.Fault{
		"create": {Method: "POST", Path: "/v1/webhooks"},
		"read":   {Method: "GET", Path: "/v1/webhooks/*"},
		"update": {Method: "POST", Path: "/v1/webhooks/*/active"},
		"delete": {Method: "DELETE", Path: "/v1/webhooks/*"},
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			provider := acctest.NewProtocol(t, env.Env())
			if problems := provider.Configure(map[string]acctest.Value{
				"request_timeout": acctest.String("3s"), "max_retries": acctest.Number(0),
			}); len(problems) != 0 {
				t.Fatal(acctest.Text(problems))
			}
			instance := &acctest.Instance{Provider: provider, Type: "webhook_enfinitos"}
			limited := func(active bool) map[string]acctest.Value {
				config := configuration(active)
				config["timeouts"] = timeouts(operation)
				return config
			}
			if operation != "create" {
				clean(t, instance.Apply(limited(true)))
			}
			call.Effect, call.Milliseconds = sandbox.Delay, 60_000
			inject(t, env, call)()
			report := map[string]func() acctest.Report{
				"create": func() acctest.Report { return instance.Apply(limited(true)) },
				"read":   instance.Refresh,
				"update": func() acctest.Report { return instance.ApplyUnrefreshed(limited(false)) },
				"delete": instance.Destroy,
			}[operation]()
			if !report.Failed() || !strings.Contains(report.Problems, "context deadline exceeded") {
				t.Errorf("it ended with %+v", report)
			}
		})
	}
}

// timeouts returns the block that gives one operation half a second.
func timeouts(operation string) acctest.Value {
	kinds := map[string]tftypes.Type{}
	for _, name := range []string{"create", "read", "update", "delete"} {
		kinds[name] = tftypes.String
	}
	return acctest.Object(tftypes.Object{AttributeTypes: kinds}, map[string]acctest.Value{operation: acctest.String("500ms")})
}
