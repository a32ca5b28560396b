package tfwebhook_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/crypto/ssh"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
)

// sshKey returns a new private key in OpenSSH's format and its public key as a line of an authorized_keys file.
func sshKey(t *testing.T, kind string) (identity, recipient string) {
	t.Helper()
	var private crypto.PrivateKey
	var err error
	switch kind {
	case "ed25519", "locked":
		_, private, err = ed25519.GenerateKey(rand.Reader)
	case "rsa":
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ecdsa":
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	must(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	if kind == "locked" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("passphrase"))
	}
	must(t, err)
	signer, err := ssh.NewSignerFromKey(private)
	must(t, err)
	return string(pem.EncodeToMemory(block)), string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

// encrypted returns what the provider stores of a secret.
func encrypted(t *testing.T, secret string, recipients ...string) string {
	t.Helper()
	m := model(set(recipients...), types.NumberNull(), types.StringNull(), types.StringUnknown())
	must(t, m.StoreSecret(secret))
	return m.SecretEncrypted.ValueString()
}

// open returns what the ephemeral resource decrypts, or its errors.
func open(provider *acctest.Protocol, ciphertext acctest.Value, identity string) (plaintext, problems string) {
	data, diagnostics := provider.Open("webhook_secret", map[string]acctest.Value{"ciphertext": ciphertext, "identity": acctest.String(identity)})
	if len(diagnostics) == 0 {
		_ = data["plaintext"].As(&plaintext)
	}
	return plaintext, acctest.Text(diagnostics)
}

// Recipients that nothing can be encrypted to are named one by one at validation, a private key without being shown.
func TestInvalidRecipients(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	x25519, good := newKey(t)
	quantum, err := age.GenerateHybridIdentity()
	must(t, err)
	sshPrivate, _ := sshKey(t, "ed25519")
	_, ecdsaPublic := sshKey(t, "ecdsa")
	const private = "an element that is not shown here: it is a private key"
	for _, test := range []struct{ recipients, want []string }{
		{[]string{good, " " + good + "\n"}, nil},
		{[]string{quantum.Recipient().String()}, nil},
		{[]string{good[:len(good)-1] + "b"}, []string{good[:40] + "…", "neither an age public key"}},
		{[]string{good[:40]}, []string{`"` + good[:40] + `"`}},
		{[]string{"# me\n" + good}, []string{"neither an age public key"}},
		{[]string{"ssh-ed25519 AAAAnothing"}, []string{"ssh-ed25519 AAAAnothing", "SSH public key file"}},
		{[]string{"ssh-ed25519 A\nssh-ed25519 B"}, []string{"SSH public key file"}},
		{[]string{ecdsaPublic}, []string{"ecdsa-sha2-nistp256", "supports only SSH keys of the types ssh-ed25519 and ssh-rsa"}},
		{[]string{"# key\n" + x25519.String()}, []string{private, "use the public key of a new key pair"}},
		{[]string{sshPrivate}, []string{private}},
		{[]string{"first", good, "second"}, []string{`"first"`, `"second"`}},
		{[]string{quantum.Recipient().String(), good}, []string{"post-quantum keys (age1pq1…) and other keys together"}},
	} {
		v := conformance.Vendors[0]
		got := acctest.Text(provider.Validate(v.Type, v.With(conformance.Values{"secret_recipients": acctest.StringSet(test.recipients...)})))
		if len(test.want) == 0 != (got == "") || !acctest.Says(test.want...).MatchString(got) {
			t.Errorf("got %q, want %q in it", got, test.want)
		}
		if strings.Contains(got, x25519.String()[:30]) || strings.Contains(got, strings.Split(sshPrivate, "\n")[1]) {
			t.Error("a private key is shown")
		}
	}
}

// What the provider encrypts, the ephemeral resource decrypts with each kind of key, however it is given.
func TestEphemeralSecret(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	x25519, recipient := newKey(t)
	quantum, err := age.GenerateHybridIdentity()
	must(t, err)
	ed, edPublic := sshKey(t, "ed25519")
	rsa, rsaPublic := sshKey(t, "rsa")
	toAll, toQuantum := encrypted(t, "whs-secret", recipient, edPublic, rsaPublic), encrypted(t, "whs-secret", quantum.Recipient().String())
	for identity, ciphertext := range map[string]string{
		quantum.String(): toQuantum,
		x25519.String():  toAll,
		"# created: today\n# public key: age1…\n" + x25519.String() + "\n":   toAll,
		`# created: today\n# public key: age1…\r\n` + x25519.String() + `\n`: toAll,
		"# created: C:\\new\r" + x25519.String() + "\r":                      toAll,
		`"` + x25519.String() + `\n"`:                                        toAll,
		"\ufeff " + x25519.String():                                          toAll,
		ed:                                                                   toAll,
		strings.ReplaceAll(ed, "\n", `\n`):                                   toAll,
		strings.ReplaceAll(ed, "\n", " "):                                    toAll,
		strings.TrimSpace(rsa):                                               toAll,
		"\ufeff" + strings.ReplaceAll(rsa, "\n", "\r\n"):                     toAll,
	} {
		if got, problems := open(provider, acctest.String(ciphertext), identity); got != "whs-secret" {
			t.Errorf("%s: got %q, %s", identity, got, problems)
		}
	}
}

// What cannot be decrypted is an error that says why and shows neither key nor text.
func TestEphemeralSecretErrors(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	identity, recipient := newKey(t)
	other, _ := newKey(t)
	locked, _ := sshKey(t, "locked")
	ecdsaPrivate, _ := sshKey(t, "ecdsa")
	good, armored := identity.String(), encrypted(t, "whs-hunter2", recipient)
	text := acctest.String(armored)
	const incomplete = "not complete ASCII-armored age text (-----BEGIN AGE ENCRYPTED FILE-----). Use the value of secret_encrypted unchanged. "
	for name, test := range map[string]struct {
		ciphertext acctest.Value
		identity   string
		want       string
	}{
		"no key":            {text, "hunter2", `neither an age identity (AGE-SECRET-KEY-1…, as age-keygen prints it) nor an SSH private key. [AttributeName("identity")]`},
		"empty":             {text, "", "neither an age identity"},
		"a public key":      {text, recipient, "it is a public key"},
		"a locked key":      {text, locked, "encrypted with a passphrase"},
		"a key of ECDSA":    {text, ecdsaPrivate, "ed25519 or RSA"},
		"a broken SSH key":  {text, "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n", "ed25519 or RSA"},
		"another's key":     {text, other.String(), "does not belong to any of the recipients"},
		"the secret itself": {acctest.String("whs-hunter2"), good, incomplete + `[AttributeName("ciphertext")]`},
		"cut off":           {acctest.String(armored[:len(armored)/2]), good, incomplete},
		"a line lost":       {acctest.String(strings.Replace(armored, strings.Split(armored, "\n")[2]+"\n", "", 1)), good, incomplete},
		"after an import":   {tftypes.NewValue(tftypes.String, nil), good, "No Secret to Decrypt: The value is null, so there is no encrypted secret"},
	} {
		_, got := open(provider, test.ciphertext, test.identity)
		if !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q in it", name, got, test.want)
		}
		for _, secret := range []string{"hunter2", good[20:], strings.Split(armored, "\n")[1], strings.Split(locked, "\n")[1]} {
			if strings.Contains(got, secret) {
				t.Errorf("%s: %q shows %q", name, got, secret)
			}
		}
	}
}
