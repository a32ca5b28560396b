package provider_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	answer, err := http.Post(env.DfnsURL+"/_sandbox/credentials", "application/json", bytes.NewReader(body))
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusNoContent {
		t.Fatalf("registering the key: %s", answer.Status)
	}
	return file
}

// example returns the path of an example of a signer.
func example(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "examples", "signers", name))
	must(t, err)
	return path
}

// signing returns a provider whose changes a program signs for cr-signer. There is a key in its environment as well, which
// is none of the account's.
func signing(t *testing.T, env *acctest.Env, elements ...string) *acctest.Protocol {
	t.Helper()
	provider := acctest.NewProtocol(t, map[string]string{
		"DFNS_API_URL": env.DfnsURL, "DFNS_AUTH_TOKEN": env.Env()["DFNS_AUTH_TOKEN"], "DFNS_PRIVATE_KEY": privateKey(t),
	})
	block := block(provider, "dfns", map[string]acctest.Value{
		"credential_id": acctest.String("cr-signer"), "signer_command": command(elements...),
	})
	if problems := append(provider.ValidateConfig(block), provider.Configure(block)...); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

// lifecycle creates, updates and deletes a webhook, and checks that each change was made by its three calls.
func lifecycle(t *testing.T, env *acctest.Env, provider *acctest.Protocol) {
	t.Helper()
	instance := &acctest.Instance{Provider: provider, Type: "webhook_dfns"}
	config := map[string]acctest.Value{
		"url": acctest.String("https://hooks.example.com/dfns"), "events": acctest.StringSet("wallet.created"),
	}
	changed := map[string]acctest.Value{"url": config["url"], "events": config["events"], "status": acctest.String("Disabled")}
	for i, operation := range []func() acctest.Report{
		func() acctest.Report { return instance.Apply(config) },
		func() acctest.Report { return instance.Apply(changed) },
		instance.Destroy,
	} {
		env.DfnsCalls.ForgetCalls()
		id := instance.Text("id")
		report := operation()
		wanted := []string{"POST /webhooks 200", "PUT /webhooks/" + id + " 200", "DELETE /webhooks/" + id + " 200"}[i]
		calls := acctest.Changes(env.DfnsCalls)
		if diff := cmp.Diff([]string{"POST /auth/action/init 200", "POST /auth/action 200", wanted}, calls); diff != "" || report.Problems != "" {
			t.Fatalf("%s (-want +got):\n%s", report.Problems, diff)
		}
	}
	if left := env.Dfns.Webhooks(); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

// With each kind of key, a program signs every change.
func TestSignerCommandLifecycle(t *testing.T) {
	t.Parallel()
	for kind := range signerKeys {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			lifecycle(t, env, signing(t, env, example(t, "openssl.sh"), registered(t, env, kind)))
		})
	}
}

// Each example of a signer signs with a stand-in for its tool, which takes what the real one is documented to take and
// fails on everything else.
func TestSignerExamples(t *testing.T) {
	t.Parallel()
	standIns, err := filepath.Abs(filepath.Join("testdata", "signers"))
	must(t, err)
	aws := []string{"aws-kms.sh", "alias/dfns"}
	gcp := []string{"gcp-kms.sh", "europe-west1", "webhooks", "dfns", "1"}
	vault := []string{"vault-transit.sh", "dfns"}
	pkcs11 := []string{"pkcs11.sh", "/usr/lib/softhsm/libsofthsm2.so", "dfns-token", "01"}
	tested := []string{"openssl.sh"}
	for name, test := range map[string]struct {
		kind    string
		command []string
	}{
		"AWS KMS, default":            {"P-256", aws},
		"AWS KMS, P-256":              {"P-256", append(slices.Clone(aws), "ECDSA_SHA_256")},
		"AWS KMS, secp256k1":          {"secp256k1", aws},
		"AWS KMS, RSA":                {"RSA", append(slices.Clone(aws), "RSASSA_PKCS1_V1_5_SHA_256")},
		"Google Cloud KMS, P-256":     {"P-256", gcp},
		"Google Cloud KMS, secp256k1": {"secp256k1", gcp},
		"Google Cloud KMS, RSA":       {"RSA", gcp},
		"Vault, Ed25519":              {"Ed25519", vault},
		"Vault, P-256":                {"P-256", append(slices.Clone(vault), "transit")},
		"Vault, RSA":                  {"RSA", vault},
		"PKCS#11, default":            {"P-256", pkcs11},
		"PKCS#11, secp256k1":          {"secp256k1", append(slices.Clone(pkcs11), "ECDSA")},
		"PKCS#11, Ed25519":            {"Ed25519", append(slices.Clone(pkcs11), "EDDSA")},
		"PKCS#11, RSA":                {"RSA", append(slices.Clone(pkcs11), "SHA256-RSA-PKCS")},
	} {
		tested = append(tested, test.command[0])
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			signer := []string{
				"env", "PATH=" + standIns + ":" + os.Getenv("PATH"), "STAND_IN_KEY=" + registered(t, env, test.kind), "PKCS11_PIN=1234",
				example(t, test.command[0]),
			}
			lifecycle(t, env, signing(t, env, append(signer, test.command[1:]...)...))
		})
	}
	files, err := os.ReadDir(example(t, ""))
	must(t, err)
	for _, file := range files {
		if !slices.Contains(tested, file.Name()) {
			t.Errorf("nothing tests examples/signers/%s", file.Name())
		}
	}
}

// Without its key, an example says how it is called, and whatever its tool complains of reaches the reader.
func TestSignerExamplesComplain(t *testing.T) {
	t.Parallel()
	standIns, err := filepath.Abs(filepath.Join("testdata", "signers"))
	must(t, err)
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
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{})
			signer := []string{
				"env", "PATH=" + standIns + ":" + os.Getenv("PATH"), "STAND_IN_KEY=" + registered(t, env, "Ed25519"), "PKCS11_PIN=1234",
				example(t, test.command[0]),
			}
			provider := signing(t, env, append(signer, test.command[1:]...)...)
			env.DfnsCalls.ForgetCalls()
			failed := acctest.Text(provider.Delete("webhook_dfns", map[string]acctest.Value{"id": acctest.String("wh-1")}))
			for _, want := range []string{
				"the change could not be signed: signing with credential cr-signer failed: the signer command env failed: exit status ",
				test.want, "Run the program of signer_command by hand", "Nothing was changed.",
			} {
				if !strings.Contains(failed, want) {
					t.Errorf("got %q, want %q in it", failed, want)
				}
			}
			if diff := cmp.Diff([]string{"POST /auth/action/init 200"}, acctest.Changes(env.DfnsCalls)); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// A signature of another key than the credential's is refused by the API, and the advice speaks of the program.
func TestSignerCommandOfAnotherKey(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	registered(t, env, "P-256")
	other := filepath.Join(t.TempDir(), "other.pem")
	openssl(t, "genpkey", "-algorithm", "ed25519", "-out", other)
	provider := signing(t, env, example(t, "openssl.sh"), other)
	failed := acctest.Text(provider.Delete("webhook_dfns", map[string]acctest.Value{"id": acctest.String("wh-1")}))
	for _, want := range []string{"401 Unauthorized", "the key that signer_command uses", "DER for ECDSA", "Nothing was changed."} {
		if !strings.Contains(failed, want) {
			t.Errorf("got %q, want %q in it", failed, want)
		}
	}
}

// A program that complains about the token it has got from somewhere does not get it into the error.
func TestSignerCommandQuotesNoToken(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	registered(t, env, "P-256")
	token := env.Env()["DFNS_AUTH_TOKEN"]
	provider := signing(t, env, "sh", "-c", `echo "$0 is not mine" >&2; exit 3`, token)
	failed := acctest.Text(provider.Delete("webhook_dfns", map[string]acctest.Value{"id": acctest.String("wh-1")}))
	if !strings.Contains(failed, "(hidden) is not mine") || strings.Contains(failed, token) {
		t.Errorf("got %q", failed)
	}
}

// A program runs into request_timeout, which is told apart from the timeout of the operation.
func TestSignerCommandTimeLimit(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	registered(t, env, "P-256")
	provider := acctest.NewProtocol(t, map[string]string{"DFNS_API_URL": env.DfnsURL, "DFNS_AUTH_TOKEN": env.Env()["DFNS_AUTH_TOKEN"]})
	config := block(provider, "dfns", map[string]acctest.Value{
		"credential_id": acctest.String("cr-signer"), "signer_command": command("sh", "-c", "while :; do read line; done"),
	})
	config["request_timeout"] = acctest.String("1s") // for the call before it, too, which may be repeated
	if problems := provider.Configure(config); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	failed := acctest.Text(provider.Delete("webhook_dfns", map[string]acctest.Value{"id": acctest.String("wh-1")}))
	for _, want := range []string{"the signer command sh did not finish within its time limit of 1s and was stopped", "Within request_timeout", "Nothing was changed."} {
		if !strings.Contains(failed, want) {
			t.Errorf("got %q, want %q in it", failed, want)
		}
	}
}
