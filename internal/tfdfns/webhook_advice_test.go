package tfdfns_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// What is refused before there is a challenge to sign is the token or the permission, and not the key. A page is of something else.
func TestRefusedChallengeAdvice(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault sandbox.Fault
		want  []string
		not   string
	}{
		"token":      {sandbox.Fault{Path: "/auth/action/init", Effect: "status", Status: 401}, []string{"auth_token (DFNS_AUTH_TOKEN)", "base_url (DFNS_API_URL)"}, "private_key"},
		"permission": {sandbox.Fault{Path: "/auth/action/init", Effect: "status", Status: 403}, []string{"lacks the permission Webhooks:Delete"}, "private_key"},
		"base URL":   {sandbox.Fault{Path: "/auth/action/init", Effect: "status", Status: 404}, []string{"Check base_url (DFNS_API_URL)"}, "deleted outside"},
		"expired":    {sandbox.Fault{Path: "/auth/action", Effect: "status", Status: 401}, []string{"auth_token (DFNS_AUTH_TOKEN) is valid and has not expired"}, "signature"},
		"signature":  {sandbox.Fault{Path: "/auth/action", Effect: "status", Status: 403}, []string{"rejected the signature", "private_key"}, "lacks"},
		"firewall":   {sandbox.Fault{Method: "DELETE", Effect: "html", Status: 403}, []string{"does not have the form of Dfns' own errors", "firewall"}, "lacks"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			id := existing(env)
			inject(t, env, test.fault)()
			got := acctest.Text(configured(t, env).Delete("webhook_dfns", map[string]acctest.Value{"id": acctest.String(id)}))
			if !acctest.Says(test.want...).MatchString(got) || strings.Contains(got, test.not) {
				t.Errorf("got %q, want %q in it and %q not", got, test.want, test.not)
			}
		})
	}
}

// An API that takes longer than one attempt has is not a matter of the resource's timeouts.
func TestNoAnswerAdvice(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	id := existing(env)
	inject(t, env, sandbox.Fault{Effect: "delay", Milliseconds: 600_000})()
	provider := acctest.NewProtocol(t, env.Env())
	problems := provider.Configure(map[string]acctest.Value{
		"request_timeout": acctest.String("50ms"), "max_retries": tftypes.NewValue(tftypes.Number, 1),
	})
	if len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	got := acctest.Text(provider.Read("webhook_dfns", map[string]acctest.Value{"id": acctest.String(id)}))
	if !acctest.Says("no answer within the time limit of one attempt (50ms)", "raise request_timeout").MatchString(got) || strings.Contains(got, "timeouts") {
		t.Errorf("got %q", got)
	}
}

// A webhook that somebody has deleted comes back with another secret, which the refresh says.
func TestDeletedOutsideWarns(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	got := acctest.Text(configured(t, env).Read("webhook_dfns", map[string]acctest.Value{
		"id": acctest.String("wh-00000-00000-0000000000000000"), "url": acctest.String("https://hooks.example.com/dfns"),
	}))
	if !acctest.Says("WARNING Dfns Webhook Deleted Outside Terraform", "wh-00000-00000-0000000000000000", "a new signing secret").MatchString(got) {
		t.Errorf("got %q", got)
	}
}

// An answer to an update may write the time of the create in another way, or leave it out: the plan has promised it.
func TestUpdateKeepsDateCreated(t *testing.T) {
	t.Parallel()
	for name, instead := range map[string]string{"left out": `"was":"it"`, "in another way": `"dateCreated":"2026-10-01T14:00:00.000+02:00"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			url := env.DfnsURL
			acctest.Rewrite(t, &url, func(response *http.Response) error {
				body, err := io.ReadAll(response.Body)
				if response.Request.Method == http.MethodPut {
					body = regexp.MustCompile(`"dateCreated": ?"[^"]*"`).ReplaceAll(body, []byte(instead))
				}
				response.Body = io.NopCloser(bytes.NewReader(body))
				response.ContentLength = int64(len(body))
				response.Header.Del("Content-Length")
				return err
			})
			variables := env.Env()
			variables["DFNS_API_URL"] = url
			provider := acctest.NewProtocol(t, variables)
			if problems := provider.Configure(nil); len(problems) != 0 {
				t.Fatal(acctest.Text(problems))
			}
			config := map[string]acctest.Value{
				"url": acctest.String("https://hooks.example.com"), "events": acctest.StringSet("wallet.created"), "status": acctest.String("Enabled"),
			}
			instance := acctest.Instance{Provider: provider, Type: "webhook_dfns"}
			instance.Apply(config)
			config["status"] = acctest.String("Disabled")
			if report := instance.Apply(config); report.Problems != "" || report.Planned != "update" {
				t.Errorf("got %+v", report)
			}
		})
	}
}
