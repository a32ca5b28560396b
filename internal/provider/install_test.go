package provider_test

import (
	"archive/zip"
	"io"
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
	agents := userAgents(t, &env.At("dfns").URL)
	cli := env.CLIFrom(t, mirror, "../../examples/demo")
	run := func(arguments ...string) {
		t.Helper()
		if out, err := env.Run(t, cli, arguments...); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}

	run("apply", "-no-color", "-auto-approve")
	if webhooks, subscriptions := env.Dfns.Webhooks(), env.Enfinitos.Subscriptions(); len(webhooks) != 1 || len(subscriptions) != 1 {
		t.Errorf("the apply made %v and %v", webhooks, subscriptions)
	}
	run("plan", "-no-color", "-detailed-exitcode")
	run("destroy", "-no-color", "-auto-approve")
	if webhooks, subscriptions := env.Dfns.Webhooks(), env.Enfinitos.Subscriptions(); len(webhooks)+len(subscriptions) != 0 {
		t.Errorf("the destroy left %v and %v", webhooks, subscriptions)
	}
	for _, agent := range agents() {
		if want := " terraform-provider-webhook/" + acctest.MirrorVersion(t, mirror); !strings.HasSuffix(agent, want) {
			t.Errorf("the provider calls itself %q, want%s", agent, want)
		}
	}
	run(append([]string{"providers", "lock", "-fs-mirror=" + mirror}, platforms(t, mirror)...)...)
}

// userAgents puts a proxy before an API of the sandbox and returns a function that tells who has called.
func userAgents(t *testing.T, baseURL *string) func() []string {
	t.Helper()
	var mutex sync.Mutex
	var agents []string
	acctest.Rewrite(t, baseURL, func(answer *http.Response) error {
		mutex.Lock()
		defer mutex.Unlock()
		agents = append(agents, answer.Request.UserAgent())
		return nil
	})
	return func() []string {
		mutex.Lock()
		defer mutex.Unlock()
		if len(agents) == 0 {
			t.Error("nobody has called")
		}
		return agents
	}
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
	dir := t.TempDir()
	program := filepath.Join(dir, "terraform-provider-webhook_v0.0.1")
	out, err := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-X main.version=0.0.1", "-o", program, "../..").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	name := "terraform-provider-webhook_0.0.1_" + runtime.GOOS + "_" + runtime.GOARCH + ".zip"
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		home := filepath.Join(dir, "mirror", host, "webhook-providers", "webhook")
		must(t, os.MkdirAll(home, 0o700))
		pack(t, filepath.Join(home, name), program)
	}
	return filepath.Join(dir, "mirror")
}

func pack(t *testing.T, archive, program string) {
	t.Helper()
	out, err := os.Create(archive)
	must(t, err)
	in, err := os.Open(program)
	must(t, err)
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	must(t, err)
	header, err := zip.FileInfoHeader(info)
	must(t, err)
	w := zip.NewWriter(out)
	entry, err := w.CreateHeader(header)
	must(t, err)
	_, err = io.Copy(entry, in)
	must(t, err)
	must(t, w.Close())
	must(t, out.Close())
}
