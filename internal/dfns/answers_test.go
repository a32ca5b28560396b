package dfns_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// exchange is how the API answers an operation, and what the client says about it.
type exchange struct {
	routes           map[string]string
	operations, want string
}

// exchanges reads testdata/answers.txt, which explains itself.
func exchanges() (out []exchange) {
	for block := range strings.SplitSeq(string(must(os.ReadFile("testdata/answers.txt"))), "\n\n") {
		subject, answers, others, wants := "", []string{}, map[string]string{}, []string{}
		for line := range strings.Lines(block) {
			text := strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, " "):
				answers = append(answers, text)
			case strings.HasSuffix(text, ":"):
				subject = strings.TrimSuffix(text, ":")
			case strings.Contains(text, " → "):
				wants = append(wants, text)
			default:
				words := strings.SplitN(text, " ", 3)
				others[words[0]+" "+words[1]] = words[2]
			}
		}
		for _, answer := range answers {
			for _, want := range wants {
				routes := maps.Clone(others)
				routes[subject] = answer
				operations, want, _ := strings.Cut(want, " → ")
				out = append(out, exchange{routes, operations, want})
			}
		}
	}
	return out
}

func (e exchange) isOf(o operation) bool {
	isChange := o.method != http.MethodGet
	return e.operations == "all" || e.operations == "changes" && isChange || slices.Contains(strings.Split(e.operations, ", "), o.name)
}

// handler answers as a line of testdata/answers.txt says.
func handler(t *testing.T, line string) http.HandlerFunc {
	t.Helper()
	what, body, _ := strings.Cut(line, " ")
	switch what {
	case "cut":
		return cuts(body)
	case "never":
		return func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) }
	}
	return says(must(strconv.Atoi(what)), body)
}

// verdict is what an operation ends in, in a few words.
func verdict(err error) string {
	signing, unsigned := errors.AsType[*dfns.SigningError](err)
	switch {
	case err == nil:
		return "ok"
	case httpapi.IsNotFound(err):
		return "gone"
	case unsigned && outcome(err) == httpapi.NotMade && signing.Challenged:
		return "challenged"
	case unsigned && outcome(err) == httpapi.NotMade:
		return "unsigned"
	case errors.Is(err, dfns.ErrPendingApproval):
		return "pending"
	case httpapi.Status(err) != 0:
		return fmt.Sprint(outcome(err), " ", httpapi.Status(err))
	}
	return outcome(err).String()
}

// Whatever the API answers, what the client says about it is true, and no error quotes an answer that is not the API's.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, exchange := range exchanges() {
		for _, operation := range slices.DeleteFunc(slices.Clone(operations), func(o operation) bool { return !exchange.isOf(o) }) {
			t.Run(fmt.Sprint(exchange.routes, operation.name), func(t *testing.T) {
				t.Parallel()
				routes := map[string]http.HandlerFunc{}
				for route, line := range exchange.routes {
					routes[strings.Replace(route, "the call", operation.route(), 1)] = handler(t, line)
				}
				a := serve(t, routes)
				result, err := operation.run(t.Context(), a.client(t))
				text := string(must(json.Marshal(result)))
				if err != nil {
					text = strings.Replace(err.Error(), a.at(), "", 1)
				}
				if got := verdict(err); exchange.want != got && exchange.want != got+" "+text || strings.Contains(text, "hunter2") {
					t.Errorf("it ends in\n%s %s, want\n%s", got, text, exchange.want)
				}
				if calls := a.Made(); slices.Contains(calls, "sign") && !slices.Contains(calls, answer) {
					t.Errorf("it signed what nobody has asked for: %q", calls)
				}
			})
		}
	}
}

// A filtered list may have an empty page before its end, and a list is cut where it may not go on.
func TestPagesOfEvents(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"": `{"items": [], "nextPageToken": "2"}`, "2": `{"items": [{"id": "whe-1"}], "nextPageToken": "3"}`, "3": `{"items": []}`}
	client := serve(t, map[string]http.HandlerFunc{"GET /webhooks/wh-1/events": func(w http.ResponseWriter, r *http.Request) {
		says(200, pages[r.URL.Query().Get("paginationToken")])(w, r)
	}}).client(t)
	for _, calls := range []int{0, 2, 3} {
		_, err := collect(client.ListWebhookEvents(t.Context(), "wh-1", dfns.EventFilter{MaxCalls: calls}, 0))
		got, filtered := collect(client.ListWebhookEvents(t.Context(), "wh-1", dfns.EventFilter{Kind: "key.created", MaxCalls: calls}, 0))
		if err == nil || httpapi.IsCut(err) || httpapi.IsCut(filtered) != (calls == 2) || (filtered == nil) != (calls != 2) || len(got) != 1 {
			t.Errorf("at most %d calls: %v; filtered, %d events, %v", calls, err, len(got), filtered)
		}
	}
}

// A strange id must not make a call about something else.
func TestIDsAreEscaped(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", ".", ".."} {
		a := serve(t, nil)
		client := a.client(t)
		_, err := client.GetWebhook(t.Context(), id)
		if err == nil || httpapi.IsNotFound(err) || len(a.Made()) != 0 {
			t.Errorf("getting %q ends in %v after %q", id, err, a.Made())
		}
		if err := client.DeleteWebhook(t.Context(), id, ""); err == nil || httpapi.IsNotFound(err) || outcome(err) != httpapi.NotMade {
			t.Errorf("deleting %q ends in %v", id, err)
		}
	}
	s := start(t)
	for _, id := range []string{"a/b", "../webhooks", "%2e%2e", "ü?#"} {
		if err := newClient(t, s).DeleteWebhook(t.Context(), id, ""); !httpapi.IsNotFound(err) {
			t.Errorf("deleting %q ends in %v, want that it is not found", id, err)
		}
	}
}

func TestUnusable(t *testing.T) {
	t.Parallel()
	reason := errors.New("auth_token is not known yet")
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // as of every operation of a resource
	defer cancel()
	for _, operation := range operations {
		_, err := operation.run(ctx, dfns.Unusable(reason))
		if !errors.Is(err, reason) || httpapi.IsNotFound(err) || outcome(err) != httpapi.NotMade || httpapi.Status(err) != 0 {
			t.Errorf("%s: it ends in %v", operation.name, err)
		}
	}
}

// A client without a key reads, and says of every change that it lacks one, before it calls the API.
func TestUnsigned(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s, func(config *dfns.Config) { config.CredentialID, config.Signer = "", nil })
	if client.CanChange() {
		t.Error("it claims that it can make changes")
	}
	for _, operation := range changes() {
		_, err := operation.run(t.Context(), client)
		var signing *dfns.SigningError
		if !errors.Is(err, dfns.ErrUnsigned) || !errors.As(err, &signing) || outcome(err) != httpapi.NotMade {
			t.Errorf("%s: it ends in %v", operation.name, err)
		}
	}
	if calls := s.DfnsCalls.Journal(); len(calls) != 0 {
		t.Errorf("the API was called: %v", calls)
	}
	if _, err := client.GetWebhook(t.Context(), s.Dfns.Register(held())); err != nil {
		t.Error(err)
	}
}
