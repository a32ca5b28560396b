package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// A test of the provider has a real CLI meet proxies, certificates and closed ports. It knows no name that no name server knows. What
// the API itself has answered is no matter of the network.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	refusing, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	for base, want := range map[string]string{
		"https://api.invalid": "The name api.invalid is not known here. Check base_url, and the network and its name server.",
		refusing:              "",
	} {
		_, err := newClient(t, base, retries(0)).Do(t.Context(), get("webhooks"))
		if advice := httpapi.Unreachable(err); advice != want {
			t.Errorf("%v\nadvice: %q, want %q", err, advice, want)
		}
		if _, host, _ := strings.Cut(base, "://"); !strings.Contains(err.Error(), host) {
			t.Errorf("the error does not name the host: %v", err)
		}
	}
}
