//go:build sdk

package sandbox_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// TestTypeScriptSDK has the vendor's own client perform every webhook operation against the sandbox. It needs Node.js,
// and npm with a registry, so it has a build tag of its own.
func TestTypeScriptSDK(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{Clock: time.Now})
	dir := t.TempDir() // so that the tree stays without node_modules
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("dfns", "testdata", "typescript-sdk"))); err != nil {
		t.Fatal(err)
	}
	run(t, dir, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	run(t, dir, s.Env(), "node", "operations.mjs")

	var operations []string // without the calls that sign them, and without ids and queries
	for _, line := range journal(s.DfnsCalls) {
		if !strings.Contains(line, " /auth/") {
			operations = append(operations, regexp.MustCompile(`-[a-z0-9]{5}-[a-z0-9-]+|\?\S+`).ReplaceAllString(line, ""))
		}
	}
	sandboxtest.Same(t, slices.Compact(operations), []string{
		"POST /webhooks 200", "GET /webhooks 200", "GET /webhooks/wh 200", "PUT /webhooks/wh 200", "POST /webhooks/wh/ping 200",
		"GET /webhooks/wh/events 200", "GET /webhooks/wh/events/whe 200", "DELETE /webhooks/wh 200",
		"GET /webhooks/wh 404", // shows that the SDK reads an error
	})
	sandboxtest.Same(t, len(s.Dfns.Webhooks()), 0)
}

func run(t *testing.T, dir string, env map[string]string, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = dir
	command.Env = os.Environ()
	for key, value := range env {
		command.Env = append(command.Env, key+"="+value)
	}
	out, err := command.CombinedOutput()
	t.Logf("%s:\n%s", command, out)
	if err != nil {
		t.Fatal(err)
	}
}
