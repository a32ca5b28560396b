//go:build age

package tfwebhook_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// The age program decrypts what the provider encrypts, and the other way round, with every kind of key.
func TestAgeProgram(t *testing.T) {
	t.Parallel()
	const secret = "whs-0123456789abcdefghijklmnopqrstuv"
	provider := acctest.NewProtocol(t, nil)
	x25519, err := age.GenerateX25519Identity()
	must(t, err)
	keys := map[string]string{x25519.String() + "\n": x25519.Recipient().String()}
	ed, edPublic := ed25519Key(t, "")
	rsa, rsaPublic := rsaKey(t)
	keys[ed], keys[rsa] = edPublic, rsaPublic
	for identity, recipient := range keys {
		file := filepath.Join(t.TempDir(), "identity")
		must(t, os.WriteFile(file, []byte(identity), 0o600))
		m := model(set(recipient), noVersion(), types.StringNull(), types.StringUnknown())
		must(t, m.StoreSecret(secret))
		if got := run(t, m.SecretEncrypted.ValueString(), "age", "--decrypt", "--identity", file); got != secret {
			t.Errorf("age decrypts %q", got)
		}
		data, problems := provider.Open("webhook_secret", map[string]acctest.Value{
			"ciphertext": acctest.String(run(t, secret, "age", "--armor", "--recipient", strings.TrimSpace(recipient))),
			"identity":   acctest.String(identity),
		})
		if len(problems) > 0 || !data["plaintext"].Equal(acctest.String(secret)) {
			t.Errorf("what age encrypts is decrypted to %s, %s", data["plaintext"], acctest.Text(problems))
		}
	}
}

func run(t *testing.T, input, name string, arguments ...string) string {
	t.Helper()
	command := exec.Command(name, arguments...)
	command.Stdin = strings.NewReader(input)
	out, err := command.Output()
	must(t, err)
	return string(out)
}
