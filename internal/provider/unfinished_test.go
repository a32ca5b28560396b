package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
)

// The notes of each workspace are where Terraform keeps its data, and the workspace is the one that Terraform uses.
func TestNotesDirectory(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		selected        string            // in the file that "terraform workspace select" writes
		env             map[string]string // TF_DATA_DIR stands for a second directory
		elsewhere, none bool
		want            string
	}{
		"default":             {want: "webhook/default"},
		"selected":            {selected: "blue\n", want: "webhook/blue"},
		"variable":            {selected: "blue", env: map[string]string{"TF_WORKSPACE": "green"}, want: "webhook/green"},
		"name that is a path": {env: map[string]string{"TF_WORKSPACE": "../up"}, want: "webhook/..%2Fup"},
		"data directory":      {elsewhere: true, want: "webhook/default"},
		"selected in data":    {elsewhere: true, selected: "blue", want: "webhook/blue"},
		"no directory at all": {none: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, variable := t.TempDir(), ""
			configured := dir
			if test.elsewhere {
				configured, variable = t.TempDir(), dir
			}
			if test.selected != "" {
				if err := os.WriteFile(filepath.Join(dir, "environment"), []byte(test.selected), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if test.none {
				configured = ""
			}
			for _, workspace := range []string{"default", "blue", "green", "..%2Fup"} {
				intent.NewLog(filepath.Join(dir, "webhook", workspace)).Begin(intent.Create{Object: "webhook/" + workspace}).Unlock()
			}
			told := configure(t, configured, func(name string) string {
				return map[string]string{"TF_DATA_DIR": variable, "TF_WORKSPACE": test.env["TF_WORKSPACE"]}[name]
			})
			if test.want == "" && told != "" || strings.Count(told, "note: ") != min(len(test.want), 1) || !strings.Contains(told, test.want+" at ") && test.want != "" {
				t.Errorf("told %q, not of %q", told, test.want)
			}
		})
	}
}

// What earlier runs did not finish is told when the provider is configured, in one warning, whatever the configuration now is.
func TestUnfinishedCreatesWarnAtConfigure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := intent.NewLog(filepath.Join(dir, "webhook", "default"))
	held, answered := log.Begin(intent.Create{Object: "held"}), log.Begin(intent.Create{Object: "answered"})
	answered.Answered("wh-1")
	tell := func() string { return configure(t, dir, func(string) string { return "" }) }
	if got := tell(); got != "" {
		t.Errorf("a create that is held or answered is told: %s", got)
	}
	held.Unlock()
	second := log.Begin(intent.Create{Object: "second"})
	second.Unlock()
	got := tell()
	for _, want := range []string{"held at ", held.Path, "second at ", second.Path} {
		if !strings.Contains(got, want) || strings.Count(got, "Unfinished Create") != 1 || strings.Contains(got, answered.Path) {
			t.Errorf("%q lacks %q, or tells more", got, want)
		}
	}
}

// configure returns what is told when a provider with a data directory and an environment is configured.
func configure(t *testing.T, dataDir string, env func(string) string) string {
	t.Helper()
	made := provider.New("test", provider.WithDataDir(dataDir), provider.WithEnvironment(env))
	server, err := providerserver.NewProtocol6WithError(made())()
	if err != nil {
		t.Fatal(err)
	}
	return acctest.Text(acctest.TalkTo(t, server).Configure(nil))
}
