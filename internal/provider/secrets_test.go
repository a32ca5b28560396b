package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// A program signs for a real CLI. The log holds none of its arguments, nothing of what it was given, and nothing of what it wrote.
func TestTraceLogHoldsNothingOfTheSigner(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, fmt.Sprintf(`
provider "webhook" {
  dfns {
    credential_id  = "cr-signer"
    signer_command = ["sh", "-c", "echo hunter4 >&2; \"$0\" \"$1\"", %q, %q, "hunter6"]
  }
}
resource "webhook_dfns" "test" {
  url    = "https://hooks.example.com/dfns"
  events = ["wallet.created"]
}`, example(t, "openssl.sh"), registered(t, env, "P-256")))
	logPath := filepath.Join(cli.WorkingDir(), "trace.log")
	run(t, env, cli, "apply -auto-approve", "TF_LOG=TRACE", "TF_LOG_PATH="+logPath)
	log, err := os.ReadFile(logPath)
	must(t, err)
	contains(t, string(log), "Signer command: ")
	secrets := []string{"hunter4", "hunter6"}
	for _, call := range env.DfnsCalls.Journal() {
		for _, field := range regexp.MustCompile(`"(signature|clientData)":"([^"]+)"`).FindAllStringSubmatch(call.Body, -1) {
			secrets = append(secrets, field[2])
		}
	}
	for _, secret := range secrets {
		if strings.Contains(string(log), secret) || len(secrets) != 4 {
			t.Errorf("of %q, %q is in the log", secrets, secret)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
