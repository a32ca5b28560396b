package enfinitos_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// Whoever cancels a create may never hear that its outcome is unknown, so the next create says it once. A timeout is told.
func TestInterruptedCreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(cancel context.CancelFunc)
		left int
	}{
		"cancelled": {func(cancel context.CancelFunc) { cancel() }, 1},
		"timeout":   {func(context.CancelFunc) {}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := intent.NewLog(t.TempDir())
			reached := make(chan bool, 2)
			a := serve(t, map[string]http.HandlerFunc{"POST /v1/webhooks": func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadAll(r.Body) // until then the server does not notice that its caller is gone
				reached <- true
				<-r.Context().Done()
			}})
			client := a.client(t, func(config *enfinitos.Config) { config.Creates = log })
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond+time.Duration(test.left)*time.Hour)
			defer cancel()
			go func() {
				<-reached
				test.end(cancel)
			}()
			if _, err := client.CreateSubscription(ctx, request); !enfinitos.OutcomeUnknown(err) {
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
