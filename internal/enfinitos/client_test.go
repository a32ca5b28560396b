package enfinitos_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

func TestEventKinds(t *testing.T) {
	t.Parallel()
	kinds := enfinitos.EventKinds()
	if len(kinds) != 19 || !slices.IsSorted(kinds) || slices.Contains(kinds, "*") {
		t.Errorf("there are %d kinds, sorted and without * they should be 19: %q", len(kinds), kinds)
	}
	kinds[0] = "changed"
	if enfinitos.EventKinds()[0] == "changed" {
		t.Error("the catalogue can be changed from outside")
	}
}

func TestEnvironmentURL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ want, err string }{
		"sk_live_c4n4ry":    {"https://api.enfinitos.com", ""},
		"sk_sandbox_c4n4ry": {"https://sandbox.api.enfinitos.com", ""},
		"sk_test_c4n4ry":    {"", "sk_test_ does not determine the environment"},
		"sk_other_c4n4ry":   {"", "does not start with sk_live_, sk_sandbox_ or sk_test_"},
		"SK_LIVE_c4n4ry":    {"", "does not start with sk_live_"},
		"whsec_c4n4ry":      {"", "does not start with sk_live_"},
		"":                  {"", "does not start with sk_live_"},
	}
	for apiKey, test := range tests {
		got, err := enfinitos.EnvironmentURL(apiKey)
		if got != test.want || (err == nil) != (test.err == "") {
			t.Errorf("the URL of %q is %q, %v", apiKey, got, err)
		}
		if err != nil && (!strings.Contains(err.Error(), test.err) || !strings.Contains(err.Error(), "base URL is required") ||
			strings.Contains(err.Error(), "c4n4ry")) {
			t.Errorf("the error of %q is %v", apiKey, err)
		}
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	if client, err := enfinitos.New(httpapi.Config{}); err == nil || client != nil {
		t.Errorf("a client without base URL: %v, %v", client, err)
	}
	if got := newClient(t, "https://API.enfinitos.com/", key).Account(); got != (account.Account{API: "https://api.enfinitos.com/"}) {
		t.Errorf("its account is %v", got)
	}
}
