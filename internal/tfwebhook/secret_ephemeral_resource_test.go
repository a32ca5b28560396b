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
	"golang.org/x/crypto/ssh"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// sshKey returns a private key in OpenSSH's format and its public key as a line of an authorized_keys file.
func sshKey(t *testing.T, private crypto.PrivateKey, passphrase string) (identity, recipient string) {
	t.Helper()
	var block *pem.Block
	var err error
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(private, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	must(t, err)
	signer, err := ssh.NewSignerFromKey(private)
	must(t, err)
	return string(pem.EncodeToMemory(block)), string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

func ed25519Key(t *testing.T, passphrase string) (identity, recipient string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	return sshKey(t, private, passphrase)
}

func rsaKey(t *testing.T) (identity, recipient string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return sshKey(t, private, "")
}

func ecdsaKey(t *testing.T) (identity, recipient string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return sshKey(t, private, "")
}

// Recipients that nothing can be encrypted to are named one by one at validation, a private key without being shown.
func TestInvalidRecipients(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	x25519, err := age.GenerateX25519Identity()
	must(t, err)
	quantum, err := age.GenerateHybridIdentity()
	must(t, err)
	good := x25519.Recipient().String()
	sshPrivate, _ := ed25519Key(t, "")
	_, ecdsaPublic := ecdsaKey(t)
	for name, test := range map[string]struct {
		recipients []string
		want       []string
	}{
		"good":             {[]string{good, " " + good + "\n"}, nil},
		"a word":           {[]string{"me@example.com"}, []string{`"me@example.com"`, "neither an age public key"}},
		"a letter wrong":   {[]string{good[:len(good)-1] + "b"}, []string{good[:40] + "…", "neither an age public key"}},
		"a plugin's":       {[]string{"age1yubikey1qg8m6y7ah9ezn"}, []string{"age1yubikey1qg8m6y7ah9ezn", "neither an age public key"}},
		"a broken SSH key": {[]string{"ssh-ed25519 AAAAnothing"}, []string{"ssh-ed25519 AAAAnothing", "SSH public key file"}},
		"two SSH keys":     {[]string{"ssh-ed25519 A\nssh-ed25519 B"}, []string{"SSH public key file"}},
		"an ECDSA key":     {[]string{ecdsaPublic}, []string{"ecdsa-sha2-nistp256", "supports only SSH keys of the types ssh-ed25519 and ssh-rsa"}},
		"a key file":       {[]string{"# key\n" + x25519.String()}, []string{"an element that is not shown here: it is a private key"}},
		"a quoted key":     {[]string{`"` + x25519.String() + `"`}, []string{"an element that is not shown here: it is a private key"}},
		"an age identity":  {[]string{x25519.String()}, []string{"an element that is not shown here: it is a private key", "use the public key of a new key pair"}},
		"an SSH private":   {[]string{sshPrivate}, []string{"an element that is not shown here: it is a private key"}},
		"two bad ones":     {[]string{"first", good, "second"}, []string{`"first"`, `"second"`}},
		"none at all":      {[]string{}, nil},
		"post-quantum":     {[]string{quantum.Recipient().String()}, nil},
		"of two ages":      {[]string{quantum.Recipient().String(), good}, []string{"post-quantum keys (age1pq1…) and other keys together"}},
		"a comment":        {[]string{"# me\n" + good}, []string{"neither an age public key"}},
	} {
		for _, v := range conformance.Vendors {
			t.Run(v.Type+" "+name, func(t *testing.T) {
				t.Parallel()
				got := acctest.Text(provider.Validate(v.Type, v.With(conformance.Values{"secret_recipients": acctest.StringSet(test.recipients...)})))
				if len(test.want) == 0 != (got == "") || !acctest.Says(test.want...).MatchString(got) {
					t.Errorf("got %q, want %q in it", got, test.want)
				}
				for _, secret := range []string{x25519.String()[:30], strings.Split(sshPrivate, "\n")[1]} {
					if strings.Contains(got, secret) {
						t.Error("a private key is shown")
					}
				}
			})
		}
	}
}

// What the provider encrypts, the ephemeral resource decrypts with each kind of key.
func TestEphemeralSecret(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	x25519, err := age.GenerateX25519Identity()
	must(t, err)
	ed, edPublic := ed25519Key(t, "")
	rsa, rsaPublic := rsaKey(t)
	provider := acctest.NewProtocol(t, env.Env())
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	instance := acctest.Instance{Provider: provider, Type: "webhook_dfns"}
	report := instance.Apply(map[string]acctest.Value{
		"url": acctest.String("https://hooks.example.com"), "events": acctest.StringSet("wallet.created"),
		"status": acctest.String("Enabled"), "secret_recipients": acctest.StringSet(x25519.Recipient().String(), edPublic, rsaPublic),
	})
	if report.Problems != "" || instance.Text("secret") != "" {
		t.Fatalf("%s, in the clear: %q", report.Problems, instance.Text("secret"))
	}
	for name, identity := range map[string]string{
		"age": x25519.String(), "age key file": "# created: today\n# public key: age1…\n" + x25519.String() + "\n",
		"age in quotes": `"` + x25519.String() + `\n"`, "age after a byte order mark": "\ufeff " + x25519.String(),
		"age key file as one line": `# created: today\n# public key: age1…\r\n` + x25519.String() + `\n`,
		"age key file, CR":         "# created: C:\\new\r" + x25519.String() + "\r",
		"SSH ed25519":              ed, "SSH RSA": strings.TrimSpace(rsa),
		"SSH as one line": strings.ReplaceAll(ed, "\n", `\n`), "SSH, blanks for breaks": strings.ReplaceAll(ed, "\n", " "),
		"SSH, CRLF, after a byte order mark": "\ufeff" + strings.ReplaceAll(rsa, "\n", "\r\n"),
	} {
		data, problems := provider.Open("webhook_secret", map[string]acctest.Value{
			"ciphertext": acctest.String(instance.Text("secret_encrypted")), "identity": acctest.String(identity),
		})
		if len(problems) > 0 || !data["plaintext"].Equal(acctest.String(env.Dfns.Webhooks()[0].Secret)) {
			t.Errorf("%s: got %s, %s", name, data["plaintext"], acctest.Text(problems))
		}
	}
	quantum, err := age.GenerateHybridIdentity()
	must(t, err)
	r := model(set(quantum.Recipient().String()), noVersion(), types.StringNull(), types.StringUnknown())
	must(t, r.StoreSecret("whs-told"))
	data, problems := provider.Open("webhook_secret", map[string]acctest.Value{
		"ciphertext": acctest.String(r.SecretEncrypted.ValueString()), "identity": acctest.String(quantum.String()),
	})
	if len(problems) > 0 || !data["plaintext"].Equal(acctest.String("whs-told")) {
		t.Errorf("post-quantum: got %s, %s", data["plaintext"], acctest.Text(problems))
	}
}

// After an import there is nothing to decrypt, and the error says what to do about it.
func TestEphemeralSecretAfterImport(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	identity, _ := newKey(t)
	_, problems := provider.Open("webhook_secret", map[string]acctest.Value{"identity": acctest.String(identity.String())})
	if got := acctest.Text(problems); !acctest.Says("No Secret to Decrypt", "was imported", "-replace=ADDRESS", "ciphertext").MatchString(got) {
		t.Errorf("got %q", got)
	}
}

// What cannot be decrypted is an error that says why and shows neither key nor text.
func TestEphemeralSecretErrors(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	identity, recipient := newKey(t)
	other, _ := newKey(t)
	r := model(recipient, noVersion(), types.StringNull(), types.StringUnknown())
	must(t, r.StoreSecret("whs-hunter2"))
	armored := r.SecretEncrypted.ValueString()
	locked, _ := ed25519Key(t, "passphrase")
	ecdsaPrivate, _ := ecdsaKey(t)
	good := identity.String()
	for name, test := range map[string]struct{ ciphertext, identity, want string }{
		"no key":             {armored, "hunter2", `neither an age identity (AGE-SECRET-KEY-1…, as age-keygen prints it) nor an SSH private key. [AttributeName("identity")]`},
		"half a key":         {armored, good[:40], "neither an age identity"},
		"empty":              {armored, "", "neither an age identity"},
		"a public key":       {armored, identity.Recipient().String(), "it is a public key"},
		"a locked key":       {armored, locked, "encrypted with a passphrase"},
		"a key of ECDSA":     {armored, ecdsaPrivate, "ed25519 or RSA"},
		"a broken SSH key":   {armored, "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n", "ed25519 or RSA"},
		"another's key":      {armored, other.String(), "does not belong to any of the recipients"},
		"the secret itself":  {"whs-hunter2", good, "not complete ASCII-armored age text"},
		"cut off":            {armored[:len(armored)/2], good, "not complete ASCII-armored age text"},
		"a line lost":        {strings.Replace(armored, strings.Split(armored, "\n")[2]+"\n", "", 1), good, "not complete ASCII-armored age text"},
		"nothing to decrypt": {"", good, `not complete ASCII-armored age text (-----BEGIN AGE ENCRYPTED FILE-----). Use the value of secret_encrypted unchanged. [AttributeName("ciphertext")]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := provider.Open("webhook_secret", map[string]acctest.Value{
				"ciphertext": acctest.String(test.ciphertext), "identity": acctest.String(test.identity),
			})
			got := acctest.Text(problems)
			if !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
			for _, secret := range []string{"hunter2", good[20:], strings.Split(armored, "\n")[1], strings.Split(locked, "\n")[1]} {
				if strings.Contains(got, secret) {
					t.Errorf("%q shows %q", got, secret)
				}
			}
		})
	}
}
