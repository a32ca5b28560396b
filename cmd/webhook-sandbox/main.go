// Command webhook-sandbox simulates the vendors' webhook APIs on loopback, for testing Terraform modules.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

func main() {
	var config sandbox.Config
	flag.StringVar(&config.DfnsAddress, "dfns", "127.0.0.1:0", "loopback `HOST:PORT` of the simulated Dfns API; port 0 selects a free port")
	flag.StringVar(&config.EnfinitosAddress, "enfinitos", "127.0.0.1:0", "loopback `HOST:PORT` of the simulated EnfinitOS API")
	flag.Func("enfinitos-api",
		"`MODE` of EnfinitOS: documented (the default) serves the five documented calls, conventional also get, list and delete",
		func(name string) error { return enfinitosAPI(&config, name) })
	flag.BoolVar(&config.DfnsBareEvents, "dfns-bare-events", false,
		"events of Dfns have only the fields of its published schema: no deliveryFailed, deliveryAttempt, retryOf, "+
			"nextAttemptDate")
	flag.DurationVar(&config.Latency, "latency", 0, "delay of every answer, such as 30ms")
	flag.Uint64Var(&config.Seed, "seed", 0, "makes ids, secrets and keys the same in every run; with 0 they differ")
	flag.StringVar(&config.StatePath, "state", "", "`PATH` of a file that keeps webhooks, keys and deliveries across restarts")
	flag.Float64Var(&config.TimeScale, "time-scale", 1, "divides the vendors' waits between delivery attempts: 86400 makes a day a second")
	flag.Var((*receiverAddress)(&config.ReceiverAddress), "receiver",
		"also run a receiver that verifies and prints deliveries; -receiver=`HOST:PORT` sets its address")
	envFile := flag.String("env-file", "", "`PATH` of a file for the export lines, written once the sandbox listens")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "webhook-sandbox: unexpected argument %q; options have the form -name=value\n", flag.Arg(0))
		os.Exit(2)
	}
	config.Log = os.Stderr

	if err := run(config, *envFile); err != nil {
		fmt.Fprintln(os.Stderr, "webhook-sandbox:", err)
		os.Exit(1)
	}
}

// usage prints the options, and what the sandbox can be told while it runs.
func usage() {
	out := flag.CommandLine.Output()
	_, _ = fmt.Fprintln(out, "Usage of webhook-sandbox:")
	flag.PrintDefaults()
	_, _ = fmt.Fprintf(out, `
Control calls, at each URL under /_sandbox/:
  GET requests          the calls so far
  POST, DELETE faults   make calls go wrong, end that; effects: %s
  POST events           deliver an event
  POST credentials      add a credential (Dfns)
  GET state             what the page shows
  POST reset            forget everything but the account
`, strings.Join(sandbox.Effects, ", "))
}

func enfinitosAPI(config *sandbox.Config, name string) error {
	if name != "documented" && name != "conventional" {
		return errors.New("must be documented or conventional")
	}
	config.EnfinitosConventional = name == "conventional"
	return nil
}

// receiverAddress is a flag whose value is optional. Without a value, the port is chosen automatically.
type receiverAddress string

// String implements flag.Value.
func (a *receiverAddress) String() string { return string(*a) }

// IsBoolFlag allows the flag without a value.
func (a *receiverAddress) IsBoolFlag() bool { return true }

// Set implements flag.Value.
func (a *receiverAddress) Set(text string) error {
	switch text {
	case "true":
		*a = "127.0.0.1:0"
	case "false":
		*a = ""
	default:
		*a = receiverAddress(text)
	}
	return nil
}

func run(config sandbox.Config, envFile string) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)

	s, err := sandbox.Start(config)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Print(s.EnvFile())
	if envFile != "" {
		if err := s.WriteEnvFile(envFile); err != nil {
			return err
		}
	}
	<-stop
	return nil
}
