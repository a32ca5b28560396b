package provider_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// Pages, chats and files put characters around a value that nobody sees, and .env files keep their quotes.
func TestPastedSettings(t *testing.T) {
	t.Parallel()
	for name, around := range map[string][2]string{
		"zero width space":   {"\u200b", "\u200b"},
		"joiners":            {"\u200c\u200d", "\u2060"},
		"byte order marks":   {"\ufeff", "\ufeff"},
		"soft hyphen":        {"", "\u00ad\n"},
		"no-break space":     {"\u00a0", "\u00a0"},
		"quotes":             {`"`, `"`},
		"single quotes":      {`'`, `'`},
		"typographic":        {"“", "”"},
		"quotes and marks":   {"\ufeff \"\u200b", "\u200b\"\n"},
		"slashes at the end": {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var token, called string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				token, called = r.Header.Get("Authorization"), r.URL.Path
				_, _ = w.Write([]byte(`{"challenge": "c", "challengeIdentifier": "i", "allowCredentials": {"key": []}}`))
			}))
			t.Cleanup(server.Close)
			paste := func(text string) string { return around[0] + text + around[1] }
			provider := acctest.NewProtocol(t, map[string]string{
				"DFNS_API_URL": paste(server.URL + "/base///"), "DFNS_AUTH_TOKEN": paste("token"), "DFNS_CRED_ID": paste("cr-1"),
				"DFNS_PRIVATE_KEY": paste(privateKey(t)), "ENFINITOS_API_URL": paste(server.URL + "/base///"), "ENFINITOS_API_KEY": paste("sk_test_1"),
			})
			if problems := provider.Configure(nil); len(problems) != 0 {
				t.Fatal(acctest.Text(problems))
			}
			failed := acctest.Text(provider.Delete("webhook_dfns", map[string]tftypes.Value{"id": acctest.String("wh-1")}))
			if token != "Bearer token" || called != "/base/auth/action/init" || !strings.Contains(failed, `"cr-1"`) {
				t.Errorf("Dfns: called %q with %q: %s", called, token, failed)
			}
			provider.Read("webhook_enfinitos", map[string]tftypes.Value{"id": acctest.String("x")})
			if token != "Bearer sk_test_1" || !strings.HasPrefix(called, "/base/v1/") {
				t.Errorf("EnfinitOS: called %q with %q", called, token)
			}
		})
	}
}

// What is inside a value cannot be removed without a guess. It is named, and the rest of the value is not shown.
func TestPastedCharacterInsideASetting(t *testing.T) {
	t.Parallel()
	for odd, named := range map[string]string{
		"\u200b": "U+200B", "\u2060": "U+2060", "\ufeff": "U+FEFF", "\u00ad": "U+00AD", `"`: "U+0022", "’": "U+2019", " ": "U+0020",
	} {
		value := "sk_live_hunter" + odd + "hunter"
		valid := map[string]string{"DFNS_AUTH_TOKEN": "token", "DFNS_CRED_ID": "cr-1", "DFNS_PRIVATE_KEY": privateKey(t), "ENFINITOS_API_KEY": "sk_live_1"}
		for variable, test := range map[string]struct{ kind, want string }{
			"DFNS_AUTH_TOKEN":   {"webhook_dfns", "ERROR Invalid Token: auth_token (DFNS_AUTH_TOKEN) contains the character " + named},
			"DFNS_CRED_ID":      {"webhook_dfns", "ERROR Invalid Dfns Configuration: credential_id (DFNS_CRED_ID) contains the character " + named},
			"ENFINITOS_API_KEY": {"webhook_enfinitos", "ERROR Invalid Token: api_key (ENFINITOS_API_KEY) contains the character " + named},
		} {
			env := maps.Clone(valid)
			env[variable] = value
			provider := acctest.NewProtocol(t, env)
			provider.Configure(nil)
			if got := acctest.Text(provider.Import(test.kind, "x")); !strings.Contains(got, test.want) || strings.Contains(got, "hunter") {
				t.Errorf("%s with %q: got %q, want %q", variable, value, got, test.want)
			}
		}
	}
}

// A value of slashes alone must not become the default, which is production.
func TestBaseURLOfSlashes(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	block := map[string]tftypes.Value{"base_url": acctest.String("//"), "auth_token": acctest.String("token")}
	contains(t, acctest.Text(provider.Configure(dfnsBlock(provider, block))), "ERROR Invalid Dfns API URL")
	block = map[string]tftypes.Value{"base_url": acctest.String("//"), "api_key": acctest.String("sk_live_1")}
	contains(t, acctest.Text(provider.Configure(enfinitosBlock(provider, block))), "ERROR Invalid EnfinitOS API URL")
}

// Without a block, each object that uses a vendor says in one line what is missing. With a block, only the provider says it.
func TestMissingSettings(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct {
		block func(*acctest.Protocol, map[string]tftypes.Value) map[string]tftypes.Value
		want  string
	}{
		"webhook_dfns": {dfnsBlock, "ERROR Dfns Is Not Configured: Missing in the provider's dfns block or the environment: auth_token (DFNS_AUTH_TOKEN), " +
			"credential_id (DFNS_CRED_ID), private_key (DFNS_PRIVATE_KEY) or signer_command."},
		"webhook_enfinitos": {enfinitosBlock, "ERROR EnfinitOS Is Not Configured: Missing in the provider's enfinitos block or the environment: " +
			"api_key (ENFINITOS_API_KEY)."},
	} {
		provider := acctest.NewProtocol(t, nil)
		if problems := provider.Configure(nil); len(problems) != 0 {
			t.Errorf("%s: configuring found %s", kind, acctest.Text(problems))
		}
		if got := acctest.Text(provider.Import(kind, "x")); !strings.HasPrefix(got, test.want) || strings.Contains(strings.TrimSpace(got), "\n") {
			t.Errorf("got %q, want %q alone", got, test.want)
		}
		provider = acctest.NewProtocol(t, nil)
		if got := provider.Configure(test.block(provider, nil)); len(got) != 1 || !strings.Contains(got[0].Detail, "or set the environment variables in parentheses") {
			t.Errorf("%s: configuring found %q", kind, acctest.Text(got))
		}
		if got := acctest.Text(provider.Import(kind, "x")); strings.Contains(got, "Is Not Configured") {
			t.Errorf("%s: it is said again: %q", kind, got)
		}
	}
}
