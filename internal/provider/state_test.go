package provider_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// update writes what the first release is taken to be: its schema and a state made with it. Once it is out, they stay as
// they are.
//
//	TF_ACC_TERRAFORM_PATH=$(tools/cli.sh terraform 1.16.3) go test ./internal/provider -run FirstRelease -update
var update = flag.Bool("update", false, "write testdata/first-release anew")

const firstRelease = "testdata/first-release"

// released is when everything in the fixture was made.
var released = sandbox.Config{
	EnfinitosConventional: true, Clock: func() time.Time { return time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC) },
}

// A state that the first release has written gives an empty plan in this version, also where EnfinitOS cannot be read: what the state
// lacks, because it came later, must not replace a subscription.
func TestFirstReleaseState(t *testing.T) {
	t.Parallel()
	if *update {
		writeFirstState(t)
	}
	for name, conventional := range map[string]bool{"conventional": true, "documented": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := released
			config.EnfinitosConventional = conventional
			upgrade(t, acctest.New(t, config))
		})
	}
}

// upgrade plans and applies the state of the first release.
func upgrade(t *testing.T, env *acctest.Env) {
	t.Helper()
	before := readState(t, filepath.Join(firstRelease, "terraform.tfstate"))
	for _, instance := range before {
		hold(t, env, instance)
	}
	cli := env.CLIFor(t, firstRelease)
	if changes, err := cli.Plan(t.Context()); err != nil || changes {
		out, _ := env.Run(t, cli, "plan", "-no-color")
		t.Fatalf("changes are planned, error %v:\n%s", err, out)
	}
	env.ForgetCalls()
	must(t, cli.Apply(t.Context()))
	after := readState(t, filepath.Join(cli.WorkingDir(), "terraform.tfstate"))
	for i, instance := range before {
		maps.DeleteFunc(after[i].Attributes, func(name string, _ any) bool { return instance.Attributes[name] == nil }) // added since
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the state has changed (-first release +now):\n%s", diff)
	}
	for _, v := range conformance.Vendors {
		released := slices.ContainsFunc(before, func(i instance) bool { return i.Type == v.Type })
		if len(acctest.Changes(v.API(env))) != 0 || released != (len(acctest.Reads(v.API(env))) > 0) {
			t.Errorf("the calls were %q", v.API(env).Journal())
		}
	}
}

// writeFirstState applies the configuration and replaces the secrets in its state by what nobody can take for one.
func writeFirstState(t *testing.T) {
	t.Helper()
	env := acctest.New(t, released)
	must(t, os.RemoveAll(filepath.Join(firstRelease, "terraform.tfstate")))
	cli := env.CLIFor(t, firstRelease)
	must(t, cli.Apply(t.Context()))
	state, err := os.ReadFile(filepath.Join(cli.WorkingDir(), "terraform.tfstate"))
	must(t, err)
	text := string(state)
	for _, v := range conformance.Vendors {
		for _, o := range v.Objects(env) {
			text = strings.ReplaceAll(text, o.Secret, regexp.MustCompile(`[^-_]{4,}$`).ReplaceAllString(o.Secret, strings.Repeat("fake", 8)))
		}
	}
	must(t, os.WriteFile(filepath.Join(firstRelease, "terraform.tfstate"), []byte(text), 0o600))
}

// instance is a resource as a state holds it.
type instance struct {
	Type, Name string
	Attributes map[string]any
}

// readState returns the resources of a state with the attributes that have a value.
func readState(t *testing.T, path string) (out []instance) {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	var state struct {
		Resources []struct {
			Type, Name string
			Instances  []struct{ Attributes map[string]any }
		}
	}
	must(t, json.Unmarshal(text, &state))
	for _, resource := range state.Resources {
		found := instance{Type: resource.Type, Name: resource.Name, Attributes: map[string]any{}}
		for name, value := range resource.Instances[0].Attributes {
			if value != nil {
				found.Attributes[name] = value
			}
		}
		out = append(out, found)
	}
	if len(out) != 4 {
		t.Fatalf("the state holds %d resources, want 4", len(out))
	}
	return out
}

// hold makes the sandbox hold what a state says it holds.
func hold(t *testing.T, env *acctest.Env, in instance) {
	t.Helper()
	text, err := json.Marshal(in.Attributes)
	must(t, err)
	all, err := (&tfprotov6.RawState{JSON: text}).UnmarshalWithOpts(
		acctest.NewProtocol(t, nil).Schemas.ResourceSchemas[in.Type].ValueType(),
		tfprotov6.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}})
	must(t, err)
	state := values{}
	must(t, all.As(&state))
	for _, v := range conformance.Vendors {
		if v.Type == in.Type {
			held := values{"id": state["id"]}
			for name := range v.Config {
				held[name] = state[name]
			}
			must(t, v.Edit(env, v.Register(env, held), held))
		}
	}
}
