package provider_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// refused returns a provider of both vendors, which refuse every call in their own shapes.
func refused(t *testing.T, status int, token string) *acctest.Protocol {
	t.Helper()
	url := acctest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"ok": false, "error": {"message": "refused"}}`))
	})
	provider := acctest.NewProtocol(t, environment(t, url, map[string]string{"DFNS_AUTH_TOKEN": token}))
	provider.Configure(nil)
	return provider
}

// The claim of a token says when it expires. Only a token that the API refuses after that has expired.
func TestExpiredToken(t *testing.T) {
	t.Parallel()
	const expired, other = "The token expired at 2026-01-02T03:04:05Z.", "valid and has not expired"
	for _, test := range []struct {
		claims string
		status int
		want   string
	}{
		{`{"exp": 1767323045}`, http.StatusUnauthorized, expired},
		{`{"exp": 1767323045.5}`, http.StatusUnauthorized, expired},
		{`{"exp": 1767323045, "https://custom/app_metadata": {"orgId": "or-1"}}`, http.StatusUnauthorized, expired},
		{`{"exp": 33303323045}`, http.StatusUnauthorized, other},
		{`{}`, http.StatusUnauthorized, other},
		{`{"exp": "soon"}`, http.StatusUnauthorized, other},
		{`{"exp": 1767323045}`, http.StatusForbidden, "lacks the permission"},
	} {
		provider := refused(t, test.status, "e30."+base64.RawURLEncoding.EncodeToString([]byte(test.claims))+".c2ln")
		id := values{"id": acctest.String("wh-1")}
		for _, said := range []string{acctest.Text(provider.Read("webhook_dfns", id)), acctest.Text(provider.ReadData("webhook_dfns", id))} {
			if !strings.Contains(said, test.want) || strings.Contains(said, "token expired") != (test.want == expired) {
				t.Errorf("%d to a token with %s: got %q, want %q", test.status, test.claims, said, test.want)
			}
		}
	}
}
