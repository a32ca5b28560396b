package acctest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The user who runs the tests may have settings for a CLI and accounts. This test runs itself in a process that has them.
func TestEnvironmentOfTheCallerIsIgnored(t *testing.T) {
	t.Parallel()
	settings := []string{
		"TF_WORKSPACE=production", "TF_DATA_DIR=shared", "TF_CLI_ARGS_plan=-json", "TF_REATTACH_PROVIDERS={}", "TF_VAR_status=Disabled",
		"TF_CLI_CONFIG_FILE=mine.tfrc", "CHECKPOINT_DISABLE=",
		"DFNS_API_URL=https://api.dfns.io", "ENFINITOS_API_KEY=sk_live_1",
	}
	if os.Getenv("WEBHOOK_SETTINGS_OF_THE_CALLER") != "" {
		environment := New(t, sandbox.Config{}).environ()
		if !slices.Contains(environment, "TF_CLI_CONFIG_FILE="+os.DevNull) {
			t.Error("a CLI reads the configuration in the user's home")
		}
		for _, variable := range environment {
			if slices.Contains(settings, variable) {
				t.Errorf("a CLI sees %s", variable)
			}
		}
		return
	}
	caller := exec.Command(os.Args[0], "-test.run=^TestEnvironmentOfTheCallerIsIgnored$")
	caller.Env = append(append(os.Environ(), "WEBHOOK_SETTINGS_OF_THE_CALLER=yes"), settings...)
	if out, err := caller.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// While a package builds the provider, the CLIs of another sum up the directory it is in: nothing else may ever be there.
func TestBuildLeavesNoOtherFile(t *testing.T) {
	t.Parallel()
	drafts, home := t.TempDir(), t.TempDir()
	const name = "terraform-provider-webhook_v0.0.1"
	done := make(chan error)
	go func() { done <- build(drafts, filepath.Join(home, name)) }()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(home, name)); err != nil {
				t.Error(err)
			}
			return
		default:
		}
		files, err := os.ReadDir(home)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if file.Name() != name {
				t.Fatalf("%s is beside the program", file.Name())
			}
		}
	}
}
