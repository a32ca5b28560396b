package tfwebhook_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// life is a resource of a vendor in a sandbox that accepts every token.
type life struct {
	*testing.T
	conformance.Vendor
	*acctest.Instance
	env *acctest.Env
}

// RoundTrip implements http.RoundTripper.
func (l *life) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+l.Token(l.env))
	return l.env.RoundTrip(request)
}

// in configures the provider for a place. Its url is that of the sandbox.
func (l *life) in(place map[string]string) {
	settings := maps.Clone(place)
	settings["DFNS_API_URL"] = l.env.Env()["DFNS_API_URL"]
	l.Provider = l.env.ProtocolThrough(l.T, l, settings)
	l.Provider.Configure(nil)
}

// says fails unless a report contains the words, or nothing.
func (l *life) says(report acctest.Report, planned string, words ...string) {
	l.Helper()
	if report.Planned != planned || len(words) == 0 && report.Problems != "" {
		l.Errorf("got %+v, want %q without a problem", report, planned)
	}
	for _, word := range words {
		if !strings.Contains(report.Problems, word) {
			l.Errorf("got %+v, want %q in it", report, word)
		}
	}
}

// refuses makes the next calls of a method fail.
func (l *life) refuses(method string) {
	fault := sandbox.Fault{Method: method, Effect: sandbox.Status, Status: http.StatusForbidden, Times: 1}
	must(l.T, l.API(l.env).AddFault(fault))
}

// live runs a test with a new webhook.
func live(t *testing.T, test func(*life, conformance.Values)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		v := conformance.Dfns
		l := &life{T: t, Vendor: v, Instance: &acctest.Instance{Type: v.Type}, env: acctest.NewVirtual(t, sandbox.Config{})}
		l.in(v.Home)
		version := conformance.Values{"secret_version": acctest.Number(1)}
		l.says(l.Apply(v.With(version)), "create")
		test(l, version)
	})
}

// Each step says what a person must know, and saves what the API has said.
func TestStepsOfAWebhook(t *testing.T) {
	t.Parallel()
	live(t, func(l *life, version conformance.Values) {
		id, secret := l.Text("id"), l.Text("secret")
		l.says(l.Plan(l.With(version)), "no-op")
		l.refuses(http.MethodPut)
		l.says(l.Apply(l.With(version, l.Updates[2])), "update", "ERROR Unable to update")
		must(l.T, l.Edit(l.env, id, l.Updates[2]))
		l.says(l.Plan(l.With(version, l.Updates[2])), "no-op")
		l.says(l.Apply(l.With(version, l.Updates[0])), "update", "Signing Secret Goes to Another Receiver", "wh-")
		l.says(l.Apply(l.With(version)), "update", "Signing Secret Goes to Another Receiver")
		if l.Text("id") != id || l.Text("secret") != secret || secret == "" {
			l.Errorf("%s with %q became %s", id, secret, l.State)
		}
		l.says(l.Apply(l.With(conformance.Values{"secret_version": acctest.Number(2)})), "replace", "Signing Secret Will Change", id)
		if l.Text("secret") == secret {
			l.Error("the secret stays")
		}
		found, problems := l.Provider.Data(l.Instance.Type, conformance.Values{"id": l.State["id"]})
		if len(problems) > 0 || !found["url"].Equal(l.Config["url"]) || !found["events"].Equal(l.Config["events"]) {
			l.Errorf("read %v: %s", found, acctest.Text(problems))
		}
		l.says(l.Import(id), "", "ERROR Cannot import non-existent remote object")
		known := func(text string, version int) conformance.Values {
			return l.With(conformance.Values{"secret_wo": acctest.String(text), "secret_wo_version": acctest.Number(version)})
		}
		l.says(l.Apply(known("whs-1", 1)), "", "ERROR Signing Secret Already Known")
		l.says(l.Import(l.Text("id")), "", "Signing Secret Unknown After Import")
		for i, text := range []string{"whs-1", "whs-2"} {
			if l.says(l.Apply(known(text, i)), "update"); l.Text("secret") != text {
				l.Errorf("the secret is %s, want %s", l.Text("secret"), text)
			}
		}
		l.refuses(http.MethodDelete)
		l.says(l.Destroy(), "delete", "ERROR Unable to delete")
		l.says(l.Destroy(), "delete")
	})
}

// Only in the account where a webhook was last seen is it gone. Elsewhere each step says where that was, and nothing else.
func TestGoneWebhooks(t *testing.T) {
	t.Parallel()
	const another, gone = "ERROR Webhook of Another Account: ", "WARNING Dfns Webhook Deleted Outside Terraform: "
	live(t, func(l *life, version conformance.Values) {
		l.Remove(l.env, l.Text("id"))
		l.in(l.Elsewhere["another organization"].Settings)
		for _, report := range []acctest.Report{l.Refresh(), l.ApplyUnrefreshed(l.With(version, l.Updates[2])), l.Destroy()} {
			l.says(report, report.Planned, another)
			if strings.Count(report.Problems, "ERROR")+strings.Count(report.Problems, "WARNING") > 1 || l.State == nil {
				l.Errorf("it also says %s", report.Problems)
			}
		}
		l.in(l.Home)
		l.says(l.ApplyUnrefreshed(l.With(version, l.Updates[2])), "update", "ERROR Unable to update")
		l.refuses(http.MethodGet)
		l.says(l.Refresh(), "", "ERROR Unable to read")
		state := l.State
		l.says(l.Destroy(), "delete")
		l.State = state
		l.says(l.Refresh(), "", gone)
		if l.State != nil {
			l.Errorf("the state is %v", l.State)
		}
	})
}

// What was never known is null, and what an answer omits stays.
func TestRefresh(t *testing.T) {
	t.Parallel()
	var model tfwebhook.DataModel
	for _, events := range []types.Set{types.SetNull(types.StringType), set("a.b")} {
		model.Refresh("https://hooks.example.com", tfwebhook.SortedKinds(events))
		model.Refresh("", nil)
		if !model.Events.Equal(events) || model.Name() != "https://hooks.example.com (new)" {
			t.Errorf("got %s, %s, want %s", model.Name(), model.Events, events)
		}
	}
}

// Before the provider is configured there is no client, and with other data that is a bug.
func TestClients(t *testing.T) {
	t.Parallel()
	r := tfwebhook.Resource[*noClient]{ClientFrom: tfwebhook.ClientOf[*noClient]("v")}
	for data, want := range map[any]string{nil: "", "other": "Unexpected Provider Data"} {
		var resp resource.ConfigureResponse
		r.Configure(t.Context(), resource.ConfigureRequest{ProviderData: data}, &resp)
		if got := resp.Diagnostics; got.ErrorsCount() != min(1, len(want)) || len(got) == 1 && got[0].Summary() != want || r.Client != nil {
			t.Errorf("%v: %v", data, got)
		}
		if r.BeginPlan(t.Context(), resource.ModifyPlanRequest{}, nil, nil, nil) {
			t.Error("without a client it plans")
		}
	}
}

// noClient is a type of clients.
type noClient struct{ tfwebhook.Client }
