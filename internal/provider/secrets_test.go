package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// A program signs for a real CLI, with no private key anywhere. The log holds none of its arguments, nothing of what it was
// given, and nothing of what it wrote, not even where that is no signature.
func TestTraceLogHoldsNothingOfTheSigner(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	dir, key := t.TempDir(), registered(t, env, "P-256")
	const script = `env >"$3/env"; echo hunter4 >&2; [ ! -e "$3/broken" ] || { echo not hunter5; exit; }; "$1" "$2"`
	config := func(status string) string {
		return fmt.Sprintf(`
provider "webhook" {
  dfns {
    credential_id  = "cr-signer"
    signer_command = ["sh", "-c", %q, "sh", %q, %q, %q, "hunter6"]
  }
}
resource "webhook_dfns" "test" {
  url    = "https://hooks.example.com/dfns"
  events = ["wallet.created"]
  status = %q
}`, script, example(t, "openssl.sh"), key, dir, status)
	}
	cli := env.CLI(t, config("Enabled"))
	must(t, cli.SetEnv(map[string]string{
		"HOME": dir, "PATH": os.Getenv("PATH"), "TF_CLI_CONFIG_FILE": os.DevNull, "CLOUD_TOKEN": "hunter7",
		"DFNS_API_URL": env.At("dfns").URL, "DFNS_AUTH_TOKEN": env.Env()["DFNS_AUTH_TOKEN"], "ENFINITOS_API_KEY": "hunter8",
	}))
	logPath := filepath.Join(dir, "trace.log")
	must(t, cli.SetLog("TRACE"))
	must(t, cli.SetLogPath(logPath))

	must(t, cli.Apply(t.Context()))
	rewrite(t, cli, config("Enabled"), config("Disabled"))
	must(t, cli.Apply(t.Context()))
	if webhooks := env.Dfns.Webhooks(); len(webhooks) != 1 || webhooks[0].Status != "Disabled" {
		t.Errorf("the sandbox holds %v", webhooks)
	}
	must(t, os.WriteFile(filepath.Join(dir, "broken"), nil, 0o600))
	if err := cli.Destroy(t.Context()); err == nil || !acctest.Says("the signer command sh printed something that is not base64").MatchString(err.Error()) ||
		strings.Contains(err.Error(), "hunter5") || strings.Contains(err.Error(), "hunter6") {
		t.Errorf("the error is %v", err)
	}
	must(t, os.Remove(filepath.Join(dir, "broken")))
	must(t, cli.Destroy(t.Context()))

	secrets := map[string]string{"standard output": "hunter5", "argument": "hunter6", "environment": "hunter7"}
	for _, call := range env.DfnsCalls.Journal() {
		for _, field := range regexp.MustCompile(`"(signature|clientData)":"([^"]+)"`).FindAllStringSubmatch(call.Body, -1) {
			secrets[fmt.Sprint(field[1], len(secrets))] = field[2]
		}
	}
	signerEnv, err := os.ReadFile(filepath.Join(dir, "env"))
	must(t, err)
	contains(t, string(signerEnv), "CLOUD_TOKEN=hunter7", "DFNS_CRED_ID=cr-signer")
	if text := string(signerEnv); strings.Contains(text, "hunter8") || strings.Contains(text, env.Env()["DFNS_AUTH_TOKEN"]) {
		t.Errorf("the program has the environment\n%s", text)
	}
	log, err := os.ReadFile(logPath)
	must(t, err)
	if len(secrets) != 3+2*3 || !strings.Contains(string(log), "Signer command: ") {
		t.Fatalf("the test looks at too little: %d secrets, %d bytes of log", len(secrets), len(log))
	}
	for what, secret := range secrets {
		if strings.Contains(string(log), secret) {
			t.Errorf("the %s is in the log", what)
		}
	}
}

func rewrite(t *testing.T, cli *tfexec.Terraform, former, config string) {
	t.Helper()
	path := filepath.Join(cli.WorkingDir(), "main.tf")
	text, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, []byte(strings.Replace(string(text), former, config, 1)), 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
