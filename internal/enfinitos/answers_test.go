package enfinitos_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
)

// No page shows a refusal, so each of the usual shapes must be read.
func TestErrorShapes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code, message string
		foreign       bool // not in a shape that the API itself could have sent
	}{
		`{"ok":false,"error":{"code":"bad_url","message":"url is bad"},"contractVersion":"v1.0"}`: {"bad_url", "url is bad", false},
		`{"error":{"type":"bad_url","detail":"url is bad"}}`:                                      {"bad_url", "url is bad", false},
		`{"error":{"code":"inner","message":"in"},"code":"outer","message":"out"}`:                {"inner", "in", false},
		`{"error":"url is bad"}`:                                                               {"", "url is bad", false},
		`{"error":"bad_url","message":"url is bad"}`:                                           {"", "url is bad", false},
		`{"code":"bad_url","message":"url is bad"}`:                                            {"bad_url", "url is bad", false},
		`{"message":"url is bad"}`:                                                             {"", "url is bad", true},
		`{"code":404,"message":"no Route matched"}`:                                            {"", "no Route matched", true},
		`{"error":"Not Found","message":"Cannot GET /"}`:                                       {"", "Cannot GET /", true},
		`{"detail":"url is bad"}`:                                                              {"", "url is bad", false},
		`{"type":"https://e.example/bad","title":"Bad","detail":"url is bad"}`:                 {"https://e.example/bad", "url is bad", false},
		`{"title":"Bad","detail":"no","message":"url is bad","code":"bad_url","type":"t"}`:     {"bad_url", "url is bad", false},
		`{"title":"url is bad"}`:                                                               {"", "url is bad", false},
		`{"errors":[{"code":"bad_url","message":"url is bad"},{"code":"x","message":"more"}]}`: {"bad_url", "url is bad", false},
		`{"errors":["url is bad"],"message":"bad"}`:                                            {"", "bad", false},
		`{"errors":[],"message":"url is bad"}`:                                                 {"", "url is bad", false},
		`{"errors":{"message":"url is bad"}}`:                                                  {"", "url is bad", false},
		`{"error":null,"message":"url is bad"}`:                                                {"", "url is bad", false},
		`{"code":400,"message":["url is bad"]}`:                                                {"", "", false},
		`{"code":"","type":"bad_url"}`:                                                         {"bad_url", "", false},
		`{"ok":false}`:                                                                         {"", "", false},
		`{}`:                                                                                   {"", "{}", true},
		`null`:                                                                                 {"", "null", true},
		`[]`:                                                                                   {"", "[]", true},
		`"url is bad"`:                                                                         {"", `"url is bad"`, true},
		`url is bad`:                                                                           {"", "url is bad", true},
		`{"message":"url is`:                                                                   {"", `{"message":"url is`, true},
		`<html>url is bad</html>`:                                                              {"", "an HTML page, so a proxy may have answered instead of the API", true},
		``:                                                                                     {"", "an empty body", true},
	}
	for body, test := range tests {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			for _, operation := range operations {
				a := serve(t, map[string]http.HandlerFunc{operation.route: says(422, body)})
				err := operation.run(t.Context(), a.client(t))
				var failed *enfinitos.Error
				if !errors.As(err, &failed) || enfinitos.Status(err) != 422 || enfinitos.IsNotFound(err) || enfinitos.OutcomeUnknown(err) {
					t.Fatalf("%s: it ends in %v", operation.name, err)
				}
				if diff := cmp.Diff([]string{test.code, test.message}, []string{failed.Code, failed.Message}); diff != "" {
					t.Errorf("%s: (-want +got):\n%s", operation.name, diff)
				}
			}
			a := serve(t, map[string]http.HandlerFunc{"/": says(404, body)})
			_, err := a.client(t).SetActive(t.Context(), "whs_1", true)
			if err == nil || enfinitos.IsNotFound(err) == test.foreign {
				t.Errorf("IsNotFound is %t for %v", test.foreign == false, err)
			}
		})
	}
}

func TestTextOfErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"refusal":     {says(403, `{"ok":false,"error":{"code":"forbidden","message":"no scope"}}`), "403 Forbidden: forbidden: no scope"},
		"not ok":      {says(200, refusal), "200 OK: refused: the field ok of the answer is false: as asked"},
		"no more":     {says(200, `{"ok":false}`), "200 OK: the field ok of the answer is false"},
		"no envelope": {says(200, `{}`), "200 OK: the answer cannot be read: it lacks the field ok, which every EnfinitOS answer has"},
		"HTML":        {says(200, `<html>`), "200 OK: the answer cannot be read: it is an HTML page, so a proxy may have answered instead of the API"},
		"cut":         {cuts(""), "no answer: "},
	}
	for name, test := range tests {
		for _, operation := range operations {
			a := serve(t, map[string]http.HandlerFunc{operation.route: test.handler})
			err := operation.run(t.Context(), a.client(t, once))
			if want := operation.route + ": " + test.want; err == nil || strings.TrimSuffix(err.Error(), "EOF") != want {
				t.Errorf("%s, %s: the error is\n%v, want\n%s", name, operation.name, err, want)
			}
		}
	}
}

// The request id is what the vendor's support can find a call by.
func TestRequestID(t *testing.T) {
	t.Parallel()
	a := serve(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "req_7")
		refuses(422)(w, r)
	}})
	if _, err := a.client(t).CreateSubscription(t.Context(), request); err == nil || !strings.HasSuffix(err.Error(), "(request id req_7)") {
		t.Errorf("the error is %v", err)
	}
}

func TestForeignContract(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"same":   {envelope(created), ""},
		"newer":  {`{"ok":true,"data":` + created + `,"contractVersion":"v1.1"}`, "v1.1"},
		"absent": {`{"ok":true,"data":` + created + `}`, "(none)"},
		"null":   {`{"ok":true,"data":` + created + `,"contractVersion":null}`, "(none)"},
	}
	for name, test := range tests {
		a := serve(t, map[string]http.HandlerFunc{"/": says(200, test.body)})
		client := a.client(t)
		if before := client.ForeignContract(); before != "" {
			t.Errorf("%s: before any call it is %q", name, before)
		}
		got, err := client.CreateSubscription(t.Context(), request)
		if err != nil || got.SigningSecret != "whsec_1" || client.ForeignContract() != test.want {
			t.Errorf("%s: it is %q, %+v, %v", name, client.ForeignContract(), got, err)
		}
	}
}

// What was seen once is known from then on, whichever call saw it.
func TestForeignContractOfEveryCall(t *testing.T) {
	t.Parallel()
	for _, operation := range operations {
		body := `{"ok":true,"data":{"subscription":{"subscriptionId":"whs_1"}},"contractVersion":"v2.0"}`
		a := serve(t, map[string]http.HandlerFunc{"/": inTurn(says(200, body), holds(`{"subscription":{"subscriptionId":"whs_1"}}`))})
		client := a.client(t)
		for range 2 {
			if err := operation.run(t.Context(), client); err != nil || client.ForeignContract() != "v2.0" {
				t.Errorf("%s: it is %q, %v", operation.name, client.ForeignContract(), err)
			}
		}
	}
}

func TestForeignContractAtTheSandbox(t *testing.T) {
	t.Parallel()
	s := start(t, documented)
	id := s.Enfinitos.Register(example)
	client := at(t, s)
	for _, version := range []string{"v1.0", "v1.7"} {
		s.Enfinitos.AnswerContract(version)
		if _, _, err := client.Find(t.Context(), id); err != nil {
			t.Error(err)
		}
		if got := client.ForeignContract(); got != strings.TrimPrefix(version, "v1.0") {
			t.Errorf("of %s it is %q", version, got)
		}
	}
}
