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
		own           bool // in the vendor's own shape
	}{
		`{"ok":false,"error":{"code":"bad_url","message":"url is bad"},"contractVersion":"v1.0"}`: {"bad_url", "url is bad", true},
		`{"error":{"type":"bad_url","detail":"url is bad"}}`:                                      {"bad_url", "url is bad", false},
		`{"error":{"code":"inner","message":"in"},"code":"outer","message":"out"}`:                {"inner", "in", false},
		`{"error":"url is bad"}`:                                                               {"", "url is bad", false},
		`{"code":"bad_url","message":"url is bad"}`:                                            {"bad_url", "url is bad", false},
		`{"message":"url is bad"}`:                                                             {"", "url is bad", false},
		`{"detail":"url is bad"}`:                                                              {"", "url is bad", false},
		`{"type":"https://e.example/bad","title":"Bad","detail":"url is bad"}`:                 {"https://e.example/bad", "url is bad", false},
		`{"title":"Bad","detail":"no","message":"url is bad","code":"bad_url","type":"t"}`:     {"bad_url", "url is bad", false},
		`{"errors":[{"code":"bad_url","message":"url is bad"},{"code":"x","message":"more"}]}`: {"bad_url", "url is bad", false},
		`{"errors":[],"message":"url is bad"}`:                                                 {"", "url is bad", false},
		`{"errors":{"message":"url is bad"}}`:                                                  {"", "url is bad", false},
		`{"code":400,"message":["url is bad"]}`:                                                {"", `{"code":400,"message":["url is bad"]}`, false},
		`{"ok":false}`:                                                                         {"", "", true},
		`{}`:                                                                                   {"", "{}", false},
		`null`:                                                                                 {"", "null", false},
		`url is bad`:                                                                           {"", "url is bad", false},
		`{"message":"url is`:                                                                   {"", `{"message":"url is`, false},
		`<html>url is bad</html>`:                                                              {"", "an HTML page, so a proxy may have answered instead of the API", false},
		``:                                                                                     {"", "an empty body", false},
	}
	for body, test := range tests {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			for _, operation := range operations {
				a := serve(t, map[string]http.HandlerFunc{operation.route: says(422, body)})
				err := operation.run(t.Context(), a.client(t))
				var failed *enfinitos.Error
				if !errors.As(err, &failed) || enfinitos.Status(err) != 422 || enfinitos.IsNotFound(err) || outcomeUnknown(err) == test.own {
					t.Fatalf("%s: it ends in %v", operation.name, err)
				}
				if diff := cmp.Diff([]string{test.code, test.message}, []string{failed.Code, failed.Message}); diff != "" {
					t.Errorf("%s: (-want +got):\n%s", operation.name, diff)
				}
			}
			a := serve(t, map[string]http.HandlerFunc{"/": says(404, body)})
			_, err := a.client(t).SetActive(t.Context(), "whs_1", "", true)
			if err == nil || enfinitos.IsNotFound(err) != test.own {
				t.Errorf("IsNotFound is %t for %v", !test.own, err)
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
		"no envelope": {says(200, `{}`), "200 OK: the answer cannot be read: it lacks the field ok, which every EnfinitOS answer has"},
	}
	for name, test := range tests {
		for _, operation := range operations {
			a := serve(t, map[string]http.HandlerFunc{operation.route: test.handler})
			err := operation.run(t.Context(), a.client(t, once))
			if want := operation.route + ": " + test.want; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s, %s: the error is\n%v, want\n%s", name, operation.name, err, want)
			}
		}
	}
}
