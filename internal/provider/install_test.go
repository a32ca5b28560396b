package provider_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The provider is installed from a filesystem mirror, as by someone whose machines reach no registry, and manages the
// webhooks of the demo. WEBHOOK_MIRROR names a mirror that a snapshot of a release was laid out in; without it, one is
// made here for this machine.
func TestInstalledFromMirror(t *testing.T) {
	t.Parallel()
	mirror := os.Getenv("WEBHOOK_MIRROR")
	if mirror == "" {
		mirror = packMirror(t)
	}
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	var agents sync.Map
	acctest.Rewrite(t, &env.At("dfns").URL, func(answer *http.Response) error {
		agents.Store(answer.Request.UserAgent(), nil)
		return nil
	})
	cli := env.CLIFrom(t, mirror, "../../examples/demo")

	for i, command := range []string{"apply -auto-approve", "plan -detailed-exitcode", "destroy -auto-approve"} {
		run(t, env, cli, command)
		want := []int{1, 1, 0}[i]
		if webhooks, subscriptions := env.Dfns.Webhooks(), env.Enfinitos.Subscriptions(); len(webhooks) != want || len(subscriptions) != want {
			t.Errorf("%s left %v and %v", command, webhooks, subscriptions)
		}
	}
	called := ""
	for agent := range agents.Range {
		called += agent.(string) + "\n"
	}
	if want := " terraform-provider-webhook/" + acctest.MirrorVersion(t, mirror) + "\n"; strings.Count(called, "\n") != 1 || !strings.HasSuffix(called, want) {
		t.Errorf("the provider calls itself %q, want %s", called, want)
	}
	run(t, env, cli, "providers lock -fs-mirror="+mirror+" "+strings.Join(platforms(t, mirror), " "))
}

// platforms returns an option for every platform that a mirror has an archive for. Locking them has the CLI open each.
func platforms(t *testing.T, mirror string) []string {
	t.Helper()
	archives, err := filepath.Glob(filepath.Join(mirror, "registry.terraform.io", "*", "*", "*.zip"))
	must(t, err)
	options := make([]string, 0, len(archives))
	for _, archive := range archives {
		parts := strings.Split(strings.TrimSuffix(filepath.Base(archive), ".zip"), "_")
		options = append(options, "-platform="+strings.Join(parts[len(parts)-2:], "_"))
	}
	return options
}

// packMirror builds the provider for this machine and packs it as a release does.
func packMirror(t *testing.T) string {
	t.Helper()
	built, mirror := t.TempDir(), t.TempDir()
	program := filepath.Join(built, "terraform-provider-webhook_v0.0.1")
	out, err := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-X main.version=0.0.1", "-o", program, "../..").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	must(t, w.AddFS(os.DirFS(built)))
	must(t, w.Close())
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		home := filepath.Join(mirror, host, "webhook-providers", "webhook")
		must(t, os.MkdirAll(home, 0o700))
		name := "terraform-provider-webhook_0.0.1_" + runtime.GOOS + "_" + runtime.GOARCH + ".zip"
		must(t, os.WriteFile(filepath.Join(home, name), archive.Bytes(), 0o600))
	}
	return mirror
}
