package acctest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// with returns the variables of an account at Dfns and one at EnfinitOS, changed by NAME=value.
func with(changes ...string) func(string) string {
	variables := map[string]string{
		"DFNS_AUTH_TOKEN": "hunter2", "DFNS_CRED_ID": "cr-1", "DFNS_PRIVATE_KEY": "hunter2", "ENFINITOS_API_KEY": "sk_sandbox_hunter2",
	}
	for _, change := range changes {
		name, value, _ := strings.Cut(change, "=")
		variables[name] = value
	}
	return func(name string) string { return variables[name] }
}

func TestLiveAccountIsRefused(t *testing.T) {
	t.Parallel()
	const agree = " production account for all that is known, and the live tests make, change and delete webhooks in it. To agree to that, set "
	for name, test := range map[string]struct {
		vendor  acctest.Vendor
		changes []string
		want    string
	}{
		"default of Dfns":       {acctest.AtDfns, nil, "at api.dfns.io is a" + agree + "TF_ACC_LIVE=1 and TF_ACC_LIVE_PRODUCTION=api.dfns.io"},
		"other region of Dfns":  {acctest.AtDfns, []string{"DFNS_API_URL=https://api.uae.dfns.io/"}, agree + "TF_ACC_LIVE=1 and TF_ACC_LIVE_PRODUCTION=api.uae.dfns.io"},
		"unknown host":          {acctest.AtDfns, []string{"DFNS_API_URL=https://proxy.example.com:8443/dfns"}, "TF_ACC_LIVE_PRODUCTION=proxy.example.com:8443"},
		"host that looks known": {acctest.AtDfns, []string{"DFNS_API_URL=https://api.dfns.ninja.example.com"}, "TF_ACC_LIVE_PRODUCTION=api.dfns.ninja.example.com"},
		"only the first":        {acctest.AtDfns, []string{"TF_ACC_LIVE=1"}, agree + "TF_ACC_LIVE_PRODUCTION=api.dfns.io"},
		"only the second":       {acctest.AtDfns, []string{"TF_ACC_LIVE_PRODUCTION=api.dfns.io"}, agree + "TF_ACC_LIVE=1"},
		"the first is not 1":    {acctest.AtDfns, []string{"TF_ACC_LIVE=yes", "TF_ACC_LIVE_PRODUCTION=api.dfns.io"}, agree + "TF_ACC_LIVE=1"},
		"another host is named": {acctest.AtDfns, []string{"TF_ACC_LIVE=1", "TF_ACC_LIVE_PRODUCTION=api.uae.dfns.io"}, agree + "TF_ACC_LIVE_PRODUCTION=api.dfns.io"},
		"live key":              {acctest.AtEnfinitos, []string{"ENFINITOS_API_KEY=sk_live_hunter2"}, "EnfinitOS account at api.enfinitos.com is a" + agree},
		"live key elsewhere":    {acctest.AtEnfinitos, []string{"ENFINITOS_API_KEY=sk_live_hunter2", "ENFINITOS_API_URL=http://127.0.0.1:1"}, "TF_ACC_LIVE_PRODUCTION=127.0.0.1:1"},
		"production URL":        {acctest.AtEnfinitos, []string{"ENFINITOS_API_URL=https://api.enfinitos.com"}, "TF_ACC_LIVE_PRODUCTION=api.enfinitos.com"},
		"key without a URL":     {acctest.AtEnfinitos, []string{"ENFINITOS_API_KEY=sk_test_hunter2"}, "set ENFINITOS_API_URL to an absolute URL"},
		"half an account":       {acctest.AtDfns, []string{"DFNS_CRED_ID="}, "half an account at Dfns is given: set DFNS_CRED_ID too"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account, err := test.vendor.Account(with(test.changes...))
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
			if errors.Is(err, acctest.ErrNoAccount) || account != nil {
				t.Errorf("got %v and %d variables", err, len(account))
			}
		})
	}
}

func TestLiveAccountIsTaken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		vendor  acctest.Vendor
		changes []string
		url     string
	}{
		"sandbox of EnfinitOS": {acctest.AtEnfinitos, nil, "https://sandbox.api.enfinitos.com"},
		"staging of Dfns":      {acctest.AtDfns, []string{"DFNS_API_URL=https://api.dfns.ninja"}, "https://api.dfns.ninja"},
		"this machine":         {acctest.AtDfns, []string{"DFNS_API_URL=http://127.0.0.1:1"}, "http://127.0.0.1:1"},
		"production, agreed":   {acctest.AtDfns, []string{"TF_ACC_LIVE=1", "TF_ACC_LIVE_PRODUCTION=api.dfns.io"}, "https://api.dfns.io"},
		"several, agreed":      {acctest.AtEnfinitos, []string{"ENFINITOS_API_KEY=sk_live_1", "TF_ACC_LIVE=1", "TF_ACC_LIVE_PRODUCTION=api.dfns.io,api.enfinitos.com"}, "https://api.enfinitos.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account, err := test.vendor.Account(with(test.changes...))
			if err != nil || account["DFNS_API_URL"]+account["ENFINITOS_API_URL"] != test.url {
				t.Errorf("got %v, %v", account, err)
			}
		})
	}
}

func TestLiveAccountIsMissing(t *testing.T) {
	t.Parallel()
	for name, vendor := range map[string]acctest.Vendor{"DFNS_AUTH_TOKEN": acctest.AtDfns, "ENFINITOS_API_KEY": acctest.AtEnfinitos} {
		_, err := vendor.Account(func(string) string { return "" })
		if !errors.Is(err, acctest.ErrNoAccount) || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v", err)
		}
	}
}

// Of what an account holds, a sweep removes what a live test has made more than an hour ago, and nothing else.
func TestSweep(t *testing.T) {
	t.Parallel()
	const named = acctest.NamePrefix + "4k2q"
	now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	clock := clock.NewManual(now.Add(-2 * time.Hour))
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true, Clock: clock.Now, Wait: clock.Wait})
	register := func(url, name string) (string, string) {
		return env.Dfns.Register(dfns.Webhook{URL: url, Events: []string{"*"}, Status: "Enabled", Description: name}),
			env.Enfinitos.Register(enfinitos.Subscription{URL: url, Events: []string{"*"}, Label: name})
	}
	var old, oldSubscriptions []string
	sweepable := func(url, name string) {
		webhook, subscription := register(url, name)
		old, oldSubscriptions = append(old, webhook), append(oldSubscriptions, subscription)
	}
	register("https://hooks.example.com/dfns", "ledger")
	sweepable("https://hooks.example.com/"+named, named)
	register("https://hooks.example.com/ledger", named)                     // somebody's, named after ours
	register("https://hooks.example.com/"+named, "ledger")                  // ours once, somebody's now
	register("https://hooks.example.com.example.org/"+named, named)         // another host
	register("https://hooks.example.com/x/"+named, named)                   // another path
	register("https://hooks.example.com/"+named, "not "+acctest.NamePrefix) // not at the start
	sweepable("https://hooks.example.com/"+named, "")
	clock.Move(90 * time.Minute)
	register("https://hooks.example.com/"+named, named) // a run that is going on
	clock.Move(30 * time.Minute)

	swept, err := env.Sweep(t, acctest.AtDfns, now)
	if diff := cmp.Diff(old, swept); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	var want []string
	for _, id := range old {
		want = append(want, "POST /auth/action/init 200", "POST /auth/action 200", "DELETE /webhooks/"+id+" 200")
	}
	if diff := cmp.Diff(want, acctest.Changes(env.DfnsCalls)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	swept, err = env.Sweep(t, acctest.AtEnfinitos, now)
	if diff := cmp.Diff(oldSubscriptions, swept); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	want = nil
	for _, id := range oldSubscriptions {
		want = append(want, "DELETE /v1/webhooks/"+id+" 200")
	}
	if diff := cmp.Diff(want, acctest.Changes(env.EnfinitosCalls)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if left := fmt.Sprint(len(env.Dfns.Webhooks()), len(env.Enfinitos.Subscriptions())); left != "7 7" {
		t.Errorf("there are %s left", left)
	}
}

// One webhook that cannot be deleted keeps none of the others, and is reported.
func TestSweepGoesOn(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	var ids []string
	for range 3 {
		ids = append(ids, env.Dfns.Register(dfns.Webhook{URL: "https://hooks.example.com/" + acctest.NamePrefix, Events: []string{"*"}}))
	}
	if err := env.DfnsCalls.AddFault(sandbox.Fault{Method: "DELETE", Path: "/webhooks/" + ids[0], Effect: sandbox.Status, Status: 403}); err != nil {
		t.Fatal(err)
	}
	swept, err := env.Sweep(t, acctest.AtDfns, time.Now().Add(2*time.Hour))
	if diff := cmp.Diff(ids[1:], swept); diff != "" || err == nil || !strings.Contains(err.Error(), "sweeping "+ids[0]) {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// Where nothing can be listed nothing is touched, and whoever sweeps is told.
func TestSweepWithoutAList(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	swept, err := env.Sweep(t, acctest.AtEnfinitos, time.Now())
	if !errors.Is(err, acctest.ErrNoList) || swept != nil || len(acctest.Changes(env.EnfinitosCalls)) != 0 {
		t.Errorf("%v, %v", swept, err)
	}
}
