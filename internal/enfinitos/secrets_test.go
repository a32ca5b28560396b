package enfinitos_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestKeyIsNotQuoted lets a server quote the API key wherever an error, a log line or a warning could take it from.
func TestKeyIsNotQuoted(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal("no key " + key + " here")
	if err != nil {
		t.Fatal(err)
	}
	q := string(quoted)
	bodies := map[string]string{
		"envelope":      `{"ok":false,"error":{"code":` + q + `,"message":` + q + `}}`,
		"text in error": `{"ok":false,"error":` + q + `}`,
		"escaped":       `{"ok":false,"error":{"message":"` + strings.ReplaceAll(key, "_", `\u005f`) + `"}}`,
		"text":          "no key " + key + " here",
		"long text":     strings.Repeat("x", 190) + key,
		"HTML":          "<html>" + key,
		"as a field":    `{"ok":true,"data":{"` + key + `":1,"subscription":` + q + `,"deliveries":` + q + `,"processed":` + q + `,"replay":` + q + `}}`,
		"everywhere":    `{"ok":true,"data":{"subscription":{"subscriptionId":"whs_1","label":` + q + `,"url":` + q + `}},"contractVersion":` + q + `}`,
	}
	for name, body := range bodies {
		for _, status := range []int{200, 302, 404, 422, 500} {
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				t.Parallel()
				a := serve(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("X-Request-Id", key)
					says(status, body)(w, r)
				}})
				for _, operation := range operations {
					log := &recorder{}
					err := operation.run(t.Context(), a.client(t, once, log.attach))
					if err != nil && strings.Contains(err.Error(), key) {
						t.Errorf("%s: the key is in the error: %v", operation.name, err)
					}
					if strings.Contains(log.text(), key) || !strings.Contains(log.text(), "trace: API answer") {
						t.Errorf("%s: the key is in the log, or nothing is:\n%s", operation.name, log.text())
					}
				}
			})
		}
	}
}

// hidden are values that a log must never hold. The last are the contents of what is delivered.
var hidden = []string{"whsec_c4n4ry", "v1=c4n4ry", "payl04d", "exc3rpt"}

func TestSigningSecretIsNotLogged(t *testing.T) {
	t.Parallel()
	const delivery = `{"deliveryId":"dlv_1","payload":"{\"a\":\"payl04d\"}","signatureHeader":"t=1,v1=c4n4ry","responseBodyExcerpt":"exc3rpt"}`
	const fields = `"subscription":{"subscriptionId":"whs_1","secret":"whsec_c4n4ry","signingSecret":{"value":["whsec_c4n4ry"]}},
		"signingSecret":"whsec_c4n4ry","signing_secret":"whsec_c4n4ry","delivery":` + delivery + `,"deliveries":[` + delivery + `]`
	bodies := map[string]string{
		"in the envelope": envelope(`{` + fields + `}`),
		"bare":            `{` + fields + `}`,
		"truncated":       envelope(`{"signingSecret":"whsec_c4n4ry"`),
		"not JSON":        "whsec_c4n4ry",
	}
	for name, body := range bodies {
		for _, operation := range operations {
			a := serve(t, map[string]http.HandlerFunc{"/": says(200, body)})
			log := &recorder{}
			err := operation.run(t.Context(), a.client(t, once, log.attach))
			for _, secret := range hidden {
				if strings.Contains(log.text(), secret) {
					t.Errorf("%s, %s: %s is in the log:\n%s", name, operation.name, secret, log.text())
				}
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%s, %s: %s is in the error: %v", name, operation.name, secret, err)
				}
			}
			if !strings.Contains(log.text(), "trace: API answer") {
				t.Errorf("%s, %s: the log is\n%s", name, operation.name, log.text())
			}
		}
	}
}
