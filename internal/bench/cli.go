package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/bench/floor"
)

// cliEnvironment keeps a CLI from reading the settings of whoever runs it and from looking for its own updates.
var cliEnvironment = []string{"TF_CLI_CONFIG_FILE=" + os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1"}

// operations in the order in which they are measured.
var operations = []string{"apply", "plan", "update", "destroy"}

// order is that of the contenders.
var order = []string{"webhook", "null", "terraform_data", "floor", "enfinitos"}

// contender does the operations on some number of webhooks.
type contender interface {
	// do makes an operation and returns what it measured beside the time.
	do(ctx context.Context, operation string) (map[string]float64, error)
	// calls returns how many calls the API has had, 0 where there is no API.
	calls(ctx context.Context) (float64, error)
	close()
}

// measureCLI has every contender make every operation, one operation after the other, so that what the machine does
// besides hits all of them alike.
func measureCLI(ctx context.Context, o options, built programs, n int, out io.Writer) error {
	contenders, err := start(ctx, o, built, n)
	defer func() {
		for _, c := range contenders {
			c.close()
		}
	}()
	if err != nil {
		return err
	}
	for _, operation := range operations {
		for _, name := range order {
			if contenders[name] == nil {
				continue
			}
			values, err := timed(ctx, contenders[name], operation)
			if err != nil {
				return fmt.Errorf("%s of %s: %w", operation, name, err)
			}
			_, _ = fmt.Fprintln(out, line(fmt.Sprintf("CLI/n=%d/op=%s/who=%s", n, operation, name), values))
		}
	}
	return nil
}

func timed(ctx context.Context, c contender, operation string) (map[string]float64, error) {
	before, err := c.calls(ctx)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	values, err := c.do(ctx, operation)
	took := time.Since(start)
	if err != nil {
		return nil, err
	}
	after, err := c.calls(ctx)
	values["ns/op"], values["calls/op"] = float64(took.Nanoseconds()), after-before
	return values, err
}

// manyEnfinitos is from how many on EnfinitOS is left out: its calls are as many as those of Dfns at best.
const manyEnfinitos = 200

// start returns the contenders by name, those that were started before an error among them.
func start(ctx context.Context, o options, built programs, n int) (map[string]contender, error) {
	out := map[string]contender{}
	for _, name := range order {
		if name == "enfinitos" && n >= manyEnfinitos {
			continue
		}
		var server *api
		var err error
		if name != "null" && name != "terraform_data" {
			server, err = startAPI(ctx, o, built)
		}
		if err != nil {
			return out, err
		}
		if name == "floor" {
			out[name], err = newBare(server, n)
		} else {
			out[name], err = newTerraform(ctx, o, built, name, n, server)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// api is a sandbox that runs as a program.
type api struct {
	command *exec.Cmd
	env     map[string]string
	urls    []string
}

func startAPI(ctx context.Context, o options, built programs) (*api, error) {
	command := exec.CommandContext(ctx, built.sandbox, "-latency", o.latency.String(), "-enfinitos-api", "conventional")
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	printed, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return nil, err
	}
	out := &api{command: command, env: map[string]string{}}
	text := bufio.NewReader(printed)
	for len(out.env) < 6 { // the variables that the sandbox prints once it listens
		entry, err := text.ReadString('\'')
		if err == nil {
			var value string
			value, err = text.ReadString('\'')
			name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(entry), "export "), "='")
			out.env[name] = strings.TrimSuffix(value, "'")
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("the sandbox did not say where it listens: %w", err), command.Wait())
		}
	}
	out.urls = []string{out.env["DFNS_API_URL"], out.env["ENFINITOS_API_URL"]}
	return out, nil
}

func (a *api) calls(ctx context.Context) (count float64, err error) {
	if a == nil {
		return 0, nil
	}
	for _, url := range a.urls {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/_sandbox/requests", nil)
		if err != nil {
			return 0, err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return 0, err
		}
		var journal []struct{}
		err = json.NewDecoder(response.Body).Decode(&journal)
		_ = response.Body.Close()
		if err != nil {
			return 0, err
		}
		count += float64(len(journal))
	}
	return count, nil
}

func (a *api) close() {
	if a != nil {
		_ = a.command.Process.Signal(syscall.SIGTERM)
		_ = a.command.Wait()
	}
}

// terraform has a CLI manage webhooks.
type terraform struct {
	*api
	state   *stateServer
	dir     string
	command func(ctx context.Context, arguments ...string) error
}

var configurations = map[string]string{
	"webhook": requires("webhook") + `
resource "webhook_dfns" "all" {
  count       = var.n
  url         = "https://hooks.example.com/${count.index}"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = var.description
}
`,
	"enfinitos": requires("webhook") + `
resource "webhook_enfinitos" "all" {
  count  = var.n
  url    = "https://hooks.example.com/${count.index}"
  events = ["right.issued", "right.revoked"]
  label  = "webhook ${count.index}"
  active = var.description == "before"
}
`,
	"null": requires("null") + `
resource "null_webhook" "all" {
  count       = var.n
  url         = "https://hooks.example.com/${count.index}"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = var.description
}
`,
	"terraform_data": variables + `
resource "terraform_data" "all" {
  count = var.n
  input = {
    url         = "https://hooks.example.com/${count.index}"
    events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
    description = var.description
  }
}
`,
}

const variables = `
terraform {
  backend "http" {}
}
variable "n" { type = number }
variable "description" { type = string }
`

func requires(provider string) string {
	return fmt.Sprintf("terraform {\n  required_providers {\n    %[1]s = { source = \"webhook-providers/%[1]s\" }\n  }\n}\n", provider) +
		variables
}

func newTerraform(ctx context.Context, o options, built programs, name string, n int, server *api) (*terraform, error) {
	dir, err := os.MkdirTemp(o.dir, name+"-*")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(configurations[name]), 0o600); err != nil {
		return nil, err
	}
	t := &terraform{api: server, state: startStateServer(), dir: dir}
	environment := append(os.Environ(), cliEnvironment...)
	environment = append(environment, "METERED="+t.meter(), fmt.Sprintf("TF_VAR_n=%d", n))
	if server != nil {
		for name, value := range server.env {
			environment = append(environment, name+"="+value)
		}
	}
	t.command = func(ctx context.Context, arguments ...string) error {
		command := exec.CommandContext(ctx, o.cli, arguments...)
		command.Dir, command.Env = dir, environment
		if text, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w\n%s", o.cli, strings.Join(arguments, " "), err, text)
		}
		return nil
	}
	return t, t.command(ctx, "init", "-plugin-dir="+built.plugins, "-backend-config=address="+t.state.URL)
}

func (t *terraform) close() {
	t.api.close()
	t.state.Close()
}

// meter is where the provider's processes leave what they used.
func (t *terraform) meter() string { return filepath.Join(t.dir, "metered") }

func (t *terraform) do(ctx context.Context, operation string) (map[string]float64, error) {
	_ = os.Remove(t.meter())
	var err error
	switch operation {
	case "apply":
		err = t.command(ctx, "apply", "-auto-approve", "-var=description=before")
	case "plan":
		err = t.command(ctx, "plan", "-detailed-exitcode", "-var=description=before")
	case "update":
		err = t.command(ctx, "apply", "-auto-approve", "-var=description=after")
	case "destroy":
		err = t.command(ctx, "destroy", "-auto-approve", "-var=description=after")
	}
	if err != nil {
		return nil, err
	}
	return readMeter(t.meter())
}

// readMeter returns the largest peak of memory and the sum of the CPU time of processes, nothing when there were none.
func readMeter(path string) (map[string]float64, error) {
	out := map[string]float64{}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for entry := range strings.Lines(string(text)) {
		var peak, cpu float64
		if _, err := fmt.Sscan(entry, &peak, &cpu); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, entry, err)
		}
		out["peak-bytes"] = max(out["peak-bytes"], peak)
		out["cpu-ns/op"] += cpu
	}
	return out, nil
}

// bare is the floor: the same webhooks without Terraform.
type bare struct {
	*api
	client   *floor.Client
	webhooks []floor.Webhook
}

func newBare(server *api, n int) (*bare, error) {
	client, err := floor.New(server.env)
	return &bare{api: server, client: client, webhooks: floor.Webhooks(n)}, err
}

func (b *bare) do(ctx context.Context, operation string) (map[string]float64, error) {
	return map[string]float64{}, b.client.Do(ctx, operation, b.webhooks)
}
