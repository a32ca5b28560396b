package sandbox

import (
	"errors"
	"flag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
)

// enfinitosFields are EnfinitOS in Go code, as dfnsFields are Dfns.
type enfinitosFields struct {
	Enfinitos      *enfinitos.Server
	EnfinitosCalls *Calls
	EnfinitosURL   string
}

var enfinitosVendor = registration{
	name: "enfinitos", title: "EnfinitOS", verify: receiver.Enfinitos,
	flags: func(flags *flag.FlagSet, config *Config) {
		flags.Func("enfinitos-api",
			"`MODE` of EnfinitOS: documented (the default) serves the five documented calls, conventional also get, list and delete",
			func(mode string) error {
				config.EnfinitosConventional = mode == "conventional"
				if mode != "documented" && mode != "conventional" {
					return errors.New("write documented or conventional")
				}
				return nil
			})
	},
	open: func(config Config, options simulation.Options) Vendor {
		return enfinitos.New(enfinitos.Options{Options: options, Conventional: config.EnfinitosConventional})
	},
	expose: func(s *Sandbox, site *Site) {
		server := site.Vendor.(*enfinitos.Server) //nolint:forcetypeassert // open made it
		s.enfinitosFields = enfinitosFields{Enfinitos: server, EnfinitosCalls: site.Calls, EnfinitosURL: site.URL}
	},
}
