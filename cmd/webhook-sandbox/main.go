// Command webhook-sandbox serves stand-ins for the vendors' webhook APIs on loopback, for testing Terraform modules.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

func main() {
	var config sandbox.Config
	flag.StringVar(&config.DfnsAddress, "dfns", "127.0.0.1:0", "loopback `HOST:PORT` of the Dfns stand-in; port 0 picks a free one")
	flag.StringVar(&config.EnfinitosAddress, "enfinitos", "127.0.0.1:0", "loopback `HOST:PORT` of the EnfinitOS stand-in")
	flag.Func("enfinitos-api",
		"`MODE` of EnfinitOS: documented (the default) serves the five documented calls, conventional get, list and delete too",
		func(name string) error { return enfinitosAPI(&config, name) })
	flag.DurationVar(&config.Latency, "latency", 0, "time added to every answer, such as 30ms")
	flag.Uint64Var(&config.Seed, "seed", 0, "makes ids, secrets and keys the same in every run; 0 means they differ")
	flag.StringVar(&config.StatePath, "state", "", "`PATH` of a file that keeps webhooks, keys and deliveries from one start to the next")
	flag.Float64Var(&config.TimeScale, "time-scale", 1, "divides the vendors' waits between delivery attempts: with 86400 a day is a second")
	flag.Var((*receiverAddress)(&config.ReceiverAddress), "receiver",
		"also run a receiver that verifies deliveries and prints them; -receiver=`HOST:PORT` says where")
	envFile := flag.String("env-file", "", "`PATH` to write the export lines to, once the sandbox listens")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "webhook-sandbox: what is %q? Options have the form -name=value\n", flag.Arg(0))
		os.Exit(2)
	}
	config.Log = os.Stderr

	if err := run(config, *envFile); err != nil {
		fmt.Fprintln(os.Stderr, "webhook-sandbox:", err)
		os.Exit(1)
	}
}

func enfinitosAPI(config *sandbox.Config, name string) error {
	if name != "documented" && name != "conventional" {
		return errors.New("it is documented or conventional")
	}
	config.EnfinitosConventional = name == "conventional"
	return nil
}

// receiverAddress is a flag that may be given without a value, which means a free port.
type receiverAddress string

// String implements flag.Value.
func (a *receiverAddress) String() string { return string(*a) }

// IsBoolFlag lets the flag stand without a value.
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
