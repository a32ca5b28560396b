package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// enfinitosBlock returns the enfinitos block with the given attributes.
func enfinitosBlock(p *acctest.Protocol, attributes map[string]tftypes.Value) map[string]tftypes.Value {
	object, _ := p.Schemas.Provider.ValueType().(tftypes.Object)
	return map[string]tftypes.Value{"enfinitos": acctest.Object(object.AttributeTypes["enfinitos"], attributes)}
}

// Every combination of where the key and the URL are set: nowhere, in the configuration, in the environment, in both.
func TestEnfinitosConfigurationCombinations(t *testing.T) {
	t.Parallel()
	const inConfig, inEnvironment = 1, 2
	var key, server string
	serve := func(name string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			key, server = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), name
			http.Error(w, `{"ok": false}`, http.StatusUnauthorized)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	urls := map[int]string{inConfig: serve("config"), inEnvironment: serve("environment")}
	for combination := range 16 {
		keyAt, urlAt := combination&3, combination>>2
		env, attributes := map[string]string{}, map[string]tftypes.Value{}
		if keyAt&inConfig != 0 {
			attributes["api_key"] = acctest.String("sk_test_config")
		}
		if keyAt&inEnvironment != 0 {
			env["ENFINITOS_API_KEY"] = "sk_test_environment"
		}
		if urlAt&inConfig != 0 {
			attributes["base_url"] = acctest.String(urls[inConfig])
		}
		if urlAt&inEnvironment != 0 {
			env["ENFINITOS_API_URL"] = urls[inEnvironment]
		}
		provider := acctest.NewProtocol(t, env)
		problems := acctest.Text(provider.Configure(enfinitosBlock(provider, attributes)))
		switch {
		case keyAt == 0:
			contains(t, problems, "Missing: api_key (ENFINITOS_API_KEY).")
		case urlAt == 0:
			contains(t, problems, "sk_test_ does not determine the environment", "Set base_url (ENFINITOS_API_URL)", `AttributeName("api_key")`)
		default:
			contains(t, acctest.Text(provider.Read("webhook_enfinitos", map[string]tftypes.Value{"id": acctest.String("x")})), "401")
			winner := func(at int) string { return map[bool]string{true: "config", false: "environment"}[at&inConfig != 0] }
			if problems != "" || key != "sk_test_"+winner(keyAt) || server != winner(urlAt) {
				t.Errorf("key at %d, url at %d: called %s with %s, %s", keyAt, urlAt, server, key, problems)
			}
		}
	}
}

func contains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("got %q, want %q in it", text, word)
		}
	}
}

// The base URL follows the key's prefix, and what does not fit together is reported.
func TestEnfinitosKeyPrefixes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		key, url string
		want     []string
	}{
		"live":                 {key: "sk_live_1"},
		"sandbox":              {key: "sk_sandbox_1"},
		"test without url":     {key: "sk_test_1", want: []string{"ERROR EnfinitOS Environment Unknown", "base_url (ENFINITOS_API_URL)"}},
		"unknown without url":  {key: "pk_1", want: []string{"ERROR EnfinitOS Environment Unknown", "does not start with sk_live_, sk_sandbox_ or sk_test_"}},
		"test with url":        {key: "sk_test_1", url: "http://127.0.0.1:1"},
		"unknown with url":     {key: "pk_1", url: "http://127.0.0.1:1", want: []string{"WARNING Unknown EnfinitOS Key Prefix"}},
		"live in the sandbox":  {key: "sk_live_1", url: "https://sandbox.api.enfinitos.com/", want: []string{"WARNING EnfinitOS Key of Another Environment"}},
		"sandbox in the live":  {key: "sk_sandbox_1", url: "https://api.enfinitos.com", want: []string{"WARNING EnfinitOS Key of Another Environment"}},
		"sandbox where it is":  {key: "sk_sandbox_1", url: "https://sandbox.api.enfinitos.com"},
		"url in the clear":     {key: "sk_live_1", url: "http://api.enfinitos.com", want: []string{"ERROR Invalid EnfinitOS API URL", "must be https"}},
		"url without a scheme": {key: "sk_live_1", url: "api.enfinitos.com", want: []string{"must start with https://"}},
		"url with a version":   {key: "sk_live_1", url: "https://api.enfinitos.com/v1", want: []string{"ERROR Invalid EnfinitOS API URL", "base_url (ENFINITOS_API_URL)", "/v1", "remove it", `AttributeName("base_url")`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := acctest.NewProtocol(t, map[string]string{"ENFINITOS_API_KEY": test.key, "ENFINITOS_API_URL": test.url})
			got := acctest.Text(provider.Configure(enfinitosBlock(provider, nil)))
			contains(t, got, test.want...)
			if test.want == nil && got != "" || strings.Contains(got, test.key+"\n") {
				t.Errorf("got %q, want %q and never the key", got, test.want)
			}
		})
	}
}

// Without a block, what is missing is nobody's problem until an EnfinitOS type is used.
func TestEnfinitosNotConfigured(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatalf("configuring failed before anything needed EnfinitOS: %s", acctest.Text(problems))
	}
	want := []string{"EnfinitOS Is Not Configured", "enfinitos block", "api_key (ENFINITOS_API_KEY)"}
	contains(t, acctest.Text(provider.Import("webhook_enfinitos", "x")), want...)
	contains(t, acctest.Text(provider.ReadData("webhook_enfinitos", map[string]acctest.Value{"id": acctest.String("x")})), want...)
	_, err := provider.Invoke("webhook_enfinitos_process_due", nil)
	if err == nil {
		t.Fatal("the action ran")
	}
	contains(t, err.Error(), want...)
}

func TestEnfinitosUnknownSettings(t *testing.T) {
	t.Parallel()
	for _, attribute := range []string{"base_url", "api_key"} {
		provider := acctest.NewProtocol(t, nil)
		problems := provider.Configure(enfinitosBlock(provider, map[string]tftypes.Value{attribute: acctest.Unknown()}))
		if len(problems) != 0 {
			t.Fatal(acctest.Text(problems))
		}
		got := acctest.Text(provider.Read("webhook_enfinitos", map[string]tftypes.Value{"id": acctest.String("x")}))
		contains(t, got, "only known after an apply: enfinitos."+attribute+".", "-target", "No request was sent")
	}
}
