package enfinitos_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// ending is a context that ends with a given error, such as a timeout at the moment that the test needs.
type ending struct {
	context.Context

	err error
}

func (e ending) Err() error {
	if e.Context.Err() == nil {
		return nil
	}
	return e.err
}

// Whoever cancels a create may never hear that its outcome is unknown, so the next create says it once. A timeout is told.
func TestInterruptedCreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		left int
	}{
		"cancelled": {context.Canceled, 1},
		"timeout":   {context.DeadlineExceeded, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := intent.NewLog(t.TempDir())
			ctx, end := context.WithCancel(t.Context())
			defer end()
			a := serve(t, map[string]http.HandlerFunc{"POST /v1/webhooks": func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadAll(r.Body) // until then the server does not notice that its caller is gone
				end()
				<-r.Context().Done()
			}})
			client := a.client(t, func(config *enfinitos.Config) { config.Creates = log })
			if _, err := client.CreateSubscription(ending{ctx, test.err}, request); !enfinitos.OutcomeUnknown(err) {
				t.Fatalf("the outcome is not unknown: %v", err)
			}
			if got := log.Left(); len(got) != test.left {
				t.Fatalf("%v is left", got)
			}
			if test.left == 0 {
				return
			}
			path := log.Left()[0].Path
			_, err := client.CreateSubscription(t.Context(), request)
			var interrupted *enfinitos.InterruptedError
			if !errors.As(err, &interrupted) || interrupted.Note != path || enfinitos.OutcomeUnknown(err) || len(a.made()) != 1 {
				t.Errorf("%d calls, %v", len(a.made()), err)
			}
			if got := log.Left(); len(got) != 0 {
				t.Errorf("%v is left", got)
			}
		})
	}
}
