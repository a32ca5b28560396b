package sandbox

import (
	"flag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
)

// dfnsFields are Dfns in Go code.
type dfnsFields struct {
	// Dfns is the state behind the Dfns listener. Tests can read and change it.
	Dfns *dfns.Server
	// DfnsCalls are the journal and the faults of the Dfns listener, DfnsURL is its base URL.
	DfnsCalls *Calls
	DfnsURL   string
}

var dfnsVendor = registration{
	name: "dfns", title: "Dfns", verify: receiver.Dfns,
	flags: func(flags *flag.FlagSet, config *Config) {
		flags.IntVar(&config.DfnsWebhookLimit, "dfns-webhook-limit", 0, "`NUMBER` of webhooks that Dfns allows; 0 means any")
		flags.BoolVar(&config.DfnsSecretOnUpdate, "dfns-secret-on-update", false,
			"Dfns also shows the secret in the answer to an update, as one edition of its pages has it")
		flags.BoolVar(&config.DfnsBareEvents, "dfns-bare-events", false, "events of Dfns have only the fields of its published schema")
	},
	open: func(config Config, options simulation.Options) Vendor {
		return dfns.New(dfns.Options{
			Options: options, WebhookLimit: config.DfnsWebhookLimit, SecretOnUpdate: config.DfnsSecretOnUpdate,
			BareEvents: config.DfnsBareEvents, Normalize: config.DfnsNormalize,
		})
	},
	expose: func(s *Sandbox, site *Site) {
		server := site.Vendor.(*dfns.Server) //nolint:forcetypeassert // open made it
		s.dfnsFields = dfnsFields{Dfns: server, DfnsCalls: site.Calls, DfnsURL: site.URL}
	},
}
