package tfenfinitos_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// webhook returns a configuration of one subscription, with further attributes where given.
func webhook(further ...string) string {
	return "resource \"webhook_enfinitos\" \"test\" {\n  url = \"https://hooks.example.com/enfinitos\"\n" +
		"  events = [\"right.issued\", \"right.revoked\"]\n  " + strings.Join(append([]string{`label = "rights"`}, further...), "\n  ") + "\n}\n"
}

// profiles runs a test against an API that has only what is documented and against one that has the conventional rest.
func profiles(t *testing.T, test func(t *testing.T, env *acctest.Env, conventional bool)) {
	t.Helper()
	for name, conventional := range map[string]bool{"documented": false, "conventional": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, acctest.New(t, sandbox.Config{EnfinitosConventional: conventional}), conventional)
		})
	}
}

func inject(t *testing.T, env *acctest.Env, fault sandbox.Fault) func() {
	return func() {
		if err := env.EnfinitosCalls.AddFault(fault); err != nil {
			t.Fatal(err)
		}
	}
}

// calls compares the changes made since the journal was last emptied.
func calls(env *acctest.Env, want ...string) error {
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, acctest.Changes(env.EnfinitosCalls)); diff != "" {
		return errors.New("calls (-want +got):\n" + diff)
	}
	return nil
}

func configured(t *testing.T, env *acctest.Env) *acctest.Protocol {
	t.Helper()
	provider := acctest.NewProtocol(t, env.Env())
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}

func configuration(active bool) map[string]acctest.Value {
	return map[string]acctest.Value{
		"url": acctest.String("https://hooks.example.com/"), "events": acctest.StringSet("right.issued"),
		"label": acctest.String("rights"), "active": tftypes.NewValue(tftypes.Bool, active),
	}
}

func clean(t *testing.T, report acctest.Report) {
	t.Helper()
	if report.Failed() {
		t.Fatalf("without a fault: %+v", report)
	}
}
