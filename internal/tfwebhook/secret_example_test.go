package tfwebhook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
)

// The example of the guide, as a user runs it: the secrets reach the secret manager. A rotation leaves no gap: events that happen at
// every step of it reach the receiver with a signature that it can verify with what the secret manager has. Whatever is replaced in
// which order, every new secret reaches the secret manager.
func TestSecretsExample(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	secrets := &manager{versions: map[string][]string{}}
	events := watch(t, env, secrets)
	identity, recipient := newKey(t)
	var happened []map[string][]int // by the end of each step
	step := func(version int, createFirst bool, webhook, stored plancheck.ResourceActionType) resource.TestStep {
		order := fmt.Sprint("create_before_destroy = ", createFirst)
		return resource.TestStep{
			Config: strings.ReplaceAll(example(t), "create_before_destroy = true", order),
			ConfigVariables: config.Variables{
				"age_identity":   config.StringVariable(identity.String()),
				"age_recipient":  config.StringVariable(recipient),
				"receiver":       config.StringVariable(events.url),
				"secret_version": config.IntegerVariable(version),
			},
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("webhook_dfns.payments", webhook),
					plancheck.ExpectResourceAction("webhook_enfinitos.rights", webhook),
					plancheck.ExpectResourceAction("aws_secretsmanager_secret_version.payments", stored),
					plancheck.ExpectResourceAction("aws_secretsmanager_secret_version.rights", stored),
				},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			Check: func(*terraform.State) error {
				happened = append(happened, events.soFar())
				return managed(env, secrets, version)
			},
		}
	}
	withoutIdentity := step(1, true, plancheck.ResourceActionNoop, plancheck.ResourceActionNoop)
	withoutIdentity.PlanOnly, withoutIdentity.Check, withoutIdentity.ConfigPlanChecks = true, nil, resource.ConfigPlanChecks{}
	delete(withoutIdentity.ConfigVariables, "age_identity")
	withoutIdentity.ConfigVariables["decrypt"] = config.BoolVariable(false)
	factories := env.Factories()
	factories["aws"] = providerserver.NewProtocol6WithError(secrets)
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   acctest.WithEphemerals(),
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			step(1, true, plancheck.ResourceActionCreate, plancheck.ResourceActionCreate),
			withoutIdentity,
			step(2, true, plancheck.ResourceActionReplace, plancheck.ResourceActionUpdate),
			step(3, false, plancheck.ResourceActionReplace, plancheck.ResourceActionUpdate),
		},
	})
	missing := map[delivered]bool{}
	for vendor, before := range happened[0] {
		for number := len(before); number < len(happened[1][vendor]); number++ {
			missing[delivered{vendor, number, true}] = true
		}
		if went := happened[1][vendor][len(before):]; !slices.Contains(went, 2) { // because both were live
			t.Errorf("the events of the rotation at %s went to %v webhooks", vendor, went)
		}
	}
	for len(missing) > 0 {
		select {
		case got := <-events.came:
			delete(missing, got)
		case <-time.After(time.Minute):
			t.Fatalf("these events were never verified: %v", missing)
		}
	}
}

func example(t *testing.T) (text string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "secrets", "*.tf"))
	must(t, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		text += string(content)
	}
	return text
}

// managed fails unless the secret manager holds the live secrets, each written once for every version.
func managed(env *acctest.Env, secrets *manager, version int) error {
	live := map[string]string{
		"webhooks/payments": env.Dfns.Webhooks()[0].Secret, "webhooks/rights": env.Enfinitos.Subscriptions()[0].Secret,
	}
	for id, secret := range live {
		if current, versions := secrets.current(id); current != secret || versions != version {
			return fmt.Errorf("of %s there are %d versions, want %d, the latest the live one: %t", id, versions, version, current == secret)
		}
	}
	return nil
}

// watched has events happen, and receives them.
type watched struct {
	url  string
	came chan delivered

	mu       sync.Mutex
	webhooks map[string][]int
}

type delivered struct {
	vendor   string
	number   int
	verified bool
}

// watch has an event happen at each vendor after every change that the vendor has answered. It receives them, and verifies their
// signatures with what a secret manager has.
func watch(t *testing.T, env *acctest.Env, secrets *manager) *watched {
	t.Helper()
	w := &watched{came: make(chan delivered, 1000), webhooks: map[string][]int{}}
	acctest.Rewrite(t, &env.At("dfns").URL, w.after("dfns", "wallet.transfer.confirmed", env.Dfns.Raise))
	acctest.Rewrite(t, &env.At("enfinitos").URL, w.after("enfinitos", "right.issued", env.Enfinitos.Raise))
	verify := &receiver.Receiver{
		Signers: []receiver.Signer{
			{Scheme: receiver.Dfns, Secrets: func() map[string]string { return secrets.accepted("webhooks/payments") }},
			{Scheme: receiver.Enfinitos, Secrets: func() map[string]string { return secrets.accepted("webhooks/rights") }},
		},
		Now: time.Now, Log: io.Discard,
	}
	w.url = acctest.Serve(t, func(out http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		verify.ServeHTTP(answer, r)
		var event struct{ Data struct{ Number int } }
		_ = json.Unmarshal(body, &event)
		w.came <- delivered{strings.Trim(r.URL.Path, "/"), event.Data.Number, answer.Code == http.StatusOK}
		out.WriteHeader(answer.Code)
	})
	return w
}

func (w *watched) after(vendor, kind string, raise func(string, json.RawMessage) (int, error)) func(*http.Response) error {
	return func(response *http.Response) error {
		if response.Request.Method == http.MethodGet {
			return nil
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		webhooks, err := raise(kind, json.RawMessage(fmt.Sprintf(`{"number": %d}`, len(w.webhooks[vendor]))))
		w.webhooks[vendor] = append(w.webhooks[vendor], webhooks)
		return err
	}
}

// soFar returns, by vendor, to how many webhooks each event went.
func (w *watched) soFar() map[string][]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.webhooks)
}
