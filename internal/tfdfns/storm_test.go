package tfdfns_test

import (
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// limited is an API that allows so many calls in a window, and says so. The first calls it refuses all the same: others have used up
// the limit.
type limited struct {
	next          http.RoundTripper
	limit, storm  int
	window        time.Duration
	mu            sync.Mutex
	ends          time.Time
	used          int
	made, refused int
}

func (l *limited) RoundTrip(request *http.Request) (*http.Response, error) {
	header, admitted := l.admit()
	if !admitted {
		return &http.Response{
			StatusCode: http.StatusTooManyRequests, Status: "429 Too Many Requests", Header: header, Body: http.NoBody, Request: request,
		}, nil
	}
	response, err := l.next.RoundTrip(request)
	if err == nil {
		maps.Copy(response.Header, header)
	}
	return response, err
}

// admit counts a call, and returns what the API says about its limit.
func (l *limited) admit() (header http.Header, admitted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if !now.Before(l.ends) {
		l.ends, l.used = now.Truncate(l.window).Add(l.window), min(l.storm, l.limit)
		l.storm -= l.used
	}
	header = http.Header{
		"X-Ratelimit-Limit": {fmt.Sprint(l.limit)}, "X-Ratelimit-Remaining": {fmt.Sprint(max(0, l.limit-l.used-1))},
		"X-Ratelimit-Reset": {fmt.Sprint(l.ends.Unix())},
	}
	if l.used >= l.limit {
		l.refused++
		return header, false
	}
	l.used++
	l.made++
	return header, true
}

// Fifty creates, ten at once as Terraform makes them, at an API that allows 30 calls a minute, of which others have just used all: they
// are held up, all are made, once, and only the calls in progress are refused, which could not know.
func TestCreatesUnderARateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const webhooks, atOnce = 50, 10
		env := acctest.NewVirtual(t, sandbox.Config{})
		api := &limited{next: env, limit: 30, window: time.Minute, storm: 30}
		provider := env.ProtocolThrough(t, api, nil)
		if problems := provider.Configure(nil); len(problems) != 0 {
			t.Fatal(acctest.Text(problems))
		}
		began := time.Now()
		var all sync.WaitGroup
		slots := make(chan struct{}, atOnce)
		for i := range webhooks {
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				config := example()
				config["url"] = acctest.String(fmt.Sprintf("https://hooks.example.com/%d", i))
				instance := acctest.Instance{Provider: provider, Type: "webhook_dfns"}
				if report := instance.Apply(config); report.Problems != "" {
					t.Errorf("%d: %s", i, report.Problems)
				}
			})
		}
		all.Wait()
		if held := len(env.Dfns.Webhooks()); held != webhooks || api.made != 3*webhooks+1 || api.refused > atOnce {
			t.Errorf("the server holds %d webhooks, after %d calls, and %d that were refused", held, api.made, api.refused)
		}
		if took := time.Since(began); took < 5*time.Minute || took > 8*time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}
