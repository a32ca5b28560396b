// Command webhook-sandbox simulates the vendors' webhook APIs on loopback, for testing Terraform modules and receivers.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// version is set by the release build.
var version = "dev"

func main() {
	os.Exit(run(os.Args[1:]))
}

// run returns the exit status.
func run(args []string) int {
	o, err := parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "webhook-sandbox: %v; webhook-sandbox -help lists the options\n", err)
		return 2
	}
	switch {
	case o.help:
		o.usage(os.Stdout)
		return 0
	case o.version:
		fmt.Println("webhook-sandbox", version)
		return 0
	}
	status, err := o.serve()
	if err != nil {
		fmt.Fprintln(os.Stderr, "webhook-sandbox:", err)
		return cmp.Or(status, 1)
	}
	return status
}

// options are what the command line says.
type options struct {
	config        sandbox.Config
	envFile, log  string
	help, version bool
	command       []string
	flags         *flag.FlagSet
}

func parse(args []string) (*options, error) {
	o := &options{flags: flag.NewFlagSet("webhook-sandbox", flag.ContinueOnError)}
	o.flags.SetOutput(io.Discard) // an error is one line, which run prints
	sandbox.AddFlags(o.flags, &o.config)
	o.flags.StringVar(&o.envFile, "env-file", "",
		"`PATH` of a file for the export lines, written once the sandbox listens and removed when it ends")
	o.flags.Func("latency", "`DELAY` of every answer, such as 30ms", func(text string) error { return setLatency(&o.config, text) })
	o.flags.StringVar(&o.log, "log", "", "`PATH` of a file for a line for each call and delivery "+
		"(default standard error, and none beside a command)")
	o.flags.Uint64Var(&o.config.Seed, "seed", 0, "`NUMBER` that makes ids, secrets and keys the same in every run; with 0 they differ")
	o.flags.StringVar(&o.config.StatePath, "state", "", "`PATH` of a file that keeps webhooks, keys and deliveries across restarts")
	o.flags.Float64Var(&o.config.TimeScale, "time-scale", 1, "`NUMBER` that divides the vendors' waits between attempts: 86400 makes a day a second")
	o.flags.BoolVar(&o.config.TLS, "tls", false, "serve https, with a certificate authority that SSL_CERT_FILE names")
	o.flags.Var((*receiverAddress)(&o.config.ReceiverAddress), "receiver",
		"also run a receiver that verifies deliveries; -receiver=`HOST:PORT` sets its address")
	o.flags.BoolVar(&o.version, "version", false, "print the version")

	err := o.flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		o.help = true
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	return o, o.takeCommand(args)
}

// takeCommand takes what follows "--". Without that, an argument is a mistake, such as a flag's value after a blank.
func (o *options) takeCommand(args []string) error {
	rest := o.flags.Args()
	separated := len(rest) < len(args) && args[len(args)-len(rest)-1] == "--"
	if len(rest) > 0 && !separated {
		return fmt.Errorf("unexpected argument %q: write -- before a command, and options as -name=value", rest[0])
	}
	if separated && len(rest) == 0 {
		return errors.New("a command is missing after --")
	}
	o.command = rest
	return nil
}

func setLatency(config *sandbox.Config, text string) (err error) {
	config.Latency, err = time.ParseDuration(text)
	if err != nil && strings.Contains(err.Error(), "missing unit") {
		return fmt.Errorf("write %ss", text)
	}
	if err != nil {
		return errors.New("write a duration, such as 30ms")
	}
	return nil
}

// usage says first what to do.
func (o *options) usage(out io.Writer) {
	_, _ = fmt.Fprintf(out, `webhook-sandbox -- terraform test    runs a command with the variables of a sandbox, and ends with its status
webhook-sandbox -receiver            runs until Ctrl-C, and prints the variables as lines for a shell
Open one of the printed URLs in a browser to see webhooks, deliveries, calls and faults, and to send events.

It simulates the webhook APIs of %s on this machine. Options:
`, strings.Join(sandbox.Titles(), " and "))
	o.flags.SetOutput(out)
	o.flags.PrintDefaults()
	_, _ = fmt.Fprintf(out, `
Control calls, at each URL under /_sandbox/:
  GET requests               the calls so far
  GET, POST, DELETE faults   make calls go wrong; effects: %s
  POST events                deliver an event, such as {"kind": "wallet.created"}
  POST credentials           add a credential (Dfns)
  GET state                  what the page shows
  POST reset                 forget everything but the account
`, strings.Join(sandbox.Effects, ", "))
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

// serve runs the sandbox for as long as the command runs, or until a signal.
func (o *options) serve() (status int, err error) {
	signals := make(chan os.Signal, 10)
	signal.Notify(signals, stopping...)
	program, status, err := find(o.command)
	if err != nil {
		return status, err
	}
	closeLog, err := o.openLog()
	if err != nil {
		return 1, err
	}
	defer closeLog()
	if err := o.removeEnvFile(); err != nil { // a script that waits for the file must not find that of an earlier run
		return 1, err
	}
	s, err := sandbox.Start(o.config)
	if err != nil {
		return 1, err
	}
	defer s.Close()
	if o.envFile != "" {
		if err := s.WriteEnvFile(o.envFile); err != nil {
			return 1, err
		}
		defer func() { _ = o.removeEnvFile() }()
	}
	fmt.Fprintf(os.Stderr, "webhook-sandbox: %s shows webhooks and deliveries\n", s.Sites()[0].URL)
	if program == nil {
		fmt.Print(s.EnvFile())
		<-signals
		return 0, nil
	}
	return execute(program, s.Env(), signals)
}

// openLog opens the log. Beside a command there is none by default, because the terminal is the command's.
func (o *options) openLog() (closed func(), err error) {
	if o.log == "" {
		if len(o.command) == 0 {
			o.config.Log = os.Stderr
		}
		return func() {}, nil
	}
	file, err := os.OpenFile(o.log, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	o.config.Log = file
	return func() { _ = file.Close() }, err
}

func (o *options) removeEnvFile() error {
	err := os.Remove(o.envFile)
	if o.envFile == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
