package sandbox_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/kit"
)

// text is a log that can be read while it is written.
type text struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *text) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(line)
}

func (l *text) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// TestReceiver goes the whole way: registered, raised, delivered, verified.
func TestReceiver(t *testing.T) {
	t.Parallel()
	log := &text{}
	s := start(t, sandbox.Config{ReceiverAddress: "127.0.0.1:0", Log: log, DeliveryTimeout: time.Hour})
	kit.Same(t, s.Env()["WEBHOOK_RECEIVER_URL"], s.ReceiverURL)
	one := s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL + "/a", Events: []string{"*"}, Status: "Enabled"})
	other := s.Enfinitos.Register(enfinitos.Subscription{URL: s.ReceiverURL + "/b", Events: []string{"*"}, Label: "x"})
	if err := errors.Join(s.Dfns.Deliver("wallet.created", nil), s.Enfinitos.Deliver("right.issued", nil)); err != nil {
		t.Fatal(err)
	}
	kit.Eventually(t, "both are received", func() bool { return strings.Count(log.String(), "receiver  verified") == 2 })
	for _, want := range []string{
		"receiver  verified  dfns wallet.created, attempt 1, signed for " + one + "\n",
		"receiver  verified  enfinitos right.issued, signed for " + other + "\n",
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in %s", want, log.String())
		}
	}
	kit.Eventually(t, "both are recorded", func() bool {
		return len(s.Dfns.Events()) == 1 && s.Enfinitos.Deliveries()[0].Status == enfinitos.Delivered
	})
	kit.Same(t, s.Dfns.Events()[0].Status, "200")
}
