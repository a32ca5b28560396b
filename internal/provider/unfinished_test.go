package provider_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
)

// What an earlier run did not finish is told when the provider is configured, whatever the configuration now is. It is looked
// for where Terraform keeps its data.
func TestUnfinishedCreateIsTold(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	note := intent.NewLog(filepath.Join(dir, "webhook", "default")).Begin(intent.Create{Object: "Dfns webhook https://hooks.example.com"})
	configure := func(dataDir, variable string) string {
		environment := func(name string) string { return map[string]string{"TF_DATA_DIR": variable}[name] }
		made := provider.New("test", provider.WithDataDir(dataDir), provider.WithEnvironment(environment))
		server, err := providerserver.NewProtocol6WithError(made())()
		if err != nil {
			t.Fatal(err)
		}
		return acctest.Text(acctest.TalkTo(t, server).Configure(nil))
	}
	if got := configure(dir, ""); got != "" {
		t.Errorf("a create that is under way is told: %s", got)
	}
	note.Leave()
	for name, got := range map[string]string{"default": configure(dir, ""), "variable": configure(other, dir)} {
		for _, want := range []string{"Unfinished Create", note.Object, note.Path} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q lacks %q", name, got, want)
			}
		}
	}
	for name, got := range map[string]string{"other": configure(dir, other), "none": configure("", dir)} {
		if got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
