package provider_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// dfnsSettings are the attributes of the dfns block and their environment variables.
var dfnsSettings = []struct{ attribute, variable string }{
	{"base_url", "DFNS_API_URL"}, {"auth_token", "DFNS_AUTH_TOKEN"},
	{"credential_id", "DFNS_CRED_ID"}, {"private_key", "DFNS_PRIVATE_KEY"},
}

// privateKey returns a key that no account uses.
func privateKey(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(make([]byte, 32)))
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// dfnsBlock returns the dfns block with the given attributes.
func dfnsBlock(p *acctest.Protocol, attributes map[string]tftypes.Value) map[string]tftypes.Value {
	object, _ := p.Schemas.Provider.ValueType().(tftypes.Object)
	return map[string]tftypes.Value{"dfns": acctest.Object(object.AttributeTypes["dfns"], attributes)}
}

// vendorThatTells answers every call with a challenge that allows no credential, so that a delete fails with the id of
// the configured one, and tells which token it was called with.
func vendorThatTells(t *testing.T, token *string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, _ = w.Write([]byte(`{"challenge": "c", "challengeIdentifier": "i", "allowCredentials": {"key": []}}`))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// command is a value of signer_command. Null elements are written as "null".
func command(elements ...string) tftypes.Value {
	values := []tftypes.Value{}
	for _, element := range elements {
		value := acctest.String(element)
		if element == "null" {
			value = tftypes.NewValue(tftypes.String, nil)
		}
		values = append(values, value)
	}
	return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, values)
}

// Every combination of where each setting is made: nowhere, in the configuration, in the environment, in both; with and
// without a program that signs, which only the configuration can name.
func TestDfnsConfigurationCombinations(t *testing.T) {
	t.Parallel()
	t.Run("private_key", func(t *testing.T) {
		t.Parallel()
		configurationCombinations(t, false)
	})
	t.Run("signer_command", func(t *testing.T) {
		t.Parallel()
		configurationCombinations(t, true)
	})
}

func configurationCombinations(t *testing.T, withCommand bool) {
	const inConfig, inEnvironment = 1, 2
	var token string
	valid := map[string]string{
		"base_url": vendorThatTells(t, &token), "auth_token": "config-token", "credential_id": "cr-config",
		"private_key": privateKey(t),
	}
	for combination := range 1 << (2 * len(dfnsSettings)) {
		env, attributes, used, missing := map[string]string{}, map[string]tftypes.Value{}, map[string]string{}, []string{}
		for i, setting := range dfnsSettings {
			where := combination >> (2 * i) & 3
			fromEnv := strings.Replace(valid[setting.attribute], "config", "env", 1)
			isKey := setting.attribute == "private_key"
			if isKey && (where == inConfig|inEnvironment || withCommand) {
				fromEnv = "not a key: the configuration must win"
			}
			if where&inEnvironment != 0 {
				env[setting.variable], used[setting.attribute] = fromEnv, fromEnv
			}
			if where&inConfig != 0 {
				attributes[setting.attribute] = acctest.String(valid[setting.attribute])
				used[setting.attribute] = valid[setting.attribute]
			}
			switch name := fmt.Sprintf("%s (%s)", setting.attribute, setting.variable); {
			case where != 0 || setting.attribute == "base_url" || isKey && withCommand:
			case isKey:
				missing = append(missing, name+" or signer_command")
			default:
				missing = append(missing, name)
			}
		}
		if withCommand {
			attributes["signer_command"] = command("true", "hunter2")
		}
		provider := acctest.NewProtocol(t, env)
		_, keyInConfig := attributes["private_key"]
		invalid := acctest.Text(provider.ValidateConfig(dfnsBlock(provider, attributes)))
		if both := withCommand && keyInConfig; both != strings.Contains(invalid, conflict) || !both && invalid != "" {
			t.Errorf("combination %b: the configuration is found to be %q", combination, invalid)
		} else if both {
			continue
		}
		problems := acctest.Text(provider.Configure(dfnsBlock(provider, attributes)))
		tokenAlone := !withCommand && used["auth_token"] != "" && used["credential_id"]+used["private_key"] == ""
		if len(missing) > 0 && !tokenAlone {
			if !strings.Contains(problems, "Missing: "+strings.Join(missing, ", ")+".") {
				t.Errorf("combination %b: got %q, want %q named", combination, problems, missing)
			}
			continue
		}
		if problems != "" {
			t.Errorf("combination %b: %s", combination, problems)
		}
		if used["base_url"] == "" {
			continue // the default is the real vendor
		}
		token = ""
		failed := acctest.Text(provider.Delete("webhook_dfns", map[string]tftypes.Value{"id": acctest.String("wh-1")}))
		if tokenAlone {
			if token != "" || !strings.Contains(failed, "Set credential_id (DFNS_CRED_ID), and private_key (DFNS_PRIVATE_KEY) or signer_command") {
				t.Errorf("combination %b: called with token %q and no key: %s", combination, token, failed)
			}
		} else if token != used["auth_token"] || !strings.Contains(failed, fmt.Sprintf("%q", used["credential_id"])) {
			t.Errorf("combination %b: called with token %q and credential %s", combination, token, failed)
		}
	}
}

const conflict = `Attribute "dfns.private_key" cannot be specified when "dfns.signer_command" is specified ` +
	`[AttributeName("dfns").AttributeName("signer_command")]`

// Whatever is wrong with a program that is to sign is told on its attribute before any call, and its arguments never are.
func TestDfnsInvalidSignerCommand(t *testing.T) {
	t.Parallel()
	const at = `[AttributeName("dfns").AttributeName("signer_command")`
	plain := filepath.Join(t.TempDir(), "plain")
	must(t, os.WriteFile(plain, nil, 0o600))
	for name, test := range map[string]struct {
		command tftypes.Value
		// invalid is what validating finds, unconfigurable is what configuring finds all the same.
		invalid, unconfigurable string
	}{
		"empty list":     {command(), "must contain at least 1 elements", "must be a program"},
		"empty program":  {command("", "hunter2"), "string length must be at least 1", "no element may be empty"},
		"empty argument": {command("true", "hunter2", ""), "string length must be at least 1", "no element may be empty"},
		"null argument":  {command("true", "hunter2", "null"), "null", "no element may be empty"},
		"no program":     {command("no-such-program", "hunter2"), "", "signer_command: the program no-such-program: executable file not found in $PATH. " + at},
		"no such path":   {command("./no-such-program", "hunter2"), "", "the program ./no-such-program: no such file or directory; a relative path starts in"},
		"not executable": {command(plain, "hunter2"), "", "permission denied. " + at},
		"one element":    {command("true --key hunter2"), "", "the program true …: executable file not found in $PATH; write each argument as a separate element. " + at},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var token string
			provider := acctest.NewProtocol(t, map[string]string{
				"DFNS_API_URL": vendorThatTells(t, &token), "DFNS_AUTH_TOKEN": "token", "DFNS_CRED_ID": "cr-1",
			})
			block := dfnsBlock(provider, map[string]tftypes.Value{"signer_command": test.command})
			invalid, problems := acctest.Text(provider.ValidateConfig(block)), acctest.Text(provider.Configure(block))
			if (invalid == "") != (test.invalid == "") || !strings.Contains(invalid, test.invalid) || invalid != "" && !strings.Contains(invalid, at) {
				t.Errorf("validating finds %q, want %q", invalid, test.invalid)
			}
			if !strings.Contains(problems, "ERROR Invalid Dfns Signer Command: ") || !strings.Contains(problems, test.unconfigurable) || !strings.Contains(problems, at) {
				t.Errorf("configuring finds %q, want %q", problems, test.unconfigurable)
			}
			if strings.Contains(invalid+problems, "hunter2") || token != "" {
				t.Errorf("an argument is told, or a call was made with token %q: %s%s", token, invalid, problems)
			}
		})
	}
}

// Without a block, what is missing is nobody's problem until a Dfns type is used, and then it names both ways out.
func TestDfnsNotConfigured(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{
		"nothing":        {},
		"half":           {"DFNS_AUTH_TOKEN": "token", "DFNS_CRED_ID": "cr-1"},
		"no token":       {"DFNS_CRED_ID": "cr-1"},
		"empty variable": {"DFNS_AUTH_TOKEN": "", "DFNS_CRED_ID": "cr-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := acctest.NewProtocol(t, env)
			if problems := provider.Configure(nil); len(problems) != 0 {
				t.Fatalf("configuring failed before anything needed Dfns: %s", acctest.Text(problems))
			}
			got := acctest.Text(provider.Import("webhook_dfns", "wh-1"))
			for _, word := range []string{"Dfns Is Not Configured", "dfns block", "private_key (DFNS_PRIVATE_KEY) or signer_command"} {
				if !strings.Contains(got, word) {
					t.Errorf("got %q, want %q in it", got, word)
				}
			}
		})
	}
}

func TestDfnsInvalidSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ attribute, value, want string }{
		"url in the clear": {"base_url", "http://api.example.com", `must be https; http is only accepted for a loopback host. [AttributeName("dfns").AttributeName("base_url")]`},
		"url without host": {"base_url", "api.example.com", "base_url (DFNS_API_URL): it must start with https://"},
		"no key":           {"private_key", "hunter2", `it contains no private key in PEM (-----BEGIN … PRIVATE KEY-----). [AttributeName("dfns").AttributeName("private_key")]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"DFNS_AUTH_TOKEN": "t", "DFNS_CRED_ID": "cr-1", "DFNS_PRIVATE_KEY": privateKey(t)}
			provider := acctest.NewProtocol(t, env)
			got := acctest.Text(provider.Configure(dfnsBlock(provider, map[string]tftypes.Value{
				test.attribute: acctest.String(test.value),
			})))
			if !strings.Contains(got, test.want) || strings.Contains(got, "hunter2") {
				t.Errorf("got %q, want %q in it and the value not", got, test.want)
			}
		})
	}
}

// While a setting is not known, what needs no call can be planned, and what does says which setting to make known.
func TestDfnsUnknownSettings(t *testing.T) {
	t.Parallel()
	for _, setting := range dfnsSettings {
		t.Run(setting.attribute, func(t *testing.T) {
			t.Parallel()
			provider := acctest.NewProtocol(t, map[string]string{setting.variable: "must not be used instead"})
			problems := provider.Configure(dfnsBlock(provider, map[string]tftypes.Value{setting.attribute: acctest.Unknown()}))
			if len(problems) != 0 {
				t.Fatal(acctest.Text(problems))
			}
			if got := severities(provider.Import("webhook_dfns", "wh-1")); strings.Contains(got, "ERROR") {
				t.Errorf("an import makes no call, but failed: %s", got)
			}
			got := acctest.Text(provider.Read("webhook_dfns", map[string]tftypes.Value{"id": acctest.String("wh-1")}))
			if !strings.Contains(got, "only known after an apply: dfns."+setting.attribute+".") || !strings.Contains(got, "-target") {
				t.Errorf("got %q, want the unknown setting and a way out named", got)
			}
		})
	}
}

// So it is while the program that signs, or one of its arguments, is not known: the key of the environment, which the
// program is to win over, is not used instead.
func TestDfnsUnknownSignerCommand(t *testing.T) {
	t.Parallel()
	list := tftypes.List{ElementType: tftypes.String}
	for name, value := range map[string]tftypes.Value{
		"command":  tftypes.NewValue(list, tftypes.UnknownValue),
		"argument": tftypes.NewValue(list, []tftypes.Value{acctest.String("no-such-program"), acctest.Unknown()}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := acctest.NewProtocol(t, map[string]string{
				"DFNS_API_URL": "http://127.0.0.1:1", "DFNS_AUTH_TOKEN": "token", "DFNS_CRED_ID": "cr-1", "DFNS_PRIVATE_KEY": privateKey(t),
			})
			block := dfnsBlock(provider, map[string]tftypes.Value{"signer_command": value})
			if problems := append(provider.ValidateConfig(block), provider.Configure(block)...); len(problems) != 0 {
				t.Fatal(acctest.Text(problems))
			}
			got := acctest.Text(provider.Delete("webhook_dfns", map[string]tftypes.Value{"id": acctest.String("wh-1")}))
			if !strings.Contains(got, "only known after an apply: dfns.signer_command.") || !strings.Contains(got, "-target") {
				t.Errorf("got %q, want the unknown setting and a way out named", got)
			}
		})
	}
}

func severities(diagnostics []*tfprotov6.Diagnostic) (out string) {
	for _, d := range diagnostics {
		out += d.Severity.String() + " "
	}
	return out
}

func TestProviderWideSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		attribute string
		value     tftypes.Value
		want      string
	}{
		"timeout of zero":  {"request_timeout", acctest.String("0s"), "must be a duration longer than 0s"},
		"no duration":      {"request_timeout", acctest.String("soon"), "its units are s, m and h. Got: \"soon\". [AttributeName(\"request_timeout\")]"},
		"no unit":          {"request_timeout", acctest.String("30"), "it has no unit, so write \"30s\""},
		"timeout":          {"request_timeout", acctest.String("10s"), ""},
		"unknown timeout":  {"request_timeout", acctest.Unknown(), ""},
		"retries":          {"max_retries", tftypes.NewValue(tftypes.Number, 0), ""},
		"unknown retries":  {"max_retries", tftypes.NewValue(tftypes.Number, tftypes.UnknownValue), ""},
		"negative retries": {"max_retries", tftypes.NewValue(tftypes.Number, -1), "between 0 and 20"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider := acctest.NewProtocol(t, nil)
			attributes := map[string]tftypes.Value{test.attribute: test.value}
			got := acctest.Text(append(provider.ValidateConfig(attributes), provider.Configure(attributes)...))
			if !strings.Contains(got, test.want) || test.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A file that a token was read from ends in a newline, which no header may hold.
func TestSettingsAreTrimmed(t *testing.T) {
	t.Parallel()
	var token string
	provider := acctest.NewProtocol(t, map[string]string{
		"DFNS_API_URL": vendorThatTells(t, &token) + "\n", "DFNS_AUTH_TOKEN": "token\n", "DFNS_CRED_ID": " cr-1\n",
		"DFNS_PRIVATE_KEY": privateKey(t),
	})
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	failed := acctest.Text(provider.Delete("webhook_dfns", map[string]tftypes.Value{"id": acctest.String("wh-1")}))
	if token != "token" || !strings.Contains(failed, `"cr-1"`) {
		t.Errorf("called with token %q: %s", token, failed)
	}
}

// What no header can hold, or would hold twice, is told when the provider is configured, and never shown.
func TestInvalidTokens(t *testing.T) {
	t.Parallel()
	const control, bearer = "contains a control character, such as a line break", "starts with \"Bearer\""
	for value, want := range map[string]string{
		"sk_live_hunter2":            "",
		"\ufeffsk_live_hunter2\r\n":  "",
		"sk_live_hunter2\nhunter2":   control,
		"sk_live_hunter2\r\nhunter2": control,
		"sk_live_hunter2\x00hunter2": control,
		"sk_live_hunter2\thunter2":   control,
		"sk_live_hunter2\x7fhunter2": control,
		"Bearer sk_live_hunter2":     bearer,
		"bearer  sk_live_hunter2":    bearer,
		"Bearer ":                    bearer,
		"Bearer sk_live_\nhunter2":   bearer,
		"sk_live_Bearer":             "",
	} {
		settings := map[string]string{
			"DFNS_AUTH_TOKEN": value, "DFNS_CRED_ID": "cr-1", "DFNS_PRIVATE_KEY": privateKey(t), "ENFINITOS_API_KEY": value,
		}
		provider := acctest.NewProtocol(t, settings)
		if problems := provider.Configure(nil); len(problems) != 0 {
			t.Errorf("%q is a problem for who uses neither vendor: %s", value, acctest.Text(problems))
		}
		for kind, setting := range map[string]string{"webhook_dfns": "auth_token (DFNS_AUTH_TOKEN)", "webhook_enfinitos": "api_key (ENFINITOS_API_KEY)"} {
			got := acctest.Text(provider.Import(kind, map[string]string{"webhook_dfns": "wh-x", "webhook_enfinitos": "x"}[kind]))
			if want == "" && strings.Contains(got, "ERROR") || want != "" && !strings.Contains(got, "ERROR Invalid Token: "+setting+" "+want) {
				t.Errorf("%s, %q: got %q, want %q", kind, value, got, want)
			}
			if strings.Contains(got, "hunter2") {
				t.Errorf("%s, %q is shown: %q", kind, value, got)
			}
		}
	}
}
