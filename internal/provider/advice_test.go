package provider_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// vendorsThatRefuse returns a provider of both vendors, which refuse every call in their own shapes.
func vendorsThatRefuse(t *testing.T, status int, token string) *acctest.Protocol {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"ok": false, "error": {"message": "refused"}}`))
	}))
	t.Cleanup(server.Close)
	provider := acctest.NewProtocol(t, map[string]string{
		"DFNS_API_URL": server.URL, "DFNS_AUTH_TOKEN": token, "DFNS_CRED_ID": "cr-1", "DFNS_PRIVATE_KEY": privateKey(t),
		"ENFINITOS_API_URL": server.URL, "ENFINITOS_API_KEY": "sk_test_1",
	})
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

// The claim of a token says when it expires. Only a token that the API refuses after that has expired.
func TestExpiredToken(t *testing.T) {
	t.Parallel()
	const expired, other = "The token expired at 2026-01-02T03:04:05Z.", "valid and has not expired"
	for name, test := range map[string]struct {
		claims string
		status int
		want   string
	}{
		"in the past":   {`{"exp": 1767323045}`, http.StatusUnauthorized, expired},
		"a fraction":    {`{"exp": 1767323045.5}`, http.StatusUnauthorized, expired},
		"another claim": {`{"exp": 1767323045, "https://custom/app_metadata": {"orgId": "or-1"}}`, http.StatusUnauthorized, expired},
		"in the future": {`{"exp": 33303323045}`, http.StatusUnauthorized, other},
		"none":          {`{}`, http.StatusUnauthorized, other},
		"a text":        {`{"exp": "soon"}`, http.StatusUnauthorized, other},
		"forbidden":     {`{"exp": 1767323045}`, http.StatusForbidden, "lacks the permission"},
	} {
		provider := vendorsThatRefuse(t, test.status, "e30."+base64.RawURLEncoding.EncodeToString([]byte(test.claims))+".c2ln")
		id := map[string]tftypes.Value{"id": acctest.String("wh-1")}
		for operation, problems := range map[string]string{
			"read":        acctest.Text(provider.Read("webhook_dfns", id)),
			"delete":      acctest.Text(provider.Delete("webhook_dfns", id)),
			"data source": acctest.Text(provider.ReadData("webhook_dfns", id)),
		} {
			if operation == "delete" && test.status == http.StatusForbidden {
				continue // it has a permission of its own
			}
			if !strings.Contains(problems, test.want) || strings.Contains(problems, "token expired") != (test.want == expired) {
				t.Errorf("%s, %s: got %q, want %q", name, operation, problems, test.want)
			}
		}
	}
}

// Only resources have timeouts, so only they are told to set them.
func TestTimeoutAdviceIsForResources(t *testing.T) {
	t.Parallel()
	provider := vendorsThatRefuse(t, http.StatusTooManyRequests, "token")
	const timedOut, advice = "Try again later.", "To allow more time, set timeouts in the resource."
	id := map[string]tftypes.Value{"id": acctest.String("x")}
	for _, kind := range []string{"webhook_dfns", "webhook_enfinitos"} {
		contains(t, acctest.Text(provider.Read(kind, id)), timedOut, advice)
		contains(t, acctest.Text(provider.Delete(kind, id)), timedOut, advice)
	}
	others := map[string]string{
		"data of Dfns":      acctest.Text(provider.ReadData("webhook_dfns", id)),
		"list of Dfns":      acctest.Text(provider.ReadData("webhook_dfns_webhooks", nil)),
		"data of EnfinitOS": acctest.Text(provider.ReadData("webhook_enfinitos", id)),
	}
	for name, attributes := range map[string]map[string]tftypes.Value{
		"webhook_dfns_ping":             {"webhook_id": acctest.String("x")},
		"webhook_enfinitos_process_due": nil,
	} {
		_, err := provider.Invoke(name, attributes)
		if err == nil {
			t.Fatalf("%s: the action ran", name)
		}
		others[name] = err.Error()
	}
	for name, got := range others {
		if !strings.Contains(got, timedOut) || strings.Contains(got, advice) {
			t.Errorf("%s: got %q, want %q without %q", name, got, timedOut, advice)
		}
	}
}
