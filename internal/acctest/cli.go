package acctest

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// The CLI of a test must read neither the configuration nor the settings of whoever runs it, but for those of the tests
// themselves, nor ask for a newer version of itself. And the testing library asks OpenTofu for its providers at Terraform's
// registry unless it is told otherwise.
func init() {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "TF_ACC") {
			_ = os.Unsetenv(name)
		}
	}
	_ = os.Setenv("TF_CLI_CONFIG_FILE", os.DevNull)
	_ = os.Setenv("CHECKPOINT_DISABLE", "1")
	if isOpenTofu() {
		_ = os.Setenv("TF_ACC_PROVIDER_HOST", registry())
		_ = os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "hashicorp")
	}
}

// isOpenTofu tells which of the two the tests run. OpenTofu says of itself that it is a Terraform of a version it is
// not, so only the name of the program is to be trusted.
func isOpenTofu() bool {
	return filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH")) == "tofu"
}

// registry is the host at which the CLI looks for a provider whose source names none.
func registry() string {
	if isOpenTofu() {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}

// WithIdentity lets a test run on the CLIs that keep a resource's identity: Terraform 1.12 and OpenTofu 1.12.
func WithIdentity() []tfversion.TerraformVersionCheck {
	return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)}
}

// WithActions lets a test run on the CLI that has actions and lists: Terraform 1.14. OpenTofu has neither, whatever the
// version it calls itself.
func WithActions() []tfversion.TerraformVersionCheck {
	checks := []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)}
	if isOpenTofu() {
		checks = append(checks, tfversion.SkipAbove(version.Must(version.NewVersion("0.0.1"))))
	}
	return checks
}

// WithEphemerals keeps a test from OpenTofu 1.11, which takes the ephemeral resources of a plan without changes for changes.
func WithEphemerals() []tfversion.TerraformVersionCheck {
	if isOpenTofu() {
		return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)}
	}
	return nil
}

// RequireActions is WithActions for a test that drives the CLI itself.
func RequireActions(t *testing.T) {
	t.Helper()
	if product, at := cliVersion(t); product != "Terraform" || at.LessThan(tfversion.Version1_14_0) {
		t.Skip("this CLI has no actions and no lists")
	}
}

// RequireIdentity is WithIdentity for a test that drives the CLI itself.
func RequireIdentity(t *testing.T) {
	t.Helper()
	if _, at := cliVersion(t); at.LessThan(tfversion.Version1_12_0) {
		t.Skip("this CLI knows no identity")
	}
}

// KnowsCaller tells whether an action may speak of the resource that triggers it, as Terraform 1.16 wants it.
func KnowsCaller(t *testing.T) bool {
	t.Helper()
	_, at := cliVersion(t)
	return at.GreaterThanOrEqual(version.Must(version.NewVersion("1.16.0")))
}

func cliVersion(t *testing.T) (product string, at *version.Version) {
	t.Helper()
	out, err := exec.Command(CLIPath(t), "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`^(Terraform|OpenTofu) v(\S+)`).FindStringSubmatch(string(out))
	if found == nil {
		t.Fatalf("no CLI that is known calls itself %q", out)
	}
	return found[1], version.Must(version.NewVersion(found[2]))
}

// Run runs a command of the CLI that its library does not know and returns what it prints.
func (e *Env) Run(t *testing.T, cli *tfexec.Terraform, arguments ...string) (string, error) {
	t.Helper()
	return e.RunWith(t, cli, nil, arguments...)
}

// RunWith is Run with further environment variables, as NAME=value, which win over those of the sandbox.
func (e *Env) RunWith(t *testing.T, cli *tfexec.Terraform, environment []string, arguments ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), cli.ExecPath(), arguments...)
	command.Dir = cli.WorkingDir()
	command.Env = append(e.environ(), environment...)
	out, err := command.CombinedOutput()
	return string(out), err
}

// environ returns this process's environment, without anybody's accounts, with what the sandbox adds to it.
func (e *Env) environ() []string {
	out := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "DFNS_") || strings.HasPrefix(variable, "ENFINITOS_")
	})
	for name, value := range e.Env() {
		out = append(out, name+"="+value)
	}
	return out
}

// Plugin is a provider's process that the test started and may kill.
type Plugin struct {
	// Environment is the variable by which a CLI uses this process instead of starting one.
	Environment string

	command *exec.Cmd
	stderr  bytes.Buffer
}

// StartPlugin starts the built provider in the directory of a CLI, as someone does who wants to attach a debugger. It sees
// the sandbox's environment variables and further ones, which win over those: what the CLI's own environment holds does not
// reach it.
func (e *Env) StartPlugin(t *testing.T, cli *tfexec.Terraform, environment ...string) *Plugin {
	t.Helper()
	host := registry()
	programs, err := filepath.Glob(filepath.Join(pluginDir(t), host, "*", "*", "*", "*", "terraform-provider-*"))
	if err != nil || len(programs) != 1 {
		t.Fatalf("the built provider was not found: %q, %v", programs, err)
	}
	plugin := &Plugin{command: exec.Command(programs[0], "-debug")}
	plugin.command.Stderr = &plugin.stderr
	plugin.command.Dir = cli.WorkingDir()
	plugin.command.Env = append(e.environ(), environment...)
	out, err := plugin.command.StdoutPipe()
	if err == nil {
		err = plugin.command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plugin.Kill)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, value, found := strings.Cut(lines.Text(), "TF_REATTACH_PROVIDERS='"); found {
			value = strings.Replace(strings.TrimSuffix(value, "'"), "registry.terraform.io", host, 1)
			plugin.Environment = "TF_REATTACH_PROVIDERS=" + value
			if socket := regexp.MustCompile(`"String":"([^"]+)"`).FindStringSubmatch(value); socket != nil {
				t.Cleanup(func() { _ = os.Remove(socket[1]) }) // which nobody else removes once the process is killed
			}
			return plugin
		}
	}
	t.Fatal("the provider did not say how to attach to it")
	return nil
}

// Kill ends the process at once, as a crash or an operator would.
func (p *Plugin) Kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

// Crash ends the process as the Go runtime does when it finds something fatally wrong, and returns what it prints.
func (p *Plugin) Crash() string {
	_ = p.command.Process.Signal(syscall.SIGABRT)
	_ = p.command.Wait()
	return p.stderr.String()
}

// CLI returns a command line tool in a directory of its own that holds the configuration, initialized with the built
// provider as a user would have it: a program of its own, found in a plugin directory.
func (e *Env) CLI(t *testing.T, config string) *tfexec.Terraform {
	t.Helper()
	dir := t.TempDir()
	header := "terraform {\n  required_providers {\n    webhook = { source = \"webhook-providers/webhook\" }\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(header+config), 0o600); err != nil {
		t.Fatal(err)
	}
	return e.initialized(t, dir)
}

// CLIFor is CLI for a copy of a directory, with everything in it.
func (e *Env) CLIFor(t *testing.T, source string) *tfexec.Terraform {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	return e.initialized(t, dir)
}

// CLIFrom is CLIFor with the provider installed from a filesystem mirror, in the one version that it holds for this
// machine. The CLI finds the mirror as a user's does, by its configuration, and asks nobody else.
func (e *Env) CLIFrom(t *testing.T, mirror, source string) *tfexec.Terraform {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"cli.tfrc": fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror),
		// Without an exact version, a CLI passes over the version of a snapshot as over any other pre-release.
		"version_override.tf": fmt.Sprintf("terraform {\n  required_providers {\n    webhook = {\n"+
			"      source  = \"webhook-providers/webhook\"\n      version = %q\n    }\n  }\n}\n", MirrorVersion(t, mirror)),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cli := e.at(t, dir)
	configuration := []string{"TF_CLI_CONFIG_FILE=" + filepath.Join(dir, "cli.tfrc")}
	if out, err := e.RunWith(t, cli, configuration, "init", "-no-color"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return cli
}

// MirrorVersion returns the version of the provider that a filesystem mirror holds for this machine.
func MirrorVersion(t *testing.T, mirror string) string {
	t.Helper()
	end := "_" + runtime.GOOS + "_" + runtime.GOARCH + ".zip"
	start := filepath.Join(mirror, registry(), "webhook-providers", "webhook", "terraform-provider-webhook_")
	files, err := filepath.Glob(start + "*" + end)
	if err != nil || len(files) != 1 {
		t.Fatalf("the mirror holds %q for this machine, not one archive: %v", files, err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(files[0], start), end)
}

func (e *Env) initialized(t *testing.T, dir string) *tfexec.Terraform {
	t.Helper()
	cli := e.at(t, dir)
	if err := cli.Init(t.Context(), tfexec.PluginDir(pluginDir(t))); err != nil {
		t.Fatal(err)
	}
	return cli
}

func (e *Env) at(t *testing.T, dir string) *tfexec.Terraform {
	t.Helper()
	cli, err := tfexec.NewTerraform(dir, CLIPath(t))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"TF_CLI_CONFIG_FILE": os.DevNull, "HOME": dir, "PATH": os.Getenv("PATH")}
	maps.Copy(env, e.Env())
	if err := cli.SetEnv(env); err != nil {
		t.Fatal(err)
	}
	return cli
}

// CLIPath returns the program that the tests run.
func CLIPath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	path, err := exec.LookPath("terraform")
	if err != nil {
		t.Fatalf("set TF_ACC_TERRAFORM_PATH to a Terraform or OpenTofu (make test does): %v", err)
	}
	return path
}

var builtPlugin struct {
	once sync.Once
	dir  string
	err  error
}

// pluginDir builds the provider, once for all tests of a package, and returns the directory in which a CLI finds it.
func pluginDir(t *testing.T) string {
	t.Helper()
	builtPlugin.once.Do(func() { builtPlugin.dir, builtPlugin.err = buildPlugin() })
	if builtPlugin.err != nil {
		t.Fatal(builtPlugin.err)
	}
	return builtPlugin.dir
}

func buildPlugin() (string, error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	bin := filepath.Join(strings.TrimSpace(string(root)), "bin")
	dir := filepath.Join(bin, "plugins")
	home := filepath.Join(dir, registry(), "webhook-providers", "webhook", "0.0.1", runtime.GOOS+"_"+runtime.GOARCH)
	return dir, build(bin, filepath.Join(home, "terraform-provider-webhook_v0.0.1"))
}

// build puts the program in place by a rename, because tests of other packages may be building or running it right now.
// What is not finished is kept elsewhere: to a CLI, every file beside the program is part of what its lock file has summed.
func build(drafts, program string) error {
	if err := os.MkdirAll(filepath.Dir(program), 0o750); err != nil {
		return err
	}
	draft := filepath.Join(drafts, fmt.Sprintf(".%s.%d", filepath.Base(program), os.Getpid()))
	command := exec.Command("go", "build", "-buildvcs=false", "-o", draft, "github.com/webhook-providers/terraform-provider-webhook")
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return os.Rename(draft, program)
}
