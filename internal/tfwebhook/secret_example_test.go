package tfwebhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
)

// The example of the guide, as a user runs it: the secrets reach the secret manager and no plan and no state holds them in
// the clear. A rotation leaves no gap: events that happen at every step of it reach the receiver with a signature that it
// can verify with what the secret manager has. Whatever is replaced in which order, every new secret reaches the secret manager.
func TestSecretsExample(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
	secrets := &manager{versions: map[string][]string{}}
	verified := newVerifying(t, secrets)
	raised := raiseEvents(t, env)
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	dir := t.TempDir()
	var counts []map[string]int // of the events that have happened by the end of each step
	step := func(version int, createFirst bool, actions ...plancheck.ResourceActionType) resource.TestStep {
		order := fmt.Sprint("create_before_destroy = ", createFirst)
		return resource.TestStep{
			Config: strings.ReplaceAll(example(t), "create_before_destroy = true", order),
			ConfigVariables: config.Variables{
				"age_identity":   config.StringVariable(identity.String()),
				"age_recipient":  config.StringVariable(identity.Recipient().String()),
				"receiver":       config.StringVariable(verified.URL),
				"secret_version": config.IntegerVariable(version),
			},
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("webhook_dfns.payments", actions[0]),
					plancheck.ExpectResourceAction("webhook_enfinitos.rights", actions[0]),
					plancheck.ExpectResourceAction("aws_secretsmanager_secret_version.payments", actions[1]),
					plancheck.ExpectResourceAction("aws_secretsmanager_secret_version.rights", actions[1]),
					without(dir, env, identity),
				},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), without(dir, env, identity)},
			},
			Check: func(*terraform.State) error {
				counts = append(counts, raised())
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
		WorkingDir:               dir,
		Steps: []resource.TestStep{
			step(1, true, plancheck.ResourceActionCreate, plancheck.ResourceActionCreate),
			withoutIdentity,
			step(2, true, plancheck.ResourceActionReplace, plancheck.ResourceActionUpdate),
			step(3, false, plancheck.ResourceActionReplace, plancheck.ResourceActionUpdate),
		},
	})
	for _, vendor := range []string{"dfns", "enfinitos"} {
		verified.await(t, vendor, counts[0][vendor], counts[1][vendor])
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

// without fails when a plan or a state on disk holds a signing secret or the identity.
func without(dir string, env *acctest.Env, identity *age.X25519Identity) plancheck.PlanCheck {
	return planCheck(func() error {
		secrets := []string{identity.String()}
		for _, webhook := range env.Dfns.Webhooks() {
			secrets = append(secrets, webhook.Secret)
		}
		for _, subscription := range env.Enfinitos.Subscriptions() {
			secrets = append(secrets, subscription.Secret)
		}
		searched, err := searchFiles(dir, secrets)
		if err == nil && searched == 0 {
			err = fmt.Errorf("there is neither a plan nor a state in %s", dir)
		}
		return err
	})
}

type planCheck func() error

// CheckPlan implements plancheck.PlanCheck.
func (check planCheck) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = check()
}

// searchFiles looks for texts in every state and in everything that a saved plan holds.
func searchFiles(dir string, texts []string) (searched int, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		if err != nil || entry.IsDir() || name != "tfplan" && !strings.Contains(name, ".tfstate") {
			return err
		}
		content, err := acctest.Unpacked(path)
		searched++
		for _, text := range texts {
			if bytes.Contains(content, []byte(text)) {
				return fmt.Errorf("%s holds a secret", path)
			}
		}
		return err
	})
	return searched, err
}

// raiseEvents has an event happen at each vendor after every change that the vendor has answered, and returns how many
// have happened.
func raiseEvents(t *testing.T, env *acctest.Env) func() map[string]int {
	t.Helper()
	var mu sync.Mutex
	raised := map[string]int{}
	raise := func(vendor, kind string, deliver func(string, json.RawMessage) (int, error)) func(*http.Response) error {
		return func(response *http.Response) error {
			if response.Request.Method == http.MethodGet {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			data := fmt.Sprintf(`{"number": %d}`, raised[vendor])
			raised[vendor]++
			_, err := deliver(kind, json.RawMessage(data))
			return err
		}
	}
	acctest.Rewrite(t, &env.At("dfns").URL, raise("dfns", "wallet.transfer.confirmed", env.Dfns.Raise))
	acctest.Rewrite(t, &env.At("enfinitos").URL, raise("enfinitos", "right.issued", env.Enfinitos.Raise))
	return func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return map[string]int{"dfns": raised["dfns"], "enfinitos": raised["enfinitos"]}
	}
}

// verifying is a receiver that verifies signatures with what a secret manager has, and remembers which events came.
type verifying struct {
	URL string

	mu       sync.Mutex
	received map[string]map[int]*receipt // by vendor and number of the event
	arrived  chan struct{}
}

type receipt struct {
	times    int
	verified bool
}

func newVerifying(t *testing.T, secrets *manager) *verifying {
	t.Helper()
	v := &verifying{received: map[string]map[int]*receipt{"dfns": {}, "enfinitos": {}}, arrived: make(chan struct{}, 1000)}
	signer := func(scheme receiver.Scheme, name string) receiver.Signer {
		return receiver.Signer{Scheme: scheme, Secrets: func() map[string]string { return secrets.accepted(name) }}
	}
	verify := &receiver.Receiver{
		Signers: []receiver.Signer{signer(receiver.Dfns, "webhooks/payments"), signer(receiver.Enfinitos, "webhooks/rights")},
		Now:     time.Now, Log: io.Discard,
	}
	v.URL = acctest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		verify.ServeHTTP(answer, r)
		v.note(strings.Trim(r.URL.Path, "/"), body, answer.Code == http.StatusOK)
		w.WriteHeader(answer.Code)
	})
	return v
}

func (v *verifying) note(vendor string, body []byte, verified bool) {
	var event struct {
		Data struct {
			Number int `json:"number"`
		} `json:"data"`
	}
	_ = json.Unmarshal(body, &event)
	v.mu.Lock()
	got := v.received[vendor][event.Data.Number]
	if got == nil {
		got = &receipt{}
		v.received[vendor][event.Data.Number] = got
	}
	got.times++
	got.verified = got.verified || verified
	v.mu.Unlock()
	v.arrived <- struct{}{}
}

// await waits until every event of a range has been verified, and one has come twice: to two webhooks that were both live.
func (v *verifying) await(t *testing.T, vendor string, from, to int) {
	t.Helper()
	for {
		missing, twice := v.count(vendor, from, to)
		if len(missing) == 0 && twice > 0 {
			return
		}
		select {
		case <-v.arrived:
		case <-time.After(time.Minute):
			t.Fatalf("of the events %d to %d of %s these were never verified: %v; %d came twice", from, to, vendor, missing, twice)
		}
	}
}

func (v *verifying) count(vendor string, from, to int) (missing []int, twice int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for number := from; number < to; number++ {
		got := v.received[vendor][number]
		if got == nil || !got.verified {
			missing = append(missing, number)
		} else if got.times > 1 {
			twice++
		}
	}
	return missing, twice
}
