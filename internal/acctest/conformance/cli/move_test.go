package cli_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// The commit that changes the address of the provider may also rename a resource, or count it. Nothing changes but addresses.
func TestMovedToAnotherProviderAddress(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	var config, moves string
	for _, v := range Vendors {
		config += v.Resource("test", v.Config) + v.Resource("counted", v.Config)
		moves += "moved {\n  from = " + v.Address() + "\n  to   = " + v.Type + ".renamed\n}\n"
	}
	cli := env.CLI(t, config)
	must(t, cli.Apply(t.Context()))
	before := saved(t, cli)
	for _, v := range Vendors {
		v.API(env).ForgetCalls()
	}
	env.Readdress(t, cli, "example.com/mirror/webhook", `"test" {`, `"renamed" {`, `"counted" {`, "\"counted\" {\n  count = 1\n", "terraform {", moves+"terraform {")
	must(t, cli.Apply(t.Context()))
	if diff := cmp.Diff(before, saved(t, cli)); diff != "" || len(before) != 2*len(Vendors) {
		t.Errorf("the secrets by id (-before +after):\n%s", diff)
	}
	for _, v := range Vendors {
		if changes := acctest.Changes(v.API(env)); len(changes) != 0 {
			t.Errorf("changes were made: %q", changes)
		}
	}
}
