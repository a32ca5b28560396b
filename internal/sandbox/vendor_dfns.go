package sandbox

import (
	"flag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
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
	},
	open: func(config Config, common shared) Vendor {
		return dfns.New(dfns.Options{
			Clock: config.Clock, Random: common.random, Engine: common.engine, Scale: common.scale, Changed: common.changed, Touch: common.touch,
			WebhookLimit: config.DfnsWebhookLimit, SecretOnUpdate: config.DfnsSecretOnUpdate, Normalize: config.DfnsNormalize,
		})
	},
	expose: func(s *Sandbox, site *Site) {
		server := site.Vendor.(*dfns.Server) //nolint:forcetypeassert // open made it
		s.dfnsFields = dfnsFields{Dfns: server, DfnsCalls: site.Calls, DfnsURL: site.URL}
	},
}
