package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// latency is how long the API takes for a call, slowLatency how much longer it takes in a slow plan.
const latency, slowLatency = 30 * time.Millisecond, 3 * time.Second

// floor returns how long the fewest calls that create n webhooks at Dfns take: three each, for ten webhooks at a time, as
// Terraform works. Every client has to wait for that.
func floor(n int) float64 { return (3 * latency * time.Duration((n+9)/10)).Seconds() }

// operations are the commands in the order in which they are measured.
var operations = []struct{ name, command string }{
	{"apply", "apply -auto-approve -var=text=before"},
	{"plan", "plan -detailed-exitcode -var=text=before"},
	{slowPlan, "plan -detailed-exitcode -var=text=before"},
	{"update", "apply -auto-approve -var=text=after"},
	{"destroy", "destroy -auto-approve -var=text=after"},
}

// slowPlan is a plan while the API is slow. Only this provider makes it, and only with the most webhooks.
const slowPlan = "slow plan"

const configuration = `
terraform {
  backend "http" {}
  required_providers {
    webhook = { source = "webhook-providers/webhook" }
  }
}
variable "n" { type = number }
variable "text" { type = string }
`

const dfnsConfiguration = configuration + `
resource "webhook_dfns" "all" {
  count       = var.n
  url         = "https://hooks.example.com/${count.index}"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = var.text
}
`

const enfinitosConfiguration = configuration + `
resource "webhook_enfinitos" "all" {
  count  = var.n
  url    = "https://hooks.example.com/${count.index}"
  events = ["right.issued", "right.revoked"]
  label  = "webhook ${count.index}"
  active = var.text == "before"
}
`

// measureCommands has every contender make every operation. They take turns, so that what the machine does besides hits all of
// them alike.
func (b *bench) measureCommands(ctx context.Context, n int) error {
	contenders := []*contender{
		{who: "webhook", plugins: b.plugins("webhook"), configuration: dfnsConfiguration, n: n},
		{who: "null", plugins: b.plugins("null"), configuration: dfnsConfiguration, n: n},
		{who: "enfinitos", plugins: b.plugins("webhook"), configuration: enfinitosConfiguration, n: n},
	}
	for _, c := range contenders {
		if err := c.start(ctx, b); err != nil {
			return err
		}
		defer c.close()
	}
	for _, operation := range operations {
		slow := operation.name == slowPlan
		for _, c := range contenders {
			if slow && (c.who != "webhook" || n != b.sizes[len(b.sizes)-1]) {
				continue
			}
			if err := c.measure(ctx, b.samples, operation.name, operation.command, slow); err != nil {
				return fmt.Errorf("%s of %s: %w", operation.name, c.who, err)
			}
		}
	}
	return nil
}

// contender has a CLI manage webhooks with a provider.
type contender struct {
	who, plugins, configuration string
	n                           int

	sandbox  *sandbox.Sandbox
	state    *httptest.Server
	cli, dir string
}

func (c *contender) start(ctx context.Context, b *bench) (err error) {
	c.cli, c.state = b.cli, newStateServer()
	config := sandbox.Config{Latency: latency, EnfinitosConventional: true}
	if c.sandbox, err = sandbox.Start(config); err != nil { //nolint:contextcheck // it serves until Close
		return err
	}
	if c.dir, err = os.MkdirTemp(b.dir, c.who+"-*"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.dir, "main.tf"), []byte(c.configuration), 0o600); err != nil {
		return err
	}
	return c.run(ctx, "init", "-plugin-dir="+c.plugins, "-backend-config=address="+c.state.URL)
}

func (c *contender) close() {
	c.sandbox.Close()
	c.state.Close()
}

// newStateServer returns a server that keeps the state of one configuration for the CLI's backend "http". It stands for the
// backends that most pipelines use: a state in a file is written whole after every change, which with many instances takes
// longer than all that is measured here.
func newStateServer() *httptest.Server {
	var states sync.Map
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			state, _ := io.ReadAll(r.Body)
			states.Store("", state)
		} else if state, ok := states.Load(""); ok {
			_, _ = w.Write(state.([]byte)) //nolint:forcetypeassert // stored above
		} else {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
}

// run runs the CLI. It reads no settings of whoever runs this, and does not look for its own updates.
func (c *contender) run(ctx context.Context, arguments ...string) error {
	command := exec.CommandContext(ctx, c.cli, arguments...)
	command.Dir = c.dir
	command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"METER="+c.meter(), fmt.Sprintf("TF_VAR_n=%d", c.n))
	for name, value := range c.sandbox.Env() {
		command.Env = append(command.Env, name+"="+value)
	}
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", c.cli, strings.Join(arguments, " "), err, text)
	}
	return nil
}

// meter is where the provider's processes leave what they used.
func (c *contender) meter() string { return filepath.Join(c.dir, "meter") }

func (c *contender) measure(ctx context.Context, into samples, operation, command string, slow bool) error {
	if err := os.Remove(c.meter()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if slow {
		fault := sandbox.Fault{Effect: sandbox.Delay, Milliseconds: int(slowLatency.Milliseconds())}
		if err := c.sandbox.DfnsCalls.AddFault(fault); err != nil {
			return err
		}
		defer c.sandbox.DfnsCalls.ClearFaults()
	}
	c.sandbox.DfnsCalls.ForgetCalls()
	c.sandbox.EnfinitosCalls.ForgetCalls()
	start := time.Now()
	if err := c.run(ctx, strings.Fields(command)...); err != nil {
		return err
	}
	name := sampleName(operation, c.n, c.who)
	into.add(name, "sec/op", time.Since(start).Seconds())
	into.add(name, "calls/op", float64(len(c.sandbox.DfnsCalls.Journal())+len(c.sandbox.EnfinitosCalls.Journal())))
	text, err := os.ReadFile(c.meter())
	if err != nil {
		return err
	}
	cpu, peak, err := readMeter(string(text))
	into.add(name, "cpu-sec/op", cpu)
	into.add(name, "peak-MB", peak)
	return err
}

// readMeter returns the CPU time of the provider's processes together in seconds, and the largest peak of their memory in MB.
func readMeter(text string) (cpu, peak float64, err error) {
	for line := range strings.Lines(text) {
		var nanoseconds, bytes float64
		if _, err := fmt.Sscan(line, &nanoseconds, &bytes); err != nil {
			return 0, 0, fmt.Errorf("what a provider used is %q: %w", line, err)
		}
		cpu += nanoseconds
		peak = max(peak, bytes)
	}
	return cpu / 1e9, peak / 1e6, nil
}
