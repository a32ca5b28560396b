package acctest

import (
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
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The CLI of a test must read neither the configuration nor the TF_ settings of the user, except those of the tests, and must not
// check for a newer version. And the testing library makes OpenTofu look for its providers in Terraform's registry, unless this
// is set.
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

// isOpenTofu reports whether the tests run OpenTofu. It reports a Terraform version that it is not, so only the name of the program
// is reliable.
func isOpenTofu() bool {
	return filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH")) == "tofu"
}

// registry is the registry host that the CLI uses for a provider source without a host.
func registry() string {
	if isOpenTofu() {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}

// WithIdentity limits a test to CLIs with resource identity: Terraform 1.12 and OpenTofu 1.12.
func WithIdentity() []tfversion.TerraformVersionCheck {
	return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)}
}

// WithActions limits a test to a CLI with actions and lists: Terraform 1.14. OpenTofu has neither, whatever version it reports.
func WithActions() []tfversion.TerraformVersionCheck {
	checks := []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)}
	if isOpenTofu() {
		checks = append(checks, tfversion.SkipAbove(version.Must(version.NewVersion("0.0.1"))))
	}
	return checks
}

// WithEphemerals excludes OpenTofu 1.11, which reports the ephemeral resources of a plan without changes as changes.
func WithEphemerals() []tfversion.TerraformVersionCheck {
	if isOpenTofu() {
		return []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)}
	}
	return nil
}

// RequireActions is WithActions for a test that drives the CLI itself.
func RequireActions(t *testing.T) {
	t.Helper()
	if !HasActions(t) {
		t.Skip("this CLI has no actions and no lists")
	}
}

// HasActions reports whether the CLI has actions and lists.
func HasActions(t *testing.T) bool {
	t.Helper()
	product, at := cliVersion(t)
	return product == "Terraform" && at.GreaterThanOrEqual(tfversion.Version1_14_0)
}

// RequireIdentity is WithIdentity for a test that drives the CLI itself.
func RequireIdentity(t *testing.T) {
	t.Helper()
	if !HasIdentity(t) {
		t.Skip("this CLI knows no identity")
	}
}

// HasIdentity reports whether the CLI knows the identity of resources.
func HasIdentity(t *testing.T) bool {
	t.Helper()
	_, at := cliVersion(t)
	return at.GreaterThanOrEqual(tfversion.Version1_12_0)
}

// KnowsCaller reports whether an action can refer to the resource that triggers it as caller, which needs Terraform 1.16.
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

// Run runs a CLI command that the testing library does not support, and returns its output.
func (e *Env) Run(t *testing.T, cli *tfexec.Terraform, arguments ...string) (string, error) {
	t.Helper()
	return e.RunWith(t, cli, nil, arguments...)
}

// RunWith is Run with additional environment variables, as NAME=value, which override those of the sandbox.
func (e *Env) RunWith(t *testing.T, cli *tfexec.Terraform, environment []string, arguments ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), cli.ExecPath(), arguments...)
	command.Dir = cli.WorkingDir()
	command.Env = append(e.environ(), environment...)
	out, err := command.CombinedOutput()
	return string(out), err
}

// environ returns this process's environment, without the accounts in it, plus that of the sandbox.
func (e *Env) environ() []string {
	out := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return slices.ContainsFunc(sandbox.Titles(), func(vendor string) bool { return strings.HasPrefix(variable, prefix(vendor)) })
	})
	for name, value := range e.Env() {
		out = append(out, name+"="+value)
	}
	return out
}

// CLI returns a CLI in its own directory with the configuration, initialized with the built provider as a user would have it: a
// separate program in a plugin directory.
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

// CLIFrom is CLIFor with the provider from a filesystem mirror, in the only version that it has for this machine. The CLI finds the
// mirror through its configuration, as a user's does, and uses nothing else.
func (e *Env) CLIFrom(t *testing.T, mirror, source string) *tfexec.Terraform {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"cli.tfrc": fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror),
		// Without an exact version, a CLI ignores the version of a snapshot, as every pre-release.
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

// MirrorVersion returns the version of the provider in a filesystem mirror for this machine.
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

// Readdress gives the provider another address, such as example.com/mirror/webhook, and replaces texts of the configuration, in pairs.
func (e *Env) Readdress(t *testing.T, cli *tfexec.Terraform, address string, oldnew ...string) {
	t.Helper()
	mirror, config := t.TempDir(), filepath.Join(cli.WorkingDir(), "main.tf")
	text, err := os.ReadFile(config)
	if err == nil {
		renamed := strings.NewReplacer(append(oldnew, "webhook-providers/webhook", address)...).Replace(string(text))
		err = os.WriteFile(config, []byte(renamed), 0o600)
	}
	if err == nil {
		built := filepath.Join(pluginDir(t), registry(), "webhook-providers", "webhook")
		err = os.CopyFS(filepath.Join(mirror, filepath.FromSlash(address)), os.DirFS(built))
	}
	if err == nil {
		err = cli.Init(t.Context(), tfexec.PluginDir(pluginDir(t)), tfexec.PluginDir(mirror))
	}
	if err != nil {
		t.Fatal(err)
	}
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

// CLIPath returns the path of the CLI that the tests run.
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

// build installs the program with a rename, because tests of other packages may be building or running it at the same time. The
// temporary file is in another directory, because a CLI includes every file beside the program in the checksum of its lock file.
func build(drafts, program string) error {
	if err := os.MkdirAll(filepath.Dir(program), 0o750); err != nil {
		return err
	}
	draft := filepath.Join(drafts, fmt.Sprintf(".%s.%d", filepath.Base(program), os.Getpid()))
	_ = os.Link(program, draft) // go build leaves a program that is up to date as it is
	defer func() { _ = os.Remove(draft) }()
	module := "github.com/webhook-providers/terraform-provider-webhook"
	command := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", draft, module)
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return os.Rename(draft, program)
}
