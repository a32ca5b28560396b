package dfns_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	state "github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// world is a sandbox in a bubble with virtual time, so that waits cost nothing.
type world struct {
	*sandbox.Sandbox
	t *testing.T
	// strangers are the ids of webhooks that others have made.
	strangers []string
}

// inBubble runs a test with a world of its own.
func inBubble(t *testing.T, test func(*world), changes ...func(*sandbox.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		config := sandbox.Config{}
		for _, change := range changes {
			change(&config)
		}
		s, err := sandbox.New(config)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() // the bubble ends only when nothing runs in it any more
		test(&world{Sandbox: s, t: t})
	})
}

// client returns a client with the provider's defaults.
func (w *world) client(changes ...func(*dfns.Config)) *dfns.Client {
	w.t.Helper()
	return newClient(w.t, w.Sandbox, append([]func(*dfns.Config){func(config *dfns.Config) {
		config.HTTP.BaseURL, config.HTTP.Transport = "https://api.dfns.test", w.DfnsCalls.Transport()
		config.HTTP.MaxRetries, config.HTTP.RetryWait, config.HTTP.RequestTimeout = 4, 0, 30*time.Second
		config.HTTP.SettleTime = 0
	}}, changes...)...)
}

// operation returns the context of an operation with the provider's default timeout.
func (w *world) operation() context.Context {
	ctx, cancel := context.WithTimeout(w.t.Context(), 5*time.Minute)
	w.t.Cleanup(cancel)
	return ctx
}

// create creates the wanted webhook.
func (w *world) create(client *dfns.Client) (*dfns.Webhook, error) {
	return client.CreateWebhook(w.operation(), wanted)
}

func (w *world) fault(faults ...string) {
	w.t.Helper()
	for _, f := range faults {
		fault(w.t, w.Sandbox, f)
	}
}

// stranger registers a webhook of the wanted content as somebody else would.
func (w *world) stranger() string {
	id := w.Dfns.Register(held())
	w.strangers = append(w.strangers, id)
	return id
}

// duringTheCreate calls act once, when the first create arrives at the API.
func (w *world) duringTheCreate(act func()) {
	var once sync.Once
	w.DfnsCalls.Before(func(r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/webhooks" {
			once.Do(act)
		}
	})
}

// ours returns the webhooks that no stranger has made, and fails if one of a stranger is gone.
func (w *world) ours() (out []state.Webhook) {
	w.t.Helper()
	var all []string
	for _, webhook := range w.Dfns.Webhooks() {
		all = append(all, webhook.ID)
		if !slices.Contains(w.strangers, webhook.ID) {
			out = append(out, webhook)
		}
	}
	for _, id := range w.strangers {
		if !slices.Contains(all, id) {
			w.t.Errorf("the webhook %s of somebody else was deleted", id)
		}
	}
	return out
}

// judge fails unless what a create says agrees with what the API has done, even if that takes effect late. It returns the outcome.
func (w *world) judge(webhook *dfns.Webhook, err error) string {
	w.t.Helper()
	pass(time.Minute)
	ours := w.ours()
	outcome, ids := httpapi.OutcomeOf(err)
	switch {
	case err == nil:
		if len(ours) != 1 || ours[0].ID != webhook.ID || ours[0].Secret != string(webhook.Secret) {
			w.t.Errorf("the API holds %+v, and the create returned %+v", ours, webhook)
		}
		return "created"
	case outcome == httpapi.NotMade && len(ours) > 0:
		w.t.Errorf("the create is said not to be made, and the API holds %+v: %v", ours, err)
	case outcome == httpapi.Made && (len(ours) != 1 || !slices.Equal(ids, []string{ours[0].ID})):
		w.t.Errorf("the create is said to have made %q, and the API holds %+v: %v", ids, ours, err)
	case len(ours) > 1:
		w.t.Errorf("the API holds %+v: %v", ours, err)
	}
	return outcome.String()
}

// pass lets virtual time pass.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // in a bubble this takes no time
	synctest.Wait()
}

// count returns how many calls were made that begin with a text such as "POST /webhooks".
func count(calls []string, of string) (n int) {
	for _, call := range calls {
		if call == of || strings.HasPrefix(call, of+"/") || strings.HasPrefix(call, of+"?") {
			n++
		}
	}
	return n
}
