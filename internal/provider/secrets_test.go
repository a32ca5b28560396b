package provider_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The log of every operation, at its most talkative, holds no secret: not those of the configuration, not those that
// the API hands out, not those that a url carries.
func TestTraceLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{DfnsSecretOnUpdate: true})
	config := func(status string) string {
		return `
resource "webhook_dfns" "test" {
  url    = "https://user:hunter2@hooks.example.com/dfns?key=hunter3"
  events = ["wallet.created"]
  status = "` + status + `"
}
resource "webhook_enfinitos" "test" {
  url    = "https://user:hunter2@hooks.example.com/enfinitos?key=hunter3"
  events = ["right.issued"]
  label  = "rights"
  active = ` + strconv.FormatBool(status == "Enabled") + `
}`
	}
	cli := env.CLI(t, config("Enabled"))
	logPath := filepath.Join(t.TempDir(), "trace.log")
	if err := cli.SetLog("TRACE"); err != nil {
		t.Fatal(err)
	}
	if err := cli.SetLogPath(logPath); err != nil {
		t.Fatal(err)
	}

	must(t, cli.Apply(t.Context()))
	secrets := map[string]string{
		"Dfns signing secret":      env.Dfns.Webhooks()[0].Secret,
		"EnfinitOS signing secret": env.Enfinitos.Subscriptions()[0].Secret,
		"EnfinitOS key":            env.Env()["ENFINITOS_API_KEY"],
	}
	rewrite(t, cli, config("Enabled"), config("Disabled"))
	must(t, cli.Apply(t.Context()))
	must(t, cli.Refresh(t.Context()))
	must(t, env.DfnsCalls.AddFault(sandbox.Fault{Method: "DELETE", Path: "/webhooks/*", Effect: sandbox.Status, Status: 403, Times: 1}))
	if err := cli.Destroy(t.Context()); err == nil {
		t.Fatal("the destroy should have been refused once")
	}
	must(t, cli.Destroy(t.Context()))

	secrets["token"] = env.Env()["DFNS_AUTH_TOKEN"]
	secrets["private key"] = strings.Split(env.Env()["DFNS_PRIVATE_KEY"], "\n")[1]
	secrets["url's password"], secrets["url's query"] = "hunter2", "hunter3"
	for _, token := range env.Dfns.ActionTokens() {
		secrets["user action token "+token[len(token)-6:]] = token
	}
	log, err := os.ReadFile(logPath)
	must(t, err)
	search(t, string(log), secrets)
}

func search(t *testing.T, log string, secrets map[string]string) {
	t.Helper()
	if len(secrets) < 10 || !strings.Contains(log, "API answer") || !strings.Contains(log, `PUT`) {
		t.Fatalf("the test looks at too little: %d secrets, %d bytes of log", len(secrets), len(log))
	}
	for what, secret := range secrets {
		if at := strings.Index(log, secret); at >= 0 {
			t.Errorf("the %s is in the log, after: %s", what, log[max(0, at-200):at])
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
