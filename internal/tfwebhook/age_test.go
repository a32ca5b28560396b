//go:build age

package tfwebhook_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// The age program decrypts what the provider encrypts, and the other way round, with every kind of key.
func TestAgeProgram(t *testing.T) {
	t.Parallel()
	const secret = "whs-0123456789abcdefghijklmnopqrstuv"
	provider := acctest.NewProtocol(t, nil)
	x25519, x25519Public := newKey(t)
	keys := map[string]string{x25519.String() + "\n": x25519Public}
	ed, edPublic := sshKey(t, "ed25519")
	rsa, rsaPublic := sshKey(t, "rsa")
	keys[ed], keys[rsa] = edPublic, rsaPublic
	for identity, recipient := range keys {
		file := filepath.Join(t.TempDir(), "identity")
		must(t, os.WriteFile(file, []byte(identity), 0o600))
		if got := run(t, encrypted(t, secret, recipient), "age", "--decrypt", "--identity", file); got != secret {
			t.Errorf("age decrypts %q", got)
		}
		armored := run(t, secret, "age", "--armor", "--recipient", strings.TrimSpace(recipient))
		if got, problems := open(provider, acctest.String(armored), identity); got != secret {
			t.Errorf("what age encrypts is decrypted to %q, %s", got, problems)
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
