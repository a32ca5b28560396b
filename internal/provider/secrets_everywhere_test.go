package provider_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// With recipients no secret is anywhere: not in the log at its most talkative, not in a plan, a state or a backup of one,
// not in what a command prints, whether it succeeds or fails.
func TestEncryptedSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{DfnsSecretOnUpdate: true, EnfinitosConventional: true})
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	cli := env.CLI(t, encryptedConfig(identity))
	dir := cli.WorkingDir()
	var printed strings.Builder
	command := func(arguments ...string) error {
		out, err := env.RunWith(t, cli, []string{
			"TF_VAR_identity=" + identity.String(), "TF_LOG=TRACE", "TF_LOG_PATH=" + filepath.Join(dir, "trace.log"),
		}, arguments...)
		printed.WriteString(out)
		return err
	}
	secrets := map[string]string{"identity": identity.String()}
	note := func() {
		for id, secret := range env.Dfns.Secrets() {
			secrets["signing secret of "+id] = secret
		}
		for id, secret := range env.Enfinitos.Secrets() {
			secrets["signing secret of "+id] = secret
		}
	}

	must(t, command("plan", "-no-color", "-out=saved", "-var=status=Enabled"))
	must(t, command("apply", "-no-color", "saved"))
	note()
	must(t, command("plan", "-no-color", "-out=saved", "-var=status=Disabled"))
	must(t, command("show", "-no-color", "-json", "saved"))
	must(t, command("apply", "-no-color", "saved"))
	must(t, command("apply", "-no-color", "-auto-approve", "-var=status=Disabled", "-replace=webhook_dfns.test", "-replace=webhook_enfinitos.test"))
	note()
	must(t, command("show", "-no-color", "-json"))
	must(t, env.DfnsCalls.AddFault(sandbox.Fault{Method: "DELETE", Effect: sandbox.Status, Status: 403, Times: 1}))
	if command("destroy", "-no-color", "-auto-approve", "-var=status=Disabled") == nil {
		t.Fatal("the destroy should have been refused once")
	}
	must(t, command("destroy", "-no-color", "-auto-approve", "-var=status=Disabled"))

	if log, err := os.ReadFile(filepath.Join(dir, "trace.log")); err != nil || !bytes.Contains(log, []byte("rpc=OpenEphemeralResource")) {
		t.Error("nothing was decrypted, so nothing was tried")
	}
	addTokens(env, secrets)
	must(t, os.WriteFile(filepath.Join(dir, "printed"), []byte(printed.String()), 0o600))
	searchDirectory(t, dir, secrets)
}

// encryptedConfig decrypts what it stores encrypted, so that the plaintexts have been in the provider's memory.
func encryptedConfig(identity *age.X25519Identity) string {
	recipient := identity.Recipient().String()
	return fmt.Sprintf(`
variable "status" {}
variable "identity" {
  type      = string
  ephemeral = true
}
resource "webhook_dfns" "test" {
  url               = "https://hooks.example.com/dfns"
  events            = ["wallet.created"]
  status            = var.status
  secret_recipients = [%q]
}
resource "webhook_enfinitos" "test" {
  url               = "https://hooks.example.com/enfinitos"
  events            = ["right.issued"]
  label             = "rights"
  active            = var.status == "Enabled"
  secret_recipients = [%q]
}
ephemeral "webhook_secret" "dfns" {
  ciphertext = webhook_dfns.test.secret_encrypted
  identity   = var.identity
}
ephemeral "webhook_secret" "enfinitos" {
  ciphertext = webhook_enfinitos.test.secret_encrypted
  identity   = var.identity
}
`, recipient, recipient)
}

func addTokens(env *acctest.Env, secrets map[string]string) {
	secrets["Dfns token"] = env.Env()["DFNS_AUTH_TOKEN"]
	secrets["EnfinitOS key"] = env.Env()["ENFINITOS_API_KEY"]
	secrets["private key"] = strings.Split(env.Env()["DFNS_PRIVATE_KEY"], "\n")[1]
	for _, token := range env.Dfns.ActionTokens() {
		secrets["user action token "+token[len(token)-6:]] = token
	}
}

// searchDirectory looks for secrets in all that the commands have left behind, but for the configuration itself.
func searchDirectory(t *testing.T, dir string, secrets map[string]string) {
	t.Helper()
	searched := map[string]bool{}
	must(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.Contains(path, ".terraform") || entry.Name() == "main.tf" {
			return err
		}
		content, err := acctest.Unpacked(path)
		searched[entry.Name()] = len(content) > 0
		for what, secret := range secrets {
			if at := bytes.Index(content, []byte(secret)); at >= 0 {
				t.Errorf("the %s is in %s, after: %s", what, entry.Name(), content[max(0, at-200):at])
			}
		}
		return err
	}))
	if len(secrets) < 12 || !searched["saved"] || !searched["terraform.tfstate.backup"] || !searched["trace.log"] || !searched["printed"] {
		t.Errorf("too little was searched, %v for %d secrets", searched, len(secrets))
	}
}

// A provider that crashes in the middle of a change prints where it was, and no secret: neither does what Terraform makes
// of it.
func TestCrashOutputHoldsNoSecret(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{})
	cli := env.CLI(t, "resource \"webhook_dfns\" \"test\" {\n  url = \"https://hooks.example.com\"\n  events = [\"wallet.created\"]\n}\n")
	started, printed := make(chan *acctest.Plugin, 1), make(chan string, 1)
	url := env.DfnsURL
	acctest.Rewrite(t, &url, func(response *http.Response) error {
		if response.Request.Method == http.MethodPost && response.Request.URL.Path == "/webhooks" {
			printed <- (<-started).Crash()
		}
		return nil
	})
	plugin := env.StartPlugin(t, cli, "DFNS_API_URL="+url)
	started <- plugin
	out, err := env.RunWith(t, cli, []string{plugin.Environment}, "apply", "-no-color", "-auto-approve")
	var crash string
	select { // the CLI may be done before all of it is printed
	case crash = <-printed:
	case <-time.After(time.Minute):
	}
	if err == nil || !strings.Contains(crash, "goroutine ") || !strings.Contains(crash, "tfdfns") {
		t.Fatalf("the provider did not crash in the middle of its work: %v\n%s\n%s", err, crash, out)
	}
	secrets := map[string]string{"signing secret": env.Dfns.Webhooks()[0].Secret}
	addTokens(env, secrets)
	for what, secret := range secrets {
		if strings.Contains(crash+out, secret) {
			t.Errorf("the %s is in what a crash prints", what)
		}
	}
}
