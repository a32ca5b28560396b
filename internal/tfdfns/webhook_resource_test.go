package tfdfns_test

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

const address = "webhook_dfns.test"

func attribute(name string) tfjsonpath.Path { return tfjsonpath.New(name) }

// webhook returns a configuration of one webhook, with further attributes where given.
func webhook(further ...string) string {
	config := "resource \"webhook_dfns\" \"test\" {\n  url = \"https://hooks.example.com/dfns\"\n"
	config += "  events = [\"wallet.transfer.confirmed\", \"wallet.created\"]\n"
	for _, line := range further {
		config += "  " + line + "\n"
	}
	return config + "}\n"
}

// holds fails unless the sandbox holds exactly the webhooks that check describes.
func holds(env *acctest.Env, check ...func(got int) error) func(*terraform.State) error {
	return func(*terraform.State) error {
		for _, c := range check {
			if err := c(len(env.Dfns.Webhooks())); err != nil {
				return err
			}
		}
		return nil
	}
}

func none(got int) error {
	if got != 0 {
		return fmt.Errorf("the sandbox still holds %d webhooks", got)
	}
	return nil
}

// calls compares the calls made since the journal was last emptied.
func calls(got []string, want ...string) error {
	if diff := cmp.Diff(want, got); diff != "" {
		return errors.New("calls (-want +got):\n" + diff)
	}
	return nil
}

// lastBody compares the body of the last change with what should have been sent.
func lastBody(env *acctest.Env, want string) error {
	journal := env.DfnsCalls.Journal()
	for i := len(journal) - 1; i >= 0; i-- {
		if journal[i].Method == "PUT" {
			return calls([]string{journal[i].Body}, want)
		}
	}
	return errors.New("no update was sent")
}
