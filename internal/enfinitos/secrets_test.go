package enfinitos_test

import (
	"net/http"
	"strings"
	"testing"
)

// A server quotes the API key, a signing secret or the contents of what is delivered wherever an error, a log line or a warning could
// take it from.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	const q = `"no key ` + key + ` here"`
	const delivery = `{"deliveryId":"dlv_1","payload":"{\"a\":\"payl04d\"}","signatureHeader":"t=1,v1=c4n4ry","responseBodyExcerpt":"exc3rpt"}`
	const fields = `{"subscription":{"subscriptionId":"whs_1","secret":"whsec_c4n4ry","signingSecret":{"value":["whsec_c4n4ry"]}},
		"signingSecret":"whsec_c4n4ry","signing_secret":"whsec_c4n4ry","delivery":` + delivery + `,"deliveries":[` + delivery + `]}`
	for name, body := range map[string]string{
		"refusal":       `{"ok":false,"error":{"code":` + q + `,"message":` + q + `}}`,
		"text in error": `{"ok":false,"error":` + q + `}`,
		"escaped":       `{"ok":false,"error":{"message":"` + strings.ReplaceAll(key, "_", `\u005f`) + `"}}`,
		"text":          q,
		"long text":     strings.Repeat("x", 190) + key,
		"HTML":          "<html>" + key,
		"as a field":    `{"ok":true,"data":{"` + key + `":1,"subscription":` + q + `,"deliveries":` + q + `,"processed":` + q + `,"replay":` + q + `}}`,
		"everywhere":    `{"ok":true,"data":{"subscription":{"subscriptionId":"whs_1","label":` + q + `,"url":` + q + `}},"contractVersion":` + q + `}`,
		"secrets":       envelope(fields),
		"bare secrets":  fields,
		"truncated":     envelope(fields)[:100],
		"not JSON":      "whsec_c4n4ry",
	} {
		for _, status := range []int{200, 302, 404, 422, 500} {
			if strings.Contains(body, "whsec") && status != 200 {
				continue
			}
			a := serve(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Request-Id", key)
				says(status, body)(w, r)
			}})
			for operation := range routes {
				log := &recorder{}
				if err := run(t.Context(), a.client(t, once, log.attach), operation, "whs_1"); err != nil {
					log.WriteString(err.Error())
				}
				for _, secret := range []string{key, "whsec_c4n4ry", "v1=c4n4ry", "payl04d", "exc3rpt"} {
					if strings.Contains(log.String(), secret) || !strings.Contains(log.String(), "API answer") {
						t.Errorf("%s, %d, %s: %s is shown, or no answer is:\n%s", name, status, operation, secret, log)
					}
				}
			}
		}
	}
}
