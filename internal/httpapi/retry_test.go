package httpapi_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// trouble is what can happen to an attempt.
var trouble = map[string]step{
	"500": answer(500, ""), "501": answer(501, ""), "502": answer(502, html, "Content-Type", "text/html"), "503": answer(503, ""),
	"400": answer(400, ""), "404": answer(404, ""), "409": answer(409, ""), "connection": cut, "truncated": truncated, "no answer": hang,
	"refused": refused, "refused on Windows": refusedOnWindows,
	"certificate": func(*http.Request) (*http.Response, error) {
		return nil, &tls.CertificateVerificationError{Err: errors.New("unknown")}
	},
}

// requests are the kinds that differ in what may be sent twice.
var requests = map[string]struct {
	httpapi.Request
	resent []string // the kinds of trouble after which it is, apart from a 429 and a refused connection
}{
	"GET":               {get("a"), resent},
	"idempotent POST":   {httpapi.Request{Method: "POST", Path: []string{"a"}, Idempotent: true}, resent},
	"idempotent change": {idempotent(post("a")), resent},
	"POST":              {post("a"), nil},
	"DELETE":            {httpapi.Request{Method: "DELETE", Path: []string{"a"}, Change: true}, nil},
}

var resent = []string{"500", "502", "503", "connection", "truncated", "no answer"}

func idempotent(request httpapi.Request) httpapi.Request {
	request.Idempotent = true
	return request
}

// What fails twice is sent again, with the same body, if that is safe and max_retries allows it.
func TestRetryWhereSafe(t *testing.T) {
	t.Parallel()
	for kind, request := range requests {
		for what, fails := range trouble {
			for most, attempts := range map[int]int{0: 1, 1: 2, 4: 3} {
				recovers := attempts == 3
				if !slices.Contains(request.resent, what) && !strings.HasPrefix(what, "refused") {
					attempts, recovers = 1, false
				}
				bodies := slices.Repeat([]string{string(request.Body)}, attempts)
				synctest.Test(t, func(t *testing.T) {
					client, script := scripted(t, []step{fails, fails, answer(200, "fine")}, retries(most))
					response, err := client.Do(t.Context(), request.Request)
					if (err == nil && string(response.Body) == "fine") != recovers || !slices.Equal(script.bodies, bodies) {
						t.Errorf("%s, %s, %d: %q were sent, want %q: %v", kind, what, most, script.bodies, bodies, err)
					}
				})
			}
		}
	}
}

// The API refuses 20 times because of its limit. That uses up no retry, and only the deadline ends it.
func TestLimitDoesNotUseUpRetries(t *testing.T) {
	t.Parallel()
	steps := append(slices.Repeat([]step{answer(429, "", "Retry-After", "10")}, 20), answer(200, ""))
	for kind, request := range requests {
		for deadline, want := range map[time.Duration]int{155 * time.Second: 16, time.Hour: 21} {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), deadline)
				defer cancel()
				client, script := scripted(t, steps, retries(0))
				_, err := client.Do(ctx, request.Request)
				if len(script.times) != want || (err == nil) != (want == 21) || isUnknown(err) {
					t.Errorf("%s within %s: %d attempts, want %d: %v", kind, deadline, len(script.times), want, err)
				}
			})
		}
	}
}

// All failures count together, and a 429 between them does not.
func TestRetriesInAll(t *testing.T) {
	t.Parallel()
	client, script := scripted(t, []step{refused, answer(429, ""), answer(500, ""), cut, answer(429, ""), answer(500, ""), answer(200, "")})
	if _, err := client.Do(t.Context(), get("a")); httpapi.Status(err) != 500 || len(script.times) != 6 {
		t.Errorf("%d attempts: %v", len(script.times), err)
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for wait, longest := range map[time.Duration][]time.Duration{ // the longest pause before each retry; the shortest is half of it
		time.Second: {1e9, 2e9, 4e9, 8e9, 16e9, 30e9, 30e9},
		0:           {5e8, 1e9, 2e9},
		time.Hour:   {30e9, 30e9},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, script := scripted(t, []step{answer(500, "")}, retries(len(longest)), retryWait(wait))
			_, _ = client.Do(t.Context(), get("a"))
			pauses := map[time.Duration]bool{}
			for i, most := range longest {
				pause := script.times[i+1].Sub(script.times[i])
				if pauses[pause] || pause < most/2 || pause > most { // calls that failed together must not return together
					t.Errorf("%s: retry %d came after %s, want another pause between %s and %s", wait, i+1, pause, most/2, most)
				}
				pauses[pause] = true
			}
		})
	}
}
