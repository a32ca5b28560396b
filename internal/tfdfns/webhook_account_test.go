package tfdfns_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// front serves a sandbox under a path, to whoever comes with whatever token, and returns the URL of that path.
func front(t *testing.T, env *acctest.Env, path string) string {
	t.Helper()
	target, err := url.Parse(env.DfnsURL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Header.Set("Authorization", "Bearer "+env.Env()["DFNS_AUTH_TOKEN"])
	}}
	return acctest.Serve(t, http.StripPrefix(path, proxy).ServeHTTP) + path
}

// tokenOf returns a token that belongs to an organization.
func tokenOf(organization string) string {
	encode := base64.RawURLEncoding.EncodeToString
	claims := `{"sub":"us-1","https://custom/app_metadata":{"userId":"us-1","orgId":"` + organization + `"}}`
	return encode([]byte(`{"alg":"EdDSA"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte("signature"))
}

// asking returns a provider that calls a sandbox under a path with a token.
func asking(t *testing.T, env *acctest.Env, path, token string) *acctest.Protocol {
	t.Helper()
	variables := env.Env()
	variables["DFNS_API_URL"], variables["DFNS_AUTH_TOKEN"] = front(t, env, path), token
	provider := acctest.NewProtocol(t, variables)
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

// disable applies a plan that was made before.
func disable(instance *acctest.Instance) acctest.Report {
	config := example()
	config["status"] = acctest.String("Disabled")
	return instance.ApplyUnrefreshed(config)
}

func example() map[string]acctest.Value {
	return map[string]acctest.Value{
		"url": acctest.String("https://hooks.example.com/dfns"), "events": acctest.StringSet("wallet.created"),
	}
}

// A 404 in another account than the one in which the webhook was last seen proves nothing.
func TestWebhookOfAnotherAccount(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path, token string
		want        []string // of the error; none where the webhook is gone
	}{
		"another organization":             {"", tokenOf("or-2"), []string{"Last seen in: organization or-1 at loopback/\n", "now: organization or-2 at loopback/\n"}},
		"another way to the same":          {"/other", tokenOf("or-1"), nil},
		"another path, an unreadable one":  {"/other", "opaque", []string{"Last seen in: organization or-1 at loopback/\n", "now: loopback/other\n"}},
		"another port":                     {"", tokenOf("or-1"), nil},
		"an organization that is not told": {"", "opaque", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := acctest.New(t, sandbox.Config{}), acctest.New(t, sandbox.Config{})
			home, away := asking(t, here, "", tokenOf("or-1")), asking(t, there, test.path, test.token)
			for operation, run := range map[string]func(*acctest.Instance) acctest.Report{
				"read": (*acctest.Instance).Refresh, "delete": (*acctest.Instance).Destroy, "update": disable,
			} {
				instance := &acctest.Instance{Provider: home, Type: "webhook_dfns"}
				if report := instance.Apply(example()); report.Failed() {
					t.Fatal(report.Problems)
				}
				before := instance.Text("secret")
				instance.Provider = away
				report := run(instance)
				if test.want == nil && operation == "update" {
					if !acctest.Says("was deleted outside Terraform after the plan").MatchString(report.Problems) {
						t.Errorf("%+v", report)
					}
					continue
				}
				if test.want == nil {
					if report.Failed() || instance.State != nil {
						t.Errorf("%s: it is not gone: %+v", operation, report)
					}
					continue
				}
				words := append([]string{"ERROR Webhook of Another Account", "hooks.example.com"}, test.want...)
				if !acctest.Says(append(words, "terraform or tofu state rm")...).MatchString(report.Problems) || instance.Text("secret") != before {
					t.Errorf("%s: the state holds %v after %+v", operation, instance.State, report)
				}
				instance.Provider = home
				if report := instance.Apply(example()); report.Planned != "no-op" || report.Problems != "" {
					t.Errorf("%s: back home: %+v", operation, report)
				}
			}
		})
	}
}

// Nor does one that was read because the answer to the delete was lost.
func TestWebhookOfAnotherAccountDeleteLost(t *testing.T) {
	t.Parallel()
	here, there := acctest.New(t, sandbox.Config{}), acctest.New(t, sandbox.Config{})
	instance := &acctest.Instance{Provider: asking(t, here, "", tokenOf("or-1")), Type: "webhook_dfns"}
	instance.Apply(example())
	instance.Provider = asking(t, there, "", tokenOf("or-2"))
	inject(t, there, sandbox.Fault{Method: "DELETE", Effect: sandbox.DropBefore, Times: 1})()
	if report := instance.Destroy(); !acctest.Says("Webhook of Another Account").MatchString(report.Problems) || instance.State == nil {
		t.Errorf("it counts as deleted: %+v", report)
	}
}

// What was read in another account lives there from then on.
func TestWebhookThatMoved(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	instance := &acctest.Instance{Provider: asking(t, env, "/old", tokenOf("or-1")), Type: "webhook_dfns"}
	instance.Apply(example())
	instance.Provider = asking(t, env, "/new", tokenOf("or-1"))
	if report := instance.Refresh(); report.Problems != "" {
		t.Error(report.Problems)
	}
	env.Dfns.Reset()
	if report := instance.Refresh(); report.Failed() || instance.State != nil {
		t.Errorf("it is not gone: %+v", report)
	}
}

// Where nothing was noted, as in an older state and after an import, a 404 means what it always did.
func TestWebhookSeenNowhere(t *testing.T) {
	t.Parallel()
	provider := asking(t, acctest.New(t, sandbox.Config{}), "/other", tokenOf("or-2"))
	const id = "wh-00000-00000-0000000000000000"
	state := example()
	state["id"] = acctest.String(id)
	read := &acctest.Instance{Provider: provider, Type: "webhook_dfns", State: state}
	if report := read.Refresh(); report.Failed() || read.State != nil {
		t.Errorf("read: %+v", report)
	}
	deleted := &acctest.Instance{Provider: provider, Type: "webhook_dfns", State: state}
	if report := deleted.Destroy(); report.Failed() || deleted.State != nil {
		t.Errorf("delete: %+v", report)
	}
	imported := &acctest.Instance{Provider: provider, Type: "webhook_dfns"}
	if report := imported.Import(id); report.Failed() || imported.State != nil {
		t.Errorf("import: %+v", report)
	}
}

// A CLI keeps the note between its runs, and hands it to a destroy that reads nothing before.
func TestDestroyInAnotherAccount(t *testing.T) {
	t.Parallel()
	// The webhook is old by its own date: nobody waits until reads must show it.
	anHourAgo := func() time.Time { return time.Now().Add(-time.Hour) }
	here, there := acctest.New(t, sandbox.Config{Clock: anHourAgo}), acctest.New(t, sandbox.Config{})
	cli := here.CLI(t, webhook())
	if out, err := here.Run(t, cli, "apply", "-no-color", "-auto-approve"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	away := []string{"DFNS_API_URL=" + front(t, there, "/other"), "DFNS_AUTH_TOKEN=" + tokenOf("or-2")}
	for _, arguments := range [][]string{{"plan"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		out, err := here.RunWith(t, cli, away, append(arguments, "-no-color")...)
		if err == nil || !acctest.Says("Webhook of Another Account").MatchString(out) {
			t.Errorf("%s: %v: %s", arguments, err, out)
		}
	}
	if out, err := here.Run(t, cli, "plan", "-no-color", "-detailed-exitcode"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if diff := cmp.Diff(1, len(here.Dfns.Webhooks())); diff != "" {
		t.Error(diff)
	}
}
