package cli_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// In the life of webhooks whose secrets are encrypted, and of others, no credential is anywhere: not in the log at its most talkative,
// not in a plan, a state or a backup of one, not in what a command prints, whether it succeeds or fails. Nor is a secret with
// recipients. A secret in the clear, and what a url carries, is not in the log.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{DfnsSecretOnUpdate: true, EnfinitosConventional: true})
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	variables := []string{"TF_VAR_identity=" + identity.String(), "TF_LOG=TRACE"}
	config := encryptedAndClear(identity.Recipient().String())
	for _, v := range Vendors {
		id := v.Register(env, v.Config)
		secret := v.Objects(env)[0].Secret
		variables = append(variables, "TF_VAR_"+v.Type+"="+secret)
		config += imported(v, id, identity.Recipient().String()) + strings.ReplaceAll(v.Data, "ADDRESS", v.Type+".encrypted")
	}
	cli := env.CLI(t, config)
	dir := cli.WorkingDir()
	var printed strings.Builder
	command := func(arguments ...string) error {
		out, err := env.RunWith(t, cli, append(variables, "TF_LOG_PATH="+filepath.Join(dir, "trace.log")), arguments...)
		printed.WriteString(out)
		return err
	}
	nowhere, notLogged := []string{identity.String()}, []string{"hunter2", "hunter3"}
	note := func() {
		for _, v := range Vendors {
			for _, o := range v.Objects(env) {
				if bytes.Contains([]byte(o.URL), []byte("hunter")) {
					notLogged = append(notLogged, o.Secret)
				} else {
					nowhere = append(nowhere, o.Secret)
				}
			}
		}
	}
	must(t, command("plan", "-no-color", "-out=saved", "-var=on=true"))
	must(t, command("apply", "-no-color", "saved"))
	note()
	must(t, command("plan", "-no-color", "-out=saved", "-var=on=false"))
	must(t, command("show", "-no-color", "-json", "saved"))
	replace := []string{"apply", "-no-color", "-auto-approve", "-var=on=false"}
	must(t, command("apply", "-no-color", "saved"))
	for _, v := range Vendors {
		replace = append(replace, "-replace="+v.Type+".encrypted")
		must(t, v.API(env).AddFault(sandbox.Fault{Method: "DELETE", Skip: 1, Times: 1, Effect: "status", Status: 403}))
	}
	must(t, command(replace...))
	note()
	if command("destroy", "-no-color", "-auto-approve", "-var=on=false") == nil {
		t.Fatal("the destroy should have been refused once")
	}
	must(t, command("destroy", "-no-color", "-auto-approve", "-var=on=false"))
	for _, v := range Vendors {
		nowhere = append(nowhere, v.Secrets(env)...)
	}
	must(t, os.WriteFile(filepath.Join(dir, "printed"), []byte(printed.String()), 0o600))
	searchDirectory(t, dir, nowhere, notLogged)
}

// encryptedAndClear decrypts what it stores encrypted, so that the plaintexts have been in the provider's memory.
func encryptedAndClear(recipient string) string {
	out := "variable \"on\" {}\nvariable \"identity\" {\n  type      = string\n  ephemeral = true\n}\n"
	for _, v := range Vendors {
		encrypted := v.With(Values{"secret_recipients": acctest.StringSet(recipient)})
		inClear := v.With(Values{"url": acctest.String("https://user:hunter2@hooks.example.com/?key=hunter3")})
		var changes string
		for name := range v.Off {
			delete(encrypted, name)
			delete(inClear, name)
			changes = fmt.Sprintf("%s = var.on ? %s : %s", name, conformance.Literal(v.Config[name]), conformance.Literal(v.Off[name]))
		}
		out += v.Resource("encrypted", encrypted, changes) + v.Resource("clear", inClear, changes) +
			fmt.Sprintf("ephemeral \"webhook_secret\" %q {\n  ciphertext = %s.encrypted.secret_encrypted\n  identity   = var.identity\n}\n", v.Type, v.Type)
	}
	return out
}

// imported brings the secret of a webhook that exists.
func imported(v Vendor, id, recipient string) string {
	return fmt.Sprintf("variable %q {\n  type      = string\n  ephemeral = true\n}\nimport {\n  to = %s.known\n  id = %q\n}\n", v.Type, v.Type, id) +
		v.Resource("known", v.With(Values{"secret_recipients": acctest.StringSet(recipient)}), "secret_wo = var."+v.Type, "secret_wo_version = 1") +
		fmt.Sprintf("ephemeral \"webhook_secret\" \"known_%s\" {\n  ciphertext = %s.known.secret_encrypted\n  identity   = var.identity\n}\n", v.Type, v.Type)
}

// searchDirectory looks for secrets in all that the commands have left behind, but for the configuration itself.
func searchDirectory(t *testing.T, dir string, nowhere, notLogged []string) {
	t.Helper()
	searched := map[string]bool{}
	must(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.Contains(path, ".terraform") || entry.Name() == "main.tf" {
			return err
		}
		content, err := acctest.Unpacked(path)
		searched[entry.Name()] = len(content) > 0
		secrets := nowhere
		if entry.Name() == "trace.log" {
			secrets = append(slices.Clone(nowhere), notLogged...)
			for _, said := range []string{"rpc=OpenEphemeralResource", "API answer", "DELETE"} {
				if !bytes.Contains(content, []byte(said)) {
					t.Errorf("the log does not hold %q, so nothing was tried", said)
				}
			}
		}
		for i, secret := range secrets {
			if at := bytes.Index(content, []byte(secret)); at >= 0 {
				t.Errorf("secret %d is in %s, after: %s", i, entry.Name(), content[max(0, at-200):at])
			}
		}
		return err
	}))
	if len(nowhere) < 12 || len(notLogged) < 6 || !searched["saved"] || !searched["terraform.tfstate.backup"] || !searched["trace.log"] || !searched["printed"] {
		t.Errorf("too little was searched, %v for %d and %d secrets", slices.Collect(maps.Keys(searched)), len(nowhere), len(notLogged))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
