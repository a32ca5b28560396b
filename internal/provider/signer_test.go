package provider_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// signerKeys are the kinds of key that Dfns takes, as openssl genpkey is asked for them.
var signerKeys = map[string][]string{
	"Ed25519":   {"-algorithm", "ed25519"},
	"P-256":     {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"},
	"secp256k1": {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"},
	"RSA":       {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
}

func openssl(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := exec.Command("openssl", arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("these tests need openssl on PATH, version 3 or later: openssl %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

// registered makes a key of a kind with openssl, registers it at the sandbox as cr-signer, and returns its file.
func registered(t *testing.T, env *acctest.Env, kind string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key.pem")
	openssl(t, append([]string{"genpkey", "-out", file}, signerKeys[kind]...)...)
	body, err := json.Marshal(map[string]string{"id": "cr-signer", "public_key": openssl(t, "pkey", "-in", file, "-pubout")})
	must(t, err)
	answer, err := http.Post(env.At("dfns").URL+"/_sandbox/credentials", "application/json", bytes.NewReader(body))
	must(t, err)
	must(t, answer.Body.Close())
	return file
}

// example returns the path of an example of a signer.
func example(t *testing.T, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "..", "examples", "signers", name))
	must(t, err)
	return file
}

// signing returns a provider whose changes a program signs for cr-signer. There is a key in its environment as well, which
// is none of the account's.
func signing(t *testing.T, env *acctest.Env, timeout string, elements ...string) *acctest.Protocol {
	t.Helper()
	settings := env.Env()
	settings["DFNS_PRIVATE_KEY"] = privateKey(t)
	provider := acctest.NewProtocol(t, settings)
	config := block(provider, "dfns", values{"credential_id": acctest.String("cr-signer"), "signer_command": command(elements...)})
	config["request_timeout"] = acctest.String(timeout)
	if problems := configured(provider, config); problems != "" {
		t.Fatal(problems)
	}
	return provider
}

// standIn returns a signer_command that runs an example with a stand-in for its tool, which takes what the real one is documented to
// take, has one key, and fails on everything else.
func standIn(t *testing.T, key, signer string, arguments ...string) []string {
	t.Helper()
	tools, err := filepath.Abs(filepath.Join("testdata", "signers"))
	must(t, err)
	search := "PATH=" + tools + ":" + os.Getenv("PATH")
	return append([]string{"env", search, "STAND_IN_KEY=" + key, "PKCS11_PIN=1234", example(t, signer)}, arguments...)
}

// Each example of a signer signs with each kind of key, and the guide shows it.
func TestSignerExamples(t *testing.T) {
	t.Parallel()
	var tested []string
	for _, test := range []struct{ kind, command string }{
		{"Ed25519", "openssl.sh KEY"},
		{"P-256", "openssl.sh KEY"},
		{"secp256k1", "openssl.sh KEY"},
		{"RSA", "openssl.sh KEY"},
		{"P-256", "aws-kms.sh alias/dfns"},
		{"P-256", "aws-kms.sh alias/dfns ECDSA_SHA_256"},
		{"secp256k1", "aws-kms.sh alias/dfns"},
		{"RSA", "aws-kms.sh alias/dfns RSASSA_PKCS1_V1_5_SHA_256"},
		{"P-256", "gcp-kms.sh europe-west1 webhooks dfns 1"},
		{"secp256k1", "gcp-kms.sh europe-west1 webhooks dfns 1"},
		{"RSA", "gcp-kms.sh europe-west1 webhooks dfns 1"},
		{"Ed25519", "vault-transit.sh dfns"},
		{"P-256", "vault-transit.sh dfns transit"},
		{"RSA", "vault-transit.sh dfns"},
		{"P-256", "pkcs11.sh /usr/lib/softhsm/libsofthsm2.so dfns-token 01"},
		{"secp256k1", "pkcs11.sh /usr/lib/softhsm/libsofthsm2.so dfns-token 01 ECDSA"},
		{"Ed25519", "pkcs11.sh /usr/lib/softhsm/libsofthsm2.so dfns-token 01 EDDSA"},
		{"RSA", "pkcs11.sh /usr/lib/softhsm/libsofthsm2.so dfns-token 01 SHA256-RSA-PKCS"},
	} {
		tested = append(tested, strings.Fields(test.command)[0])
		t.Run(test.kind+" "+test.command, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			key := registered(t, env, test.kind)
			arguments := strings.Fields(strings.ReplaceAll(test.command, "KEY", key))
			webhook := acctest.Instance{
				Provider: signing(t, env, "1m", standIn(t, key, arguments[0], arguments[1:]...)...), Type: "webhook_dfns",
			}
			report := webhook.Apply(values{"url": acctest.String("https://hooks.example.com/dfns"), "events": acctest.StringSet("*")})
			if report.Problems != "" || len(env.Dfns.Webhooks()) != 1 {
				t.Errorf("it made %v: %s", env.Dfns.Webhooks(), report.Problems)
			}
		})
	}
	guide := texts(t, "docs/guides/authentication.md")["docs/guides/authentication.md"]
	for file, text := range texts(t, "examples/signers/*") {
		if !slices.Contains(tested, path.Base(file)) || !strings.Contains(guide, text) {
			t.Errorf("nothing tests %s, or the guide does not show it", file)
		}
	}
}

// Without its key, an example says how it is called. Whatever its tool complains of reaches the reader, and a token does not. A signature
// that the API refuses and a program that runs into request_timeout have advice of their own.
func TestSignerFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command []string
		want    string
	}{
		"no key, AWS":          {[]string{"aws-kms.sh"}, "usage: aws-kms.sh KEY-ID [ALGORITHM]"},
		"no key, Google Cloud": {[]string{"gcp-kms.sh", "europe-west1"}, "usage: gcp-kms.sh LOCATION KEYRING KEY VERSION"},
		"no key, Vault":        {[]string{"vault-transit.sh"}, "usage: vault-transit.sh KEY [MOUNT]"},
		"no key, PKCS#11":      {[]string{"pkcs11.sh"}, "usage: pkcs11.sh MODULE TOKEN-LABEL KEY-ID [MECHANISM]"},
		"no key, openssl":      {[]string{"openssl.sh"}, "usage: openssl.sh PRIVATE-KEY-FILE"},
		"AWS":                  {[]string{"aws-kms.sh", "alias/other"}, "aws: NotFoundException: alias/other"},
		"Google Cloud":         {[]string{"gcp-kms.sh", "a", "b", "c", "2"}, "gcloud: NOT_FOUND: a/b/c/2"},
		"Vault":                {[]string{"vault-transit.sh", "other"}, "vault: permission denied: write -field=signature transit/sign/other"},
		"PKCS#11":              {[]string{"pkcs11.sh", "/usr/lib/softhsm/libsofthsm2.so", "dfns-token", "02"}, "pkcs11-tool: error: Private key not found"},
		"another key":          {[]string{"openssl.sh", "OTHER"}, "or the key that signer_command uses, belongs to the credential"},
		"no end":               {[]string{"", "while :; do read line; done"}, "the signer command sh did not finish within its time limit of 1s and was stopped"},
		"a token":              {[]string{"", "echo TOKEN is not mine >&2; exit 3"}, "(hidden) is not mine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			key, token := registered(t, env, "P-256"), env.Env()["DFNS_AUTH_TOKEN"]
			last := len(test.command) - 1
			test.command[last] = strings.NewReplacer("TOKEN", token, "OTHER", registered(t, acctest.New(t, sandbox.Config{}), "Ed25519")).Replace(test.command[last])
			signer, timeout := []string{"sh", "-c", test.command[last]}, map[bool]string{true: "1s", false: "1m"}[name == "no end"]
			if test.command[0] != "" {
				signer = standIn(t, key, test.command[0], test.command[1:]...)
			}
			said := call(signing(t, env, timeout, signer...), "dfns")
			contains(t, said, test.want, "Nothing was changed.")
			if name != "another key" && name != "no end" {
				contains(t, said, "the change could not be signed: signing with credential cr-signer failed: the signer command ", " failed: exit status ",
					"Run the program of signer_command by hand")
			}
			if strings.Contains(said, token) || strings.Contains(strings.Join(acctest.Changes(env.DfnsCalls), ""), "DELETE") {
				t.Errorf("called %q and said %q", acctest.Changes(env.DfnsCalls), said)
			}
		})
	}
}
