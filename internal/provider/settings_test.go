package provider_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

type values = map[string]acctest.Value

// variables are the environment variables of the settings, by vendor and attribute.
var variables = map[string]map[string]string{
	"dfns": {
		"base_url": "DFNS_API_URL", "auth_token": "DFNS_AUTH_TOKEN", "credential_id": "DFNS_CRED_ID", "private_key": "DFNS_PRIVATE_KEY",
	},
	"enfinitos": {"base_url": "ENFINITOS_API_URL", "api_key": "ENFINITOS_API_KEY"},
}

// environment returns complete settings for both vendors, with changes.
func environment(t *testing.T, url string, changes map[string]string) map[string]string {
	t.Helper()
	env := map[string]string{
		"DFNS_API_URL": url, "DFNS_AUTH_TOKEN": "token", "DFNS_CRED_ID": "cr-1", "DFNS_PRIVATE_KEY": privateKey(t),
		"ENFINITOS_API_URL": url, "ENFINITOS_API_KEY": "sk_test_1",
	}
	maps.Copy(env, changes)
	return env
}

// privateKey returns a key that no account uses.
func privateKey(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, 32)))
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// block returns the block of a vendor with the given attributes.
func block(p *acctest.Protocol, vendor string, attributes values) values {
	object, _ := p.Schemas.Provider.ValueType().(tftypes.Object)
	return values{vendor: acctest.Object(object.AttributeTypes[vendor], attributes)}
}

// command is a value of signer_command.
func command(elements ...string) acctest.Value {
	all := []tftypes.Value{}
	for _, element := range elements {
		all = append(all, acctest.String(element))
	}
	return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, all)
}

// configured validates a configuration and configures the provider with it.
func configured(p *acctest.Protocol, config values) string {
	return acctest.Text(append(p.ValidateConfig(config), p.Configure(config)...))
}

// call has the provider call a vendor and returns what it says.
func call(p *acctest.Protocol, vendor string) string {
	if vendor == "dfns" {
		return acctest.Text(p.Delete("webhook_dfns", values{"id": acctest.String("wh-1")}))
	}
	return acctest.Text(p.Read("webhook_enfinitos", values{"id": acctest.String("whs_1")}))
}

// api is a vendor that allows no credential, so that a delete at Dfns fails with the id of the configured one. It remembers the last call.
type api struct{ URL, called string }

func newAPI(t *testing.T) *api {
	t.Helper()
	out := &api{}
	out.URL = acctest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		out.called = r.Header.Get("Authorization") + " at " + r.URL.Path
		_, _ = w.Write([]byte(`{"challenge": "c", "challengeIdentifier": "i", "allowCredentials": {"key": []}}`))
	})
	return out
}

func contains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("got %q, want %q in it", text, word)
		}
	}
}

// A setting is taken from the configuration, or else from the environment. What is needed and in neither is named.
func TestSettingsAreFound(t *testing.T) {
	t.Parallel()
	const (
		token, credential, key = "auth_token (DFNS_AUTH_TOKEN)", "credential_id (DFNS_CRED_ID)", "private_key (DFNS_PRIVATE_KEY)"
		conflict               = `Attribute "dfns.private_key" cannot be specified when "dfns.signer_command" is specified ` +
			`[AttributeName("dfns").AttributeName("signer_command")]`
	)
	for name, test := range map[string]struct {
		vendor      string
		config, env string // the settings there, with a value that is not as usual
		call, want  string
	}{
		"all in the configuration": {"dfns", "base_url auth_token credential_id private_key", "", "Bearer config at /config/auth/action/init", `"cr-config"`},
		"all in the environment":   {"dfns", "", "base_url auth_token credential_id private_key", "Bearer env at /env/auth/action/init", `"cr-env"`},
		"all in both": {"dfns", "base_url auth_token credential_id private_key", "base_url auth_token credential_id private_key=hunter2",
			"Bearer config at /config/auth/action/init", `"cr-config"`},
		"a program and a key":          {"dfns", "base_url auth_token credential_id private_key signer_command", "", "", conflict},
		"a program and the others":     {"dfns", "signer_command", "base_url auth_token credential_id private_key=hunter2", "Bearer env at /env/auth/action/init", `"cr-env"`},
		"a program alone":              {"dfns", "signer_command", "", "", "Missing: " + token + ", " + credential + "."},
		"nothing":                      {"dfns", "", "", "", "Missing: " + token + ", " + credential + ", " + key + " or signer_command."},
		"no token":                     {"dfns", "credential_id private_key", "", "", "Missing: " + token + "."},
		"no credential":                {"dfns", "private_key", "auth_token", "", "Missing: " + credential + "."},
		"no key":                       {"dfns", "credential_id", "auth_token", "", "Missing: " + key + " or signer_command."},
		"a token alone":                {"dfns", "", "base_url auth_token", "", "Set " + credential + ", and " + key + " or signer_command"},
		"EnfinitOS in the config":      {"enfinitos", "base_url api_key", "", "Bearer sk_test_config at /config/v1/webhooks/whs_1", ""},
		"EnfinitOS in the env":         {"enfinitos", "", "base_url api_key", "Bearer sk_test_env at /env/v1/webhooks/whs_1", ""},
		"EnfinitOS in both":            {"enfinitos", "base_url api_key", "base_url api_key", "Bearer sk_test_config at /config/v1/webhooks/whs_1", ""},
		"EnfinitOS, one in each":       {"enfinitos", "base_url", "api_key", "Bearer sk_test_env at /config/v1/webhooks/whs_1", ""},
		"EnfinitOS without a key":      {"enfinitos", "base_url", "", "", "Missing: api_key (ENFINITOS_API_KEY)."},
		"EnfinitOS without a base":     {"enfinitos", "", "api_key", "", "sk_test_ does not determine the environment, so a base URL is required. Set base_url (ENFINITOS_API_URL)"},
		"a variable without a value":   {"dfns", "", "auth_token= credential_id private_key", "", "Missing: " + token + "."},
		"an attribute without a value": {"dfns", "auth_token=", "base_url auth_token credential_id private_key", "Bearer env at /env/auth/action/init", `"cr-env"`},
	} {
		vendor := newAPI(t)
		env, config := map[string]string{}, values{}
		in := func(where, settings string, set func(attribute, value string)) {
			usual := map[string]string{
				"base_url": vendor.URL + "/" + where, "auth_token": where, "credential_id": "cr-" + where, "private_key": privateKey(t),
				"api_key": "sk_test_" + where,
			}
			for setting := range strings.FieldsSeq(settings) {
				attribute, value, given := strings.Cut(setting, "=")
				if !given {
					value = usual[attribute]
				}
				set(attribute, value)
			}
		}
		in("env", test.env, func(attribute, value string) { env[variables[test.vendor][attribute]] = value })
		in("config", test.config, func(attribute, value string) { config[attribute] = acctest.String(value) })
		if _, ok := config["signer_command"]; ok {
			config["signer_command"] = command("true", "hunter2")
		}
		provider := acctest.NewProtocol(t, env)
		said := configured(provider, block(provider, test.vendor, config))
		if said == "" {
			said = call(provider, test.vendor)
		}
		if vendor.called != test.call || !strings.Contains(said, test.want) || strings.Contains(said, "hunter2") {
			t.Errorf("%s: called %q, want %q: %s", name, vendor.called, test.call, said)
		}
	}
}

// Pages, chats and files put characters around a value that nobody sees, and .env files keep their quotes. A path begins with a slash.
func TestPastedSettings(t *testing.T) {
	t.Parallel()
	vendor := newAPI(t)
	env := environment(t, vendor.URL+"/base///", nil)
	for variable, value := range env {
		env[variable] = "\ufeff \"\u200b" + value + "\u200b\"\n"
	}
	provider := acctest.NewProtocol(t, env)
	for vendorName, want := range map[string]string{
		"dfns": "Bearer token at /base/auth/action/init", "enfinitos": "Bearer sk_test_1 at /base/v1/webhooks/whs_1",
	} {
		said := configured(provider, nil) + call(provider, vendorName)
		if vendor.called != want || vendorName == "dfns" && !strings.Contains(said, `"cr-1"`) {
			t.Errorf("called %q, want %q: %s", vendor.called, want, said)
		}
	}
}

// Whatever is wrong with a setting is reported where it is set, before any call. Nothing of a secret is shown.
func TestInvalidSettings(t *testing.T) {
	t.Parallel()
	plain := filepath.Join(t.TempDir(), "plain")
	must(t, os.WriteFile(plain, nil, 0o600))
	type row struct {
		vendor     string // none is the provider itself
		attributes values
		want       []string // none where nothing is wrong
	}
	one := func(vendor, attribute, value string, want ...string) row {
		return row{vendor, values{attribute: acctest.String(value)}, want}
	}
	number := func(value any, want ...string) row {
		return row{"", values{"max_retries": tftypes.NewValue(tftypes.Number, value)}, want}
	}
	signer := func(value acctest.Value, want ...string) row {
		at := `[AttributeName("dfns").AttributeName("signer_command")`
		return row{"dfns", values{"signer_command": value}, append(want, "ERROR Invalid Dfns Signer Command: ", at)}
	}
	enfinitos := func(key, url string, want ...string) row {
		return row{"enfinitos", values{"api_key": acctest.String(key), "base_url": acctest.String(url)}, want}
	}
	const sandboxURL, liveURL, elsewhere = "https://sandbox.api.enfinitos.com", "https://api.enfinitos.com", "http://127.0.0.1:1"
	const otherEnvironment = "WARNING EnfinitOS Key of Another Environment"
	null := tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{acctest.String("true"), tftypes.NewValue(tftypes.String, nil)})
	rows := []row{
		one("", "request_timeout", "0s", "must be a duration longer than 0s"),
		one("", "request_timeout", "soon", "its units are s, m and h. Got: \"soon\". [AttributeName(\"request_timeout\")]"),
		one("", "request_timeout", "30", "it has no unit, so write \"30s\""),
		one("", "request_timeout", "10s"),
		{"", values{"request_timeout": acctest.Unknown()}, nil},
		number(0), number(20), number(tftypes.UnknownValue), number(-1, "between 0 and 20"), number(21, "between 0 and 20"),

		one("dfns", "base_url", "http://api.example.com", "must be https; http is only accepted for a loopback host. [AttributeName(\"dfns\").AttributeName(\"base_url\")]"),
		one("dfns", "base_url", "api.example.com", "ERROR Invalid Dfns API URL: base_url (DFNS_API_URL): it must start with https://"),
		one("dfns", "base_url", "//", "ERROR Invalid Dfns API URL"), // and not the default, which is production
		one("dfns", "private_key", "hunter2", `ERROR Invalid Dfns Private Key: private_key (DFNS_PRIVATE_KEY): it contains no private key in PEM`, `AttributeName("private_key")]`),

		signer(command(), "must contain at least 1 elements", "must be a program"),
		signer(command("", "hunter2"), "string length must be at least 1", "no element may be empty"),
		signer(command("true", "hunter2", ""), "string length must be at least 1", "no element may be empty"),
		signer(null, "null", "no element may be empty"),
		signer(command("no-such-program", "hunter2"), "signer_command: the program no-such-program: executable file not found in $PATH. ["),
		signer(command("./no-such-program", "hunter2"), "the program ./no-such-program: no such file or directory; a relative path starts in"),
		signer(command(plain, "hunter2"), "permission denied. ["),
		signer(command("true --key hunter2"), "the program true …: executable file not found in $PATH; write each argument as a separate element. ["),

		enfinitos("sk_live_1", ""), enfinitos("sk_sandbox_1", ""), enfinitos("sk_test_1", elsewhere), enfinitos("sk_sandbox_1", sandboxURL),
		enfinitos("pk_1", "", "ERROR EnfinitOS Environment Unknown", "does not start with sk_live_, sk_sandbox_ or sk_test_"),
		enfinitos("pk_1", elsewhere, "WARNING Unknown EnfinitOS Key Prefix"),
		enfinitos("sk_live_1", sandboxURL+"/", otherEnvironment), enfinitos("sk_sandbox_1", liveURL, otherEnvironment),
		enfinitos("sk_live_1", "http://api.enfinitos.com", "ERROR Invalid EnfinitOS API URL", "must be https"),
		enfinitos("sk_live_1", "api.enfinitos.com", "must start with https://"),
		enfinitos("sk_live_1", "//", "ERROR Invalid EnfinitOS API URL"),
		enfinitos("sk_live_1", liveURL+"/v1", "base_url (ENFINITOS_API_URL)", "/v1", "remove it", `AttributeName("base_url")`),
	}
	for value, want := range map[string]string{
		"sk_live_hunter2\r\n":         "",
		"sk_live_Bearer":              "",
		"sk_live_hunter2\r\nhunter2":  "contains a control character, such as a line break",
		"sk_live_hunter2\x7fhunter2":  "contains a control character, such as a line break",
		"Bearer sk_live_hunter2":      `starts with "Bearer"`,
		"bearer  sk_live_hunter2":     `starts with "Bearer"`,
		"Bearer ":                     `starts with "Bearer"`,
		"sk_live_hunter2\u200bhunter": "contains the character U+200B",
		`sk_live_hunter2"hunter`:      "contains the character U+0022",
		"sk_live_hunter2'hunter":      "contains the character U+0027",
		"sk_live_hunter2 hunter":      "contains the character U+0020",
	} {
		for _, token := range [][3]string{
			{"dfns", "auth_token", "ERROR Invalid Token: auth_token (DFNS_AUTH_TOKEN) "},
			{"dfns", "credential_id", "ERROR Invalid Dfns Configuration: credential_id (DFNS_CRED_ID) "},
			{"enfinitos", "api_key", "ERROR Invalid Token: api_key (ENFINITOS_API_KEY) "},
		} {
			wants := []string{token[2] + want}
			if want == "" {
				wants = nil
			}
			rows = append(rows, one(token[0], token[1], value, wants...))
		}
	}
	vendor := newAPI(t)
	env := environment(t, vendor.URL, map[string]string{"ENFINITOS_API_URL": ""})
	for _, row := range rows {
		provider, config := acctest.NewProtocol(t, env), row.attributes
		if row.vendor != "" {
			config = block(provider, row.vendor, row.attributes)
		}
		said := configured(provider, config)
		contains(t, said, row.want...)
		if row.want == nil && said != "" || strings.Contains(said, "hunter") || vendor.called != "" {
			t.Errorf("%s %s: called %q and said %q", row.vendor, row.attributes, vendor.called, said)
		}
	}
}

// While a setting is unknown, what needs no call can be planned, and what does says which setting to make known. The environment is not
// used instead.
func TestUnknownSettings(t *testing.T) {
	t.Parallel()
	commands := tftypes.List{ElementType: tftypes.String}
	type setting struct {
		vendor, attribute string
		value             acctest.Value
	}
	unknown := []setting{
		{"dfns", "signer_command", tftypes.NewValue(commands, tftypes.UnknownValue)},
		{"dfns", "signer_command", tftypes.NewValue(commands, []tftypes.Value{acctest.String("no-such-program"), acctest.Unknown()})},
	}
	for vendor, attributes := range variables {
		for attribute := range attributes {
			unknown = append(unknown, setting{vendor, attribute, acctest.Unknown()})
		}
	}
	api := newAPI(t)
	for _, test := range unknown {
		provider := acctest.NewProtocol(t, environment(t, api.URL, nil))
		if problems := configured(provider, block(provider, test.vendor, values{test.attribute: test.value})); problems != "" {
			t.Fatal(problems)
		}
		kind, id := "webhook_"+test.vendor, map[string]string{"dfns": "wh-1", "enfinitos": "whs_1"}[test.vendor]
		if said := acctest.Text(provider.Import(kind, id)); strings.Contains(said, "ERROR") {
			t.Errorf("an import makes no call, but says %q", said)
		}
		contains(t, call(provider, test.vendor), "only known after an apply: "+test.vendor+"."+test.attribute+".", "-target")
		if api.called != "" {
			t.Errorf("%s.%s: called %q", test.vendor, test.attribute, api.called)
		}
	}
}

// Without a block, each object that uses a vendor says in one line what is missing. With a block, only the provider says it.
func TestMissingSettings(t *testing.T) {
	t.Parallel()
	for vendor, want := range map[string]string{
		"dfns": "Dfns Is Not Configured: Missing in the provider's dfns block or the environment: auth_token (DFNS_AUTH_TOKEN), " +
			"credential_id (DFNS_CRED_ID), private_key (DFNS_PRIVATE_KEY) or signer_command.",
		"enfinitos": "EnfinitOS Is Not Configured: Missing in the provider's enfinitos block or the environment: api_key (ENFINITOS_API_KEY).",
	} {
		provider, kind := acctest.NewProtocol(t, nil), "webhook_"+vendor
		if problems := configured(provider, nil); problems != "" {
			t.Errorf("%s: configuring found %s", vendor, problems)
		}
		for _, got := range []string{
			acctest.Text(provider.Import(kind, "x")), acctest.Text(provider.ReadData(kind, values{"id": acctest.String("x")})),
		} {
			if !strings.HasPrefix(got, "ERROR "+want) || strings.Contains(strings.TrimSpace(got), "\n") {
				t.Errorf("got %q, want %q alone", got, want)
			}
		}
		provider = acctest.NewProtocol(t, nil)
		contains(t, configured(provider, block(provider, vendor, nil)), "or set the environment variables in parentheses")
		if got := acctest.Text(provider.Import(kind, "x")); strings.Contains(got, "Is Not Configured") {
			t.Errorf("%s: it is said again: %q", vendor, got)
		}
	}
}
