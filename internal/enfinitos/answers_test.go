package enfinitos_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
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
			for operation, route := range routes {
				a := serve(t, map[string]http.HandlerFunc{route: says(422, body)})
				err := run(t.Context(), a.client(t), operation, "whs_1")
				failed, ok := errors.AsType[*httpapi.Error](err)
				if !ok || failed.Status != 422 || httpapi.IsNotFound(err) || outcomeUnknown(err) == test.own {
					t.Fatalf("%s: it ends in %v", operation, err)
				}
				if failed.Code != test.code || failed.Message != test.message {
					t.Errorf("%s: got the code %q and the message %q", operation, failed.Code, failed.Message)
				}
			}
			a := serve(t, map[string]http.HandlerFunc{"/": says(404, body)})
			_, err := a.client(t).SetActive(t.Context(), "whs_1", "", true)
			if err == nil || httpapi.IsNotFound(err) != test.own {
				t.Errorf("IsNotFound is %t for %v", !test.own, err)
			}
		})
	}
}

// What an answer of success must contain shows when it is absent.
func TestTextOfErrors(t *testing.T) {
	t.Parallel()
	for operation, lacks := range map[string]string{
		"create": "it contains no id", "pause": "it is not about this subscription", "find": "it is not about this subscription",
		"list": "the answer is not a list", "replay": "it does not say whether the replay succeeded",
		"process due": "it does not say how many were processed",
	} {
		for body, want := range map[string]string{
			refusal:        "200 OK: refused: the field ok of the answer is false: as asked",
			`{"ok":false}`: "200 OK: the field ok of the answer is false",
			`{}`:           "200 OK: the answer cannot be read: it lacks the field ok, which every EnfinitOS answer has",
			envelope("{}"): lacks,
		} {
			a := serve(t, map[string]http.HandlerFunc{routes[operation]: says(200, body)})
			err := run(t.Context(), a.client(t, once), operation, "whs_1")
			if err == nil || !strings.HasPrefix(err.Error(), routes[operation]+": 200 OK: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%s, %s: the error is\n%v, want\n%s", operation, body, err, want)
			}
		}
	}
}

// An answer of another version of the contract counts, and the log says so.
func TestContractVersion(t *testing.T) {
	t.Parallel()
	for version, another := range map[string]bool{"v1.0": false, "v1.1": true} {
		a := serve(t, map[string]http.HandlerFunc{"/": says(200, `{"ok":true,"data":{"processed":3},"contractVersion":"`+version+`"}`)})
		log := &recorder{}
		err := run(t.Context(), a.client(t, log.attach), "process due", "")
		if err != nil || strings.Contains(log.String(), "Another contract version") != another {
			t.Errorf("%s: %v, and the log is\n%s", version, err, log)
		}
	}
}
