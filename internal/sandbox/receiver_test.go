package sandbox_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
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
	s, err := sandbox.Start(sandbox.Config{ReceiverAddress: "127.0.0.1:0", Log: log, DeliveryTimeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	same(t, s.Env()["WEBHOOK_RECEIVER_URL"], s.ReceiverURL)
	one := s.Dfns.Register(dfns.Webhook{URL: s.ReceiverURL + "/a", Events: []string{"*"}, Status: "Enabled"})
	other := s.Enfinitos.Register(enfinitos.Subscription{URL: s.ReceiverURL + "/b", Events: []string{"*"}, Label: "x"})
	if err := errors.Join(s.Dfns.Deliver("wallet.created", nil), s.Enfinitos.Deliver("right.issued", nil)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "both are received", func() bool { return strings.Count(log.String(), "receiver  verified") == 2 })
	for _, want := range []string{
		"receiver  verified  dfns wallet.created, attempt 1, signed for " + one + "\n",
		"receiver  verified  enfinitos right.issued, signed for " + other + "\n",
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in %s", want, log.String())
		}
	}
	eventually(t, "both are recorded", func() bool {
		return len(s.Dfns.Events()) == 1 && s.Enfinitos.Deliveries()[0].Status == enfinitos.Delivered
	})
	same(t, s.Dfns.Events()[0].Status, "200")
}

func TestReceiverIsLoopback(t *testing.T) {
	t.Parallel()
	if s, err := sandbox.Start(sandbox.Config{ReceiverAddress: "0.0.0.0:0"}); err == nil {
		s.Close()
		t.Error("it listens on every address")
	}
}

func TestTimeScaleIsChecked(t *testing.T) {
	t.Parallel()
	for scale, good := range map[float64]bool{0: true, 1: true, 86400: true, 0.5: false, -1: false, 1e10: false} {
		s, err := sandbox.Start(sandbox.Config{TimeScale: scale})
		if (err == nil) != good {
			t.Errorf("a time scale of %v: %v", scale, err)
		}
		if err == nil {
			s.Close()
		}
	}
}

// An attempt fails if its receiver hangs until the timeout, and the other webhooks are served meanwhile. Each has its
// own case: on a slow machine the other webhooks may need more time than the first case should take.
func TestHangingReceiver(t *testing.T) {
	t.Parallel()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(func() {
		hanging.CloseClientConnections()
		hanging.Close()
	})
	for name, test := range map[string]struct {
		timeout time.Duration
		urls    []string
		want    map[string]int
	}{
		"fails":           {200 * time.Millisecond, []string{hanging.URL}, map[string]int{"ETIMEDOUT": 10}},
		"holds up nobody": {time.Hour, []string{hanging.URL, "the receiver"}, map[string]int{"200": 10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := sandbox.Start(sandbox.Config{ReceiverAddress: "127.0.0.1:0", DeliveryTimeout: test.timeout})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			for _, url := range test.urls {
				url = strings.Replace(url, "the receiver", s.ReceiverURL, 1)
				s.Dfns.Register(dfns.Webhook{URL: url, Events: []string{"*"}, Status: "Enabled"})
			}
			for range 10 {
				if err := s.Dfns.Deliver("wallet.created", nil); err != nil {
					t.Fatal(err)
				}
			}
			eventually(t, "ten attempts are recorded", func() bool { return len(s.Dfns.Events()) == 10 })
			got := map[string]int{}
			for _, event := range s.Dfns.Events() {
				got[event.Status]++
			}
			same(t, got, test.want)
		})
	}
}
