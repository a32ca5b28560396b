package acctest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
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
	dfnsAccount, enfinitosAccount := conformance.Dfns.Account, conformance.Enfinitos.Account
	const agree = " production account for all that is known, and the live tests make, change and delete webhooks in it. To agree to that, set "
	for name, test := range map[string]struct {
		account acctest.Account
		changes []string
		want    string // the error, or the URL of an account that is taken
	}{
		"default of Dfns":       {dfnsAccount, nil, "at api.dfns.io is a" + agree + "TF_ACC_LIVE=1 and TF_ACC_LIVE_PRODUCTION=api.dfns.io"},
		"other region of Dfns":  {dfnsAccount, []string{"DFNS_API_URL=https://api.uae.dfns.io/"}, agree + "TF_ACC_LIVE=1 and TF_ACC_LIVE_PRODUCTION=api.uae.dfns.io"},
		"unknown host":          {dfnsAccount, []string{"DFNS_API_URL=https://proxy.example.com:8443/dfns"}, "TF_ACC_LIVE_PRODUCTION=proxy.example.com:8443"},
		"host that looks known": {dfnsAccount, []string{"DFNS_API_URL=https://api.dfns.ninja.example.com"}, "TF_ACC_LIVE_PRODUCTION=api.dfns.ninja.example.com"},
		"only the first":        {dfnsAccount, []string{"TF_ACC_LIVE=1"}, agree + "TF_ACC_LIVE_PRODUCTION=api.dfns.io"},
		"only the second":       {dfnsAccount, []string{"TF_ACC_LIVE_PRODUCTION=api.dfns.io"}, agree + "TF_ACC_LIVE=1"},
		"the first is not 1":    {dfnsAccount, []string{"TF_ACC_LIVE=yes", "TF_ACC_LIVE_PRODUCTION=api.dfns.io"}, agree + "TF_ACC_LIVE=1"},
		"another host is named": {dfnsAccount, []string{"TF_ACC_LIVE=1", "TF_ACC_LIVE_PRODUCTION=api.uae.dfns.io"}, agree + "TF_ACC_LIVE_PRODUCTION=api.dfns.io"},
		"live key":              {enfinitosAccount, []string{"ENFINITOS_API_KEY=sk_live_hunter2"}, "EnfinitOS account at api.enfinitos.com is a" + agree},
		"live key elsewhere":    {enfinitosAccount, []string{"ENFINITOS_API_KEY=sk_live_hunter2", "ENFINITOS_API_URL=http://127.0.0.1:1"}, "TF_ACC_LIVE_PRODUCTION=127.0.0.1:1"},
		"production URL":        {enfinitosAccount, []string{"ENFINITOS_API_URL=https://api.enfinitos.com"}, "TF_ACC_LIVE_PRODUCTION=api.enfinitos.com"},
		"key without a URL":     {enfinitosAccount, []string{"ENFINITOS_API_KEY=sk_test_hunter2"}, "set ENFINITOS_API_URL to an absolute URL"},
		"half an account":       {dfnsAccount, []string{"DFNS_CRED_ID="}, "half an account at Dfns is given: set DFNS_CRED_ID too"},
		"no account at Dfns": {dfnsAccount, []string{"DFNS_AUTH_TOKEN=", "DFNS_CRED_ID=", "DFNS_PRIVATE_KEY="}, acctest.ErrNoAccount.Error() +
			": for Dfns set DFNS_AUTH_TOKEN, DFNS_CRED_ID, DFNS_PRIVATE_KEY and, where it is not the default, DFNS_API_URL"},
		"no account at EnfinitOS": {enfinitosAccount, []string{"ENFINITOS_API_KEY="}, acctest.ErrNoAccount.Error() + ": for EnfinitOS set ENFINITOS_API_KEY"},

		"sandbox of EnfinitOS": {enfinitosAccount, nil, "https://sandbox.api.enfinitos.com"},
		"staging of Dfns":      {dfnsAccount, []string{"DFNS_API_URL=https://api.dfns.ninja"}, "https://api.dfns.ninja"},
		"this machine":         {dfnsAccount, []string{"DFNS_API_URL=http://127.0.0.1:1"}, "http://127.0.0.1:1"},
		"production, agreed":   {dfnsAccount, []string{"TF_ACC_LIVE=1", "TF_ACC_LIVE_PRODUCTION=api.dfns.io"}, "https://api.dfns.io"},
		"several, agreed":      {enfinitosAccount, []string{"ENFINITOS_API_KEY=sk_live_1", "TF_ACC_LIVE=1", "TF_ACC_LIVE_PRODUCTION=api.dfns.io,api.enfinitos.com"}, "https://api.enfinitos.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			variables, err := test.account.Variables(with(test.changes...))
			said := variables["DFNS_API_URL"] + variables["ENFINITOS_API_URL"]
			if err != nil {
				said += err.Error()
			}
			taken := strings.HasPrefix(test.want, "http")
			if !strings.Contains(said, test.want) || taken && said != test.want || taken != (variables != nil) || strings.Contains(said, "hunter2") {
				t.Errorf("got %q and %d variables, want %q", said, len(variables), test.want)
			}
			if errors.Is(err, acctest.ErrNoAccount) != strings.HasPrefix(name, "no account") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Of what an account holds, a sweep removes what a live test has made more than an hour ago, and nothing else. One webhook that cannot be
// deleted keeps none of the others, and is reported.
func TestSweep(t *testing.T) {
	t.Parallel()
	const named, ours = acctest.NamePrefix + "4k2q", "https://hooks.example.com/" + acctest.NamePrefix + "4k2q"
	now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	clock := clock.NewManual(now.Add(-2 * time.Hour))
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true, Clock: clock.Now, Wait: clock.Wait})
	type account struct {
		vendor conformance.Vendor
		site   *sandbox.Site
		create func(url, name string) string
		old    []string // what the sweep has to remove
	}
	accounts := []*account{
		{conformance.Dfns, env.At("dfns"), func(url, name string) string {
			return env.Dfns.Register(dfns.Webhook{URL: url, Events: []string{"*"}, Status: "Enabled", Description: name})
		}, nil},
		{conformance.Enfinitos, env.At("enfinitos"), func(url, name string) string {
			return env.Enfinitos.Register(enfinitos.Subscription{URL: url, Events: []string{"*"}, Label: name})
		}, nil},
	}
	create := func(url, name string, old bool) {
		for _, a := range accounts {
			if id := a.create(url, name); old {
				a.old = append(a.old, id)
			}
		}
	}
	create(ours, named, true)
	create(ours, named, true)
	create(ours, "", true)
	create("https://hooks.example.com/dfns", "ledger", false)
	create("https://hooks.example.com/ledger", named, false)             // somebody's, named after ours
	create(ours, "ledger", false)                                        // ours once, somebody's now
	create("https://hooks.example.com.example.org/"+named, named, false) // another host
	create("https://hooks.example.com/x/"+named, named, false)           // another path
	create(ours, "not "+acctest.NamePrefix, false)                       // not at the start
	clock.Move(90 * time.Minute)
	create(ours, named, false) // a run that is going on
	clock.Move(30 * time.Minute)
	for _, a := range accounts {
		if err := a.site.Calls.AddFault(sandbox.Fault{Method: "DELETE", Effect: sandbox.Status, Status: 403, Times: 1}); err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(a.site.Vendor.Overview().Webhooks, func(w wire.Webhook) bool { return slices.Contains(a.old[1:], w.ID) })
		swept, err := acctest.Sweep(t.Context(), a.vendor.Client(t, env), now)
		if err == nil || !strings.Contains(err.Error(), "sweeping "+a.old[0]) {
			t.Errorf("%s: %v", a.vendor.Name, err)
		}
		if diff := cmp.Diff(a.old[1:], swept) + cmp.Diff(want, a.site.Vendor.Overview().Webhooks); diff != "" {
			t.Errorf("%s (-want +got):\n%s", a.vendor.Name, diff)
		}
	}
}

// Where nothing can be listed nothing is touched, and the sweep says so.
func TestSweepWithoutAList(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	swept, err := acctest.Sweep(t.Context(), conformance.Enfinitos.Client(t, env), time.Now())
	if !errors.Is(err, acctest.ErrNoList) || swept != nil || len(acctest.Changes(env.EnfinitosCalls)) != 0 {
		t.Errorf("%v, %v", swept, err)
	}
}
