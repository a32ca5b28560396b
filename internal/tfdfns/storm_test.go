package tfdfns_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// limited stands before a sandbox and allows so many calls a second, which it tells. The first calls it refuses all the
// same: others have used up the limit.
type limited struct {
	next  http.Handler
	limit int
	storm int // how many calls are refused at first

	mu       sync.Mutex
	window   int64
	used     int
	refused  int
	exceeded int
	arrivals []string // what each call that was let through is about
}

func (l *limited) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if l.admit(w.Header(), r, body) {
		l.next.ServeHTTP(w, r)
		return
	}
	w.WriteHeader(http.StatusTooManyRequests)
}

func (l *limited) admit(header http.Header, r *http.Request, body []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now().Unix()
	if l.refused < l.storm {
		l.refused++
		header.Set("Retry-After", "1")
		return false
	}
	if now != l.window {
		l.window, l.used = now, 0
	}
	l.used++
	header.Set("X-RateLimit-Limit", fmt.Sprint(l.limit))
	header.Set("X-RateLimit-Remaining", fmt.Sprint(max(0, l.limit-l.used)))
	header.Set("X-RateLimit-Reset", fmt.Sprint(now+1))
	if l.used > l.limit {
		l.exceeded++
		return false
	}
	l.arrivals = append(l.arrivals, r.URL.Path+" "+subject(body))
	return true
}

// subject finds the url of the webhook that a call is about, where the call names it.
func subject(body []byte) string {
	var call struct {
		Payload string `json:"userActionPayload"`
	}
	_ = json.Unmarshal(body, &call)
	return regexp.MustCompile(`https://hooks\.example\.com/\d+`).FindString(string(body) + call.Payload)
}

// Fifty webhooks at once, at an API whose limit others have just used up and that allows 60 calls a second: all are made,
// once, not a call beyond the limit, and none waits for all the others.
func TestStorm(t *testing.T) {
	t.Parallel()
	const webhooks, atOnce = 50, 25
	env := acctest.New(t, sandbox.Config{})
	target, err := url.Parse(env.DfnsURL)
	if err != nil {
		t.Fatal(err)
	}
	api := &limited{next: httputil.NewSingleHostReverseProxy(target), limit: 60, storm: 8}
	cli := env.CLI(t, fmt.Sprintf(`
provider "webhook" {
  dfns { base_url = %q }
}
resource "webhook_dfns" "test" {
  count  = %d
  url    = "https://hooks.example.com/${count.index}"
  events = ["wallet.created"]
}
`, acctest.Serve(t, api.ServeHTTP), webhooks))
	if out, err := env.Run(t, cli, "apply", "-no-color", "-auto-approve", fmt.Sprintf("-parallelism=%d", atOnce)); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if held := len(env.Dfns.Webhooks()); held != webhooks {
		t.Errorf("the server holds %d webhooks", held)
	}
	if len(api.arrivals) != 3*webhooks || api.exceeded != 0 || api.refused != api.storm {
		t.Errorf("%d calls, %d beyond the limit, %d refused in the storm", len(api.arrivals), api.exceeded, api.refused)
	}
	begun := map[string]int{}
	for at, arrival := range api.arrivals {
		path, webhook, _ := strings.Cut(arrival, " ")
		switch path {
		case "/auth/action/init":
			begun[webhook] = at
		case "/webhooks": // how long one is under way depends on the machine too, but in no fair queue on all the others
			if waited := at - begun[webhook]; webhook == "" || waited > 130 {
				t.Errorf("between the first and the last call for %q there are %d others", webhook, waited)
			}
		}
	}
}
