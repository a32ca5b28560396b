package dfns_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

// Every call of a change is compared to the letter, with a signer whose signature is known. The path that is signed lacks the prefix of
// the base URL.
func TestSigningFlow(t *testing.T) {
	t.Parallel()
	for _, operation := range changes() {
		t.Run(operation.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			record := func(answer http.HandlerFunc) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					var body json.RawMessage
					_ = json.NewDecoder(r.Body).Decode(&body)
					got = append(got, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("X-DFNS-USERACTION")+" "+string(body)))
					answer(w, r)
				}
			}
			a := serve(t, map[string]http.HandlerFunc{
				"POST /v9/auth/action/init":                record(says(200, `{"challenge":"Y2g","challengeIdentifier":"id-1","allowCredentials":{"key":[{"id":"cr-0"},{"id":"cr-1"}]}}`)),
				"POST /v9/auth/action":                     record(says(200, `{"userAction":"token-1"}`)),
				operation.method + " /v9" + operation.path: record(says(200, `{"id":"wh-1","url":"https://h.example","status":"200","deleted":true}`)),
			})
			client := a.client(t, func(c *dfns.Config) { c.HTTP.BaseURL += "/v9/" })
			if _, err := operation.run(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			payload := map[string]string{"create": `{"events":["*"],"status":"Enabled","url":"https://h.example"}`, "update": `{"events":["*"]}`}[operation.name]
			quoted, _ := json.Marshal(payload)
			encode := base64.RawURLEncoding.EncodeToString
			want := []string{
				fmt.Sprintf(`/v9/auth/action/init  {"userActionHttpMethod":%q,"userActionHttpPath":%q,"userActionPayload":%s,"userActionServerKind":"Api"}`,
					operation.method, operation.path, quoted),
				fmt.Sprintf(`/v9/auth/action  {"challengeIdentifier":"id-1","firstFactor":{"credentialAssertion":{"credId":"cr-1","clientData":%q,"signature":%q},"kind":"Key"}}`,
					encode([]byte(`{"challenge":"Y2g","type":"key.get"}`)), encode([]byte("signature"))),
				strings.TrimSpace("/v9" + operation.path + " token-1 " + payload),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
