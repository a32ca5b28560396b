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
	for _, test := range []struct {
		selected, variable string // the workspace in the file that "terraform workspace select" writes, and in TF_WORKSPACE
		elsewhere          bool   // TF_DATA_DIR names the directory
		want               string
	}{
		{"", "", false, "default"},
		{"blue\n", "", false, "blue"},
		{"blue", "green", false, "green"},
		{"", "../up", false, "..%2Fup"},
		{"", "", true, "default"},
		{"blue", "", true, "blue"},
	} {
		dir, env := t.TempDir(), map[string]string{"TF_WORKSPACE": test.variable}
		must(t, os.WriteFile(filepath.Join(dir, "environment"), []byte(test.selected), 0o600))
		for _, workspace := range []string{"default", "blue", "green", "..%2Fup"} {
			intent.NewLog(filepath.Join(dir, "webhook", workspace)).Begin(intent.Create{Object: "of " + workspace}).Unlock()
		}
		dataDir := dir
		if test.elsewhere {
			dataDir, env["TF_DATA_DIR"] = t.TempDir(), dir
		}
		if said := configure(t, dataDir, env); strings.Count(said, "note: ") != 1 || !strings.Contains(said, "of "+test.want+" at ") {
			t.Errorf("%+v: it says %q", test, said)
		}
	}
	if said := configure(t, "", nil); said != "" {
		t.Errorf("without a directory, it says %q", said)
	}
}

// What earlier runs did not finish is reported when the provider is configured, in one warning, whatever the configuration now is.
func TestUnfinishedCreatesWarnAtConfigure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := intent.NewLog(filepath.Join(dir, "webhook", "default"))
	held, answered := log.Begin(intent.Create{Object: "held"}), log.Begin(intent.Create{Object: "answered"})
	answered.Answered("wh-1")
	if got := configure(t, dir, nil); got != "" {
		t.Errorf("a create that is held or answered is reported: %s", got)
	}
	held.Unlock()
	second := log.Begin(intent.Create{Object: "second"})
	second.Unlock()
	got := configure(t, dir, nil)
	contains(t, got, "held at ", held.Path, "second at ", second.Path)
	if strings.Count(got, "Unfinished Create") != 1 || strings.Contains(got, answered.Path) {
		t.Errorf("it says %q", got)
	}
}

// configure returns the warnings when a provider with a data directory and an environment is configured.
func configure(t *testing.T, dataDir string, env map[string]string) string {
	t.Helper()
	getenv := func(name string) string { return env[name] }
	server := providerserver.NewProtocol6(provider.New("test", provider.WithDataDir(dataDir), provider.WithEnvironment(getenv))())()
	return acctest.Text(acctest.TalkTo(t, server).Configure(nil))
}
