package conformance

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// A type or a setting that is registered without a description would be tested by nothing here.
func TestEveryResourceIsDescribed(t *testing.T) {
	t.Parallel()
	described := map[string]Values{}
	for _, v := range Vendors {
		described[v.Type] = v.Config
	}
	for name, schema := range acctest.NewProtocol(t, nil).Schemas.ResourceSchemas {
		config := described[name]
		delete(described, name)
		for _, attribute := range schema.Block.Attributes {
			_, configured := config[attribute.Name]
			if (attribute.Required || attribute.Optional) && !strings.HasPrefix(attribute.Name, "secret_") && !configured {
				t.Errorf("%s.%s is not described: %s needs a line in Vendors and a file, and its Config every setting", name, attribute.Name, name)
			}
		}
	}
	for name := range described {
		t.Errorf("%s is described and not registered", name)
	}
}

// Every change costs the calls that the vendor demands and no more, and says nothing.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		w.quiet(w.planned("create", w.instance.Apply(w.Config)))
		w.changes(w.Create, "")
		w.holds(w.Config)
		w.hasNoChanges(w.Config)
		id := w.instance.Text("id")
		for _, config := range []Values{w.With(w.Off), w.Config} {
			w.API(w.env).ForgetCalls()
			w.quiet(w.planned("update", w.instance.Apply(config)))
			w.changes(w.Update, id)
			w.holds(config)
			w.hasNoChanges(config)
		}
		w.API(w.env).ForgetCalls()
		if report := w.instance.Destroy(); w.profile.Deletes {
			w.quiet(report)
			w.changes(w.Delete, id)
		} else {
			w.says(report, "WARNING", "Paused, Not Deleted", id)
		}
		if all := w.objects(); w.instance.State != nil || len(all) > 1 || len(all) == 1 && (all[0].On || w.profile.Deletes) {
			w.Errorf("the vendor holds %+v, the state %v", all, w.instance.State)
		}
	})
}

// planned fails unless a report is of an action and no error.
func (w *world) planned(action string, report acctest.Report) acctest.Report {
	w.Helper()
	if report.Planned != action || report.Failed() {
		w.Errorf("it is planned as %+v, want %s", report, action)
	}
	return report
}

// quiet fails if a report says something.
func (w *world) quiet(report acctest.Report) {
	w.Helper()
	if report.Problems != "" {
		w.Errorf("it says %s", report.Problems)
	}
}

// A change is made in place where the vendor can. Otherwise it replaces the webhook, and the plan says that the secret changes. Another
// url takes the secret along, which the plan says too.
func TestChanges(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		for _, change := range append([]Values{w.Off}, w.Updates...) {
			w.created()
			id := w.instance.Text("id")
			report := w.planned("update", w.instance.Apply(w.With(change)))
			if _, moved := change["url"]; moved {
				w.says(report, "WARNING", "Signing Secret Goes to Another Receiver", id)
			} else {
				w.quiet(report)
			}
			w.changes(w.Update, id)
			w.holds(w.With(change))
		}
		for _, change := range w.Replacements {
			w.created()
			id := w.instance.Text("id")
			w.says(w.planned("replace", w.instance.Apply(w.With(change))), "WARNING", "Signing Secret Will Change", id)
			w.holds(w.With(change))
			w.hasNoChanges(w.With(change))
		}
	})
}

// A value that is known only during the apply, such as one of another resource, agrees with the plan whatever it turns out to be.
func TestUnknownValues(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		changes := append(append([]Values{w.Off, {}}, w.Updates...), w.Replacements...)
		for _, prior := range append(changes, nil) {
			w.instance.State = nil
			if prior != nil {
				w.created(prior)
			}
			for _, change := range changes {
				unknown, partly, added := w.With(), w.With(), w.With()
				for name := range change {
					kind := w.Config[name].Type()
					unknown[name] = tftypes.NewValue(kind, tftypes.UnknownValue)
					var elements, others []tftypes.Value
					if kind.Is(tftypes.Set{}) && w.Config[name].As(&elements) == nil && change[name].As(&others) == nil {
						partly[name] = tftypes.NewValue(kind, append(slices.Clone(elements), acctest.Unknown()))
						added[name] = tftypes.NewValue(kind, append(slices.Clone(elements), others...))
					}
				}
				problems := acctest.Text(w.instance.Provider.Validate(w.Type, unknown)) +
					w.instance.FinalPlan(unknown, w.With(change)) + w.instance.FinalPlan(partly, added)
				if strings.Contains(problems, "ERROR") {
					w.Errorf("from %v to %v: %s", prior, change, problems)
				}
			}
		}
	})
}

// What was changed outside is put back where the API shows it.
func TestDrift(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		for i, change := range append(append([]Values{w.Off}, w.Updates...), w.Replacements...) {
			want := "update"
			if i > len(w.Updates) {
				want = "replace"
			}
			if !w.profile.Reads {
				want = "no-op"
			}
			w.created()
			if err := w.Edit(w.env, w.instance.Text("id"), change); err != nil {
				w.Fatal(err)
			}
			w.planned(want, w.instance.Apply(w.Config))
			if w.profile.Reads {
				w.holds(w.Config)
			}
			w.clean(w.instance.Destroy())
			for _, o := range w.objects() {
				w.Remove(w.env, o.ID)
			}
		}
	})
}

// What was deleted outside is planned again, with a warning that there will be another secret. A delete of it succeeds, and an update
// says what has happened.
func TestDeletedOutside(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		remove := func() string {
			w.created()
			id := w.instance.Text("id")
			w.Remove(w.env, id)
			return id
		}
		remove()
		w.says(w.instance.ApplyUnrefreshed(w.With(w.Off)), "ERROR", "deleted outside Terraform")
		id := remove()
		w.says(w.planned("create", w.instance.Apply(w.Config)), "WARNING", "Deleted Outside Terraform", id, "a new signing secret")
		w.holds(w.Config)
		w.Remove(w.env, w.instance.Text("id"))
		if report := w.instance.Destroy(); report.Problems != "" || w.instance.State != nil {
			w.Errorf("the delete: %+v", report)
		}
	})
}

// An import by id or by identity plans no change, warns that the secret is unknown, and that stays so. It makes no change even where
// everything that concerns the secret is configured: the secret is in use.
func TestImport(t *testing.T) {
	t.Parallel()
	_, recipient := newKey(t)
	forEach(t, "", func(w *world) {
		id := w.Register(w.env, w.Config)
		for how, imported := range map[string]func() acctest.Report{
			"id":       func() acctest.Report { return w.instance.Import(id) },
			"identity": func() acctest.Report { return w.instance.ImportByIdentity(id) },
		} {
			w.restart(nil) // each process warns once
			report := imported()
			if !w.profile.Reads {
				w.says(report, "Unable to import "+w.Name+" webhook", id+" cannot be imported, because this API has no call to read")
				continue
			}
			w.says(report, "WARNING Signing Secret Unknown After Import", "is null", "-replace")
			if problems := w.instance.Refresh().Problems; problems != "" || w.instance.Text("id") != id || w.instance.Text("secret") != "" {
				w.Errorf("%s: the state holds %v: %s", how, w.instance.State, problems)
			}
			w.hasNoChanges(w.Config)
			w.planned("update", w.instance.Apply(w.With(Values{"secret_recipients": acctest.StringSet(recipient), "secret_version": acctest.Number(7)})))
			w.changes(nil, "")
			for _, config := range []Values{w.With(w.Off), w.Config} {
				w.planned("update", w.instance.Apply(config))
				if !w.instance.State["secret"].IsNull() || !w.instance.State["secret_encrypted"].IsNull() {
					w.Errorf("%s: the state holds a secret", how)
				}
			}
			w.API(w.env).ForgetCalls()
		}
		w.Remove(w.env, id)
		if report := w.instance.Import(id); w.profile.Reads && report.Problems != "ERROR Cannot import non-existent remote object\n" {
			w.Errorf("the import of what is gone ends with %+v", report)
		}
	})
}

// In another account a 404 proves nothing, whatever operation meets it, and back home nothing has changed. Where the account is the same,
// the webhook is gone.
func TestAnotherAccount(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for name, place := range v.Elsewhere {
			for _, operation := range []string{"read", "delete", "delete lost", "update"} {
				v.each(t, name+" "+operation, func(w *world) {
					home := w.env
					w.at(home, Place{Settings: w.Home})
					w.created()
					secret := w.instance.Text("secret")
					w.at(acctest.NewVirtual(w.T, w.profile.Sandbox), place)
					if operation == "delete lost" {
						w.fault(sandbox.Fault{Method: "DELETE", Effect: "drop_before", Times: 1})
					}
					report := w.operate(kind(operation))
					switch {
					case place.Want == nil && operation == "update":
						w.says(report, "ERROR", "was deleted outside Terraform after the plan")
					case place.Want == nil && (report.Failed() || w.instance.State != nil):
						w.Errorf("it is not gone: %+v", report)
					case place.Want != nil:
						w.says(report, append(append([]string{"ERROR Webhook of Another Account", "https://hooks.example.com"}, place.Want...), "terraform or tofu state rm")...)
						if strings.Count(report.Problems, "ERROR ")+strings.Count(report.Problems, "WARNING ") != 1 {
							w.Errorf("it also says something else: %s", report.Problems)
						}
						w.at(home, Place{Settings: w.Home})
						w.planned("no-op", w.instance.Apply(w.Config))
						if w.instance.Text("secret") != secret {
							w.Error("the secret in state has changed")
						}
					}
				})
			}
		}
	}
}

// at restarts the provider with a sandbox and a place.
func (w *world) at(env *acctest.Env, place Place) {
	w.Helper()
	w.env, w.vars, w.path = env, place.Settings, place.Path
	w.restart(nil)
}

// What was read elsewhere lives there from then on. Where nothing was noted, as in an older state, a 404 means what it always did.
func TestAccountIsRecorded(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for name, place := range v.Elsewhere {
			v.each(t, name, func(w *world) {
				w.at(w.env, Place{Settings: w.Home})
				w.created()
				w.at(w.env, place)
				w.clean(w.instance.Refresh())
				older := w.instance.State
				w.Remove(w.env, w.instance.Text("id"))
				if report := w.instance.Refresh(); report.Failed() || w.instance.State != nil {
					w.Errorf("it is not gone: %+v", report)
				}
				for _, gone := range []func(*acctest.Instance) acctest.Report{(*acctest.Instance).Refresh, (*acctest.Instance).Destroy} {
					instance := &acctest.Instance{Provider: w.instance.Provider, Type: w.Type, State: older}
					if report := gone(instance); report.Failed() || instance.State != nil {
						w.Errorf("of an older state, it is not gone: %+v", report)
					}
				}
			})
		}
	}
}

// The ways in which a secret is held follow one another: in the clear, encrypted in place without a call, kept through other changes,
// replaced where it cannot be encrypted anew, rotated by its version.
func TestSecretLifecycle(t *testing.T) {
	t.Parallel()
	alice, toAlice := newKey(t)
	bob, toBob := newKey(t)
	none := tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, nil)
	to := func(recipients ...string) Values {
		return Values{"secret_recipients": acctest.StringSet(recipients...)}
	}
	version := func(number float64) Values { return Values{"secret_version": tftypes.NewValue(tftypes.Number, number)} }
	forEach(t, "", func(w *world) {
		config := w.Config
		for _, step := range []struct {
			change     Values
			planned    string
			calls      bool
			identities []*age.X25519Identity
		}{
			{nil, "create", true, nil},
			{to(toAlice), "update", false, []*age.X25519Identity{alice}},
			{w.Off, "update", true, []*age.X25519Identity{alice}},
			{to(toAlice, toBob), "replace", true, []*age.X25519Identity{alice, bob}},
			{version(1.1), "update", false, []*age.X25519Identity{alice, bob}},
			{version(1.2), "replace", true, []*age.X25519Identity{alice, bob}},
			{Values{"secret_recipients": none}, "replace", true, nil},
		} {
			config = maps.Clone(config)
			maps.Copy(config, step.change)
			w.API(w.env).ForgetCalls()
			report := w.planned(step.planned, w.instance.Apply(config))
			if step.planned == "replace" {
				w.says(report, "WARNING", "Signing Secret Will Change")
			} else {
				w.quiet(report)
			}
			if !step.calls {
				w.changes(nil, "")
			}
			w.holdsEncrypted(step.identities)
			w.hasNoChanges(config)
		}
	})
}

// holdsEncrypted fails unless each identity decrypts the live secret. Without identities, the secret must be in the clear.
func (w *world) holdsEncrypted(identities []*age.X25519Identity) {
	w.Helper()
	all := w.objects()
	live, held := all[len(all)-1], w.instance.Text("secret_encrypted")
	if (len(identities) == 0) != (w.instance.Text("secret") == live.Secret) || (len(identities) == 0) != (held == "") || live.ID != w.instance.Text("id") {
		w.Errorf("the state holds %v, the vendor %+v", w.instance.State, all)
	}
	for _, identity := range identities {
		if secret, err := acctest.Decrypt(held, identity); err != nil || secret != live.Secret {
			w.Errorf("the secret, decrypted, is not the live one: %v", err)
		}
	}
}

// known are the settings that bring a secret.
func known(secret acctest.Value, version int) Values {
	return Values{"secret_wo": secret, "secret_wo_version": acctest.Number(version)}
}

// The configuration brings the secret of an imported webhook without a call: in the clear or encrypted, to others whenever its version
// changes. It says nothing, and nothing else changes what was stored.
func TestKnownSecret(t *testing.T) {
	t.Parallel()
	alice, toAlice := newKey(t)
	bob, toBob := newKey(t)
	to := func(recipient string) Values { return Values{"secret_recipients": acctest.StringSet(recipient)} }
	forEach(t, "", func(w *world) {
		if !w.profile.Reads {
			return
		}
		secret := acctest.String(w.imported().Secret)
		w.planned("update", w.instance.Plan(w.With(known(acctest.Unknown(), 1))))
		for _, step := range []struct {
			changes    []Values
			identities []*age.X25519Identity
			brings     bool
		}{
			{[]Values{known(secret, 1)}, nil, true},
			{[]Values{known(secret, 2), to(toAlice)}, []*age.X25519Identity{alice}, true},
			{[]Values{known(secret, 3), to(toBob)}, []*age.X25519Identity{bob}, true},
			{[]Values{to(toBob)}, []*age.X25519Identity{bob}, false},
			{[]Values{known(secret, 4), to(toBob)}, []*age.X25519Identity{bob}, true},
		} {
			config, before := w.With(step.changes...), w.instance.State["secret_revision"]
			w.quiet(w.planned("update", w.instance.Apply(config)))
			w.holdsEncrypted(step.identities)
			w.hasNoChanges(config)
			if now := w.instance.State["secret_revision"]; now.IsNull() || now.Equal(before) == step.brings {
				w.Errorf("the revision was %s and is %s", before, now)
			}
		}
		w.changes(nil, "")
		before := w.instance.State
		w.planned("update", w.instance.Apply(w.With(w.Off, known(secret, 4), to(toBob))))
		for _, name := range []string{"secret_encrypted", "secret_revision"} {
			if !w.instance.State[name].Equal(before[name]) {
				w.Errorf("another change turns %s from %s into %s", name, before[name], w.instance.State[name])
			}
		}
	})
}

// imported imports a webhook that somebody has made.
func (w *world) imported() *Object {
	w.Helper()
	id := w.Register(w.env, w.Config)
	w.clean(w.instance.Import(id))
	w.API(w.env).ForgetCalls()
	return w.find(id)
}

// Terraform cannot see whether a write-only value changes, so it needs a version.
func TestKnownSecretWithoutVersion(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		said := acctest.Text(w.instance.Provider.Validate(w.Type, w.With(Values{"secret_wo": acctest.String("hunter2")})))
		if !strings.Contains(said, "ERROR Missing Version") || strings.Contains(said, "hunter2") {
			w.Errorf("it says %s", said)
		}
	})
}

// A secret that cannot be right is an error that does not show it and changes nothing, at the latest in the apply.
func TestKnownSecretIsInvalid(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]acctest.Value{
		"null": null(), "empty": acctest.String(""), "blank": acctest.String(" \n"), "blanks around": acctest.String(" hunter2"),
		"a line": acctest.String("hunter2\n"),
	} {
		forEach(t, name, func(w *world) {
			if !w.profile.Reads {
				return
			}
			w.imported()
			before := acctest.Object(w.instance.Provider.Schemas.ResourceSchemas[w.Type].ValueType(), w.instance.State)
			config := w.With(w.Off, known(value, 1))
			report := w.instance.Apply(config)
			w.says(report, "ERROR Invalid Signing Secret")
			said := report.Problems + acctest.Text(w.instance.Provider.Validate(w.Type, config))
			if !acctest.Object(before.Type(), w.instance.State).Equal(before) || strings.Contains(said, "hunter2") || strings.Count(said, "ERROR Invalid") != 2 {
				w.Errorf("it says %s, the state holds %v", said, w.instance.State)
			}
			w.changes(nil, "")
		})
	}
}

// A new webhook has the secret that the vendor has generated. Another one takes its place only where the vendor may have changed it.
func TestKnownSecretOfACreatedWebhook(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		first := Values{"secret_version": acctest.Number(1)}
		other := func(version int) Values { return w.With(first, known(acctest.String("hunter2"), version)) }
		w.says(w.planned("create", w.instance.Apply(other(1))), "WARNING Known Signing Secret Ignored", "https://hooks.example.com")
		w.holds(nil)
		w.hasNoChanges(other(1))
		w.API(w.env).ForgetCalls()
		report := w.instance.Apply(other(2))
		if !w.Rotates {
			w.says(report, "ERROR Signing Secret Already Known", w.instance.Text("id"), "secret_version")
			w.holds(nil)
			w.changes(nil, "")
			w.planned("replace", w.instance.Plan(w.With(Values{"secret_version": acctest.Number(2)}, known(acctest.String("hunter2"), 2))))
			return
		}
		w.says(w.planned("update", report), "WARNING Known Signing Secret Replaces the Created One", w.instance.Text("id"))
		w.quiet(w.planned("update", w.instance.Apply(other(3))))
		if got := w.instance.Text("secret"); got != "hunter2" {
			w.Errorf("the state holds the secret %q", got)
		}
		w.changes(nil, "")
	})
}

// A resource moves with its private state to a provider of another address. Of another type, it stays where it is.
func TestMove(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for name, place := range v.Elsewhere {
			for _, address := range []string{"registry.opentofu.org/webhook-providers/webhook", "example.com/mirror/webhook", "webhook"} {
				if place.Want == nil {
					continue
				}
				v.each(t, address+" "+name, func(w *world) {
					home := w.env
					w.at(home, Place{Settings: w.Home})
					w.created()
					w.instance.State["secret_revision"] = tftypes.NewValue(tftypes.Number, nil) // as an older version left it
					w.says(w.instance.Move(address, "webhook_other"), "ERROR Unable to Move Resource State", "webhook_other")
					w.quiet(w.instance.Move(address, w.Type))
					w.holds(nil)
					w.at(acctest.NewVirtual(w.T, w.profile.Sandbox), place)
					w.says(w.instance.Refresh(), "ERROR Webhook of Another Account")
					w.at(home, Place{Settings: w.Home})
					w.hasNoChanges(w.Config)
				})
			}
		}
	}
}

func newKey(t *testing.T) (*age.X25519Identity, string) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity, identity.Recipient().String()
}

// Only the answer to a create brings a secret. One in any other answer, masked or not, is neither stored nor shown.
func TestSecretInAnotherAnswer(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"whs-****************", "whs-another", ""} {
		forEach(t, secret, func(w *world) {
			w.created()
			for _, call := range [][2]string{{"GET", ""}, w.Updating()} {
				w.fault(on(call, every, patch(w.Secret(secret))))
			}
			for _, report := range []acctest.Report{w.instance.Refresh(), w.instance.Apply(w.With(w.Off)), w.instance.Apply(w.Config)} {
				if report.Failed() || strings.Contains(report.Problems, "whs-another") {
					w.Errorf("%+v", report)
				}
				w.holds(nil)
			}
			imported := &acctest.Instance{Type: w.Type, Provider: w.instance.Provider}
			if report := imported.Import(w.instance.Text("id")); w.profile.Reads && (report.Failed() || !imported.State["secret"].IsNull()) {
				w.Errorf("the state holds %v: %+v", imported.State, report)
			}
		})
	}
}

// A webhook whose secret no answer has brought is kept and marked, and the next apply replaces it.
func TestCreatedWithoutSecret(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"********", ""} {
		forEach(t, secret, func(w *world) {
			w.fault(on(w.Creating(), first, patch(w.Secret(secret))))
			w.says(w.instance.Apply(w.Config), "ERROR", "Without Signing Secret", w.instance.Text("id"), "marked as tainted")
			if all := w.objects(); len(all) != 1 || all[0].ID != w.instance.Text("id") {
				w.Fatalf("the state holds %v, the vendor %+v", w.instance.State, all)
			}
			w.planned("replace", w.instance.Apply(w.Config))
			w.holds(w.Config)
			w.hasNoChanges(w.Config)
		})
	}
}

// What an answer leaves out has not changed.
func TestAnswerWithoutAField(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for attribute, field := range v.Omittable {
			v.each(t, attribute, func(w *world) {
				w.created()
				before := w.instance.State
				w.fault(on([2]string{"", ""}, every, patch(w.Patch(`{"`+field+`":null}`))))
				if report := w.instance.Refresh(); report.Failed() || !w.instance.State[attribute].Equal(before[attribute]) {
					w.Errorf("the state holds %s, and held %s: %+v", w.instance.State[attribute], before[attribute], report)
				}
			})
		}
	}
}

// A create that is cancelled after it was sent still gets its answer: the secret is shown only once.
func TestCancelledCreateGetsItsAnswer(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		w.during(func() { _, _ = w.instance.Provider.StopProvider(w.Context(), &tfprotov6.StopProviderRequest{}) })
		w.planned("create", w.instance.Apply(w.Config))
		w.holds(w.Config)
	})
}

// ended matches what an operation says that its timeout has ended.
var ended = regexp.MustCompile(`deadline exceeded|timed out`)

// A create whose outcome is unknown is noted on disk. It stops the creates of the processes that follow, and its note goes with the
// webhook that it may have made, or once it was read.
func TestUnknownCreateIsNoted(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		w.fault(on(w.Creating(), every, sandbox.Fault{Effect: "status_after", Status: 500}))
		w.fault(on([2]string{"GET", w.Creating()[1]}, [2]int{1, 0}, sandbox.Fault{Effect: "status", Status: 500})) // what shows what is new
		w.says(w.instance.Apply(w.Config), "it is unknown whether the change was made")
		w.API(w.env).ClearFaults()
		w.API(w.env).ForgetCalls()
		w.restart(nil)
		w.says(w.instance.Apply(w.Config), "an earlier create of", "https://hooks.example.com", "No create was sent")
		w.changes(nil, "")
		w.Remove(w.env, w.objects()[0].ID)
		w.restart(nil)
		w.planned("create", w.instance.Apply(w.Config))
		w.holds(w.Config)
	})
}

// What a killed run has made stops every create until a person has deleted it, or has removed the note because another configuration
// owns it.
func TestCreateAfterAKilledOne(t *testing.T) {
	t.Parallel()
	for name, see := range map[string]func(w *world, id string){
		"deleted": func(w *world, id string) { w.Remove(w.env, id) },
		"of another configuration": func(w *world, _ string) {
			w.beside = w.Objects(w.env)
			w.forgetNotes()
		},
	} {
		forEach(t, name, func(w *world) {
			w.created()
			id := w.instance.Text("id")
			w.instance = &acctest.Instance{Type: w.Type} // nothing was saved
			for range 2 {
				w.restart(nil)
				w.says(w.instance.Apply(w.Config), "ERROR", id, "No create was sent")
				w.changes(nil, "")
			}
			see(w, id)
			w.restart(nil)
			w.planned("create", w.instance.Apply(w.Config))
			w.holds(w.Config)
			w.restart(nil)
			w.hasNoChanges(w.Config)
			if left := w.noteFiles(); left != nil {
				w.Errorf("the notes %q are left", left)
			}
		})
	}
}

// A create that could not be sent leaves no note.
func TestUnreachableAPI(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		w.unreachable = true
		w.says(w.instance.Apply(w.Config), "ERROR", "was not sent")
		w.unreachable = false
		w.restart(nil)
		w.quiet(w.planned("create", w.instance.Apply(w.Config)))
	})
}

// A create goes on where no note can be written, and says so once.
func TestNotesCannotBeWritten(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		if err := os.WriteFile(filepath.Join(w.notes, "webhook"), nil, 0o600); err != nil {
			w.Fatal(err)
		}
		w.says(w.planned("create", w.instance.Apply(w.Config)), "WARNING Creates Are Not Noted")
		w.instance.State = nil
		w.quiet(w.planned("create", w.instance.Apply(w.Config)))
	})
}

// Each operation ends with the timeout that the resource gives it, however long one attempt may take, and says how to allow more.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for operation, calls := range v.Calls {
			if operation != kind(operation) {
				continue
			}
			for _, call := range calls {
				v.each(t, operation+" "+call[0]+call[1], func(w *world) {
					limits := map[string]tftypes.Type{"create": tftypes.String, "read": tftypes.String, "update": tftypes.String, "delete": tftypes.String}
					limit := acctest.Object(tftypes.Object{AttributeTypes: limits}, Values{operation: acctest.String("10s")})
					w.Config = w.With(Values{"timeouts": limit})
					if operation != "create" {
						w.created()
					}
					w.fault(on(call, every, sandbox.Fault{Effect: "delay", Milliseconds: 600_000}))
					began := time.Now()
					report := w.operate(operation)
					took := time.Since(began)
					if took > 12*time.Second || report.Failed() && !ended.MatchString(report.Problems) || took > 0 && report.Problems == "" {
						w.Errorf("it took %s: %+v", took, report)
					}
				})
			}
		}
	}
}

// No timeouts and an empty block mean the same and plan no update. Terraform itself tells them apart, so adding or removing an empty
// block is an update, but one that makes no call.
func TestEmptyTimeouts(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		object, _ := w.instance.Provider.Schemas.ResourceSchemas[w.Type].ValueType().(tftypes.Object)
		of := object.AttributeTypes["timeouts"]
		none, empty := tftypes.NewValue(of, nil), acctest.Object(of, nil)
		for i, timeouts := range []acctest.Value{none, none, empty, empty, none} {
			w.quiet(w.planned([]string{"create", "no-op", "update", "no-op", "update"}[i], w.instance.Apply(w.With(Values{"timeouts": timeouts}))))
			if !w.instance.State["timeouts"].Equal(timeouts) {
				w.Errorf("the state holds %s, not %s", w.instance.State["timeouts"], timeouts)
			}
		}
		w.changes(w.Create, "")
	})
}

// The same url in another spelling is no change at the vendor.
func TestEquivalentURL(t *testing.T) {
	t.Parallel()
	forEach(t, "", func(w *world) {
		w.created(Values{"url": acctest.String("https://hooks.example.com")})
		for _, url := range []string{"https://hooks.example.com/", "https://Hooks.Example.com:443/"} {
			config := w.With(Values{"url": acctest.String(url)})
			w.quiet(w.planned("update", w.instance.Apply(config)))
			w.changes(nil, "")
			w.holds(nil)
			w.hasNoChanges(config)
		}
	})
}

// A configuration that cannot work is refused on its attribute, and nothing of a credential is shown.
func TestInvalidConfiguration(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	for _, v := range Vendors {
		for _, invalid := range v.Invalid {
			said := acctest.Text(provider.Validate(v.Type, v.With(invalid.Change)))
			for name := range invalid.Change {
				if !remarks("ERROR", invalid, said) || !strings.Contains(said, fmt.Sprintf("[AttributeName(%q)", name)) {
					t.Errorf("%v: got %s, want %q", invalid.Change, said, invalid.Says)
				}
			}
		}
	}
}

// What is allowed but odd warns in the plan or the import that adds it, and in no later one.
func TestUnusualValues(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for i, odd := range v.Unusual {
			v.each(t, fmt.Sprint(i), func(w *world) {
				config := w.With(odd.Change)
				warns := func(when, problems string) {
					w.Helper()
					if !remarks("WARNING", odd, problems) {
						w.Errorf("%s of %v: got %q, want %q", when, config, problems, odd.Says)
					}
				}
				if problems := acctest.Text(w.instance.Provider.Validate(w.Type, config)); problems != "" {
					w.Errorf("the validation of %v: got %q", config, problems)
				}
				warns("the plan of a create", w.instance.Plan(config).Problems)
				if !w.profile.Reads {
					return
				}
				id := w.Register(w.env, config)
				imported, warned := strings.CutPrefix(w.instance.Import(id).Problems, "WARNING Signing Secret Unknown After Import: ")
				if !warned {
					w.Errorf("an import: got %q", imported)
				}
				warns("an import", imported)
				warns("a second import", w.instance.Import(id).Problems)
				w.quiet(w.planned("no-op", w.instance.Plan(config)))
				w.quiet(w.planned("update", w.instance.Plan(w.With(odd.Change, Values{"secret_version": acctest.Number(1)}))))
				for name := range odd.Change {
					w.instance.State[name] = w.Config[name]
				}
				problems := acctest.Text(w.instance.Provider.Plan(w.Type, w.instance.State, config))
				warns("the plan that adds it", regexp.MustCompile("WARNING Signing Secret (Goes to|Will Change)").ReplaceAllString(problems, ""))
			})
		}
	}
}

// What the API stores in another form is reported when it is stored, and the state keeps what was planned. The next plan shows it.
func TestStoredWithDifferentValues(t *testing.T) {
	t.Parallel()
	for _, v := range Vendors {
		for fields, stored := range v.Stored {
			v.each(t, fields, func(w *world) {
				if !w.profile.Reads {
					return
				}
				config := w.With(stored.Change)
				w.fault(on([2]string{"", ""}, every, patch(w.Patch(fields))))
				reports := []acctest.Report{w.planned("create", w.instance.Apply(config))}
				if w.Updates != nil {
					config = w.With(stored.Change, w.Off)
					reports = append(reports, w.instance.ApplyUnrefreshed(config))
				}
				for _, report := range reports {
					if report.Failed() || !remarks("WARNING", stored, report.Problems) {
						w.Errorf("got %s, want %q", report.Problems, stored.Says)
					}
				}
				for name, value := range config {
					if !w.instance.State[name].Equal(value) {
						w.Errorf("the state holds %s as %s", name, w.instance.State[name])
					}
				}
				if next := w.instance.Plan(config).Planned; (next == "no-op") != (stored.Says == nil) {
					w.Errorf("the next plan is a %s", next)
				}
			})
		}
	}
}

// remarks reports whether each text of a remark is said, in a problem of its own, and no credential.
func remarks(severity string, remark Remark, said string) bool {
	for _, text := range remark.Says {
		if !regexp.MustCompile(text).MatchString(said) {
			return false
		}
	}
	return strings.Count(said, severity+" ") == len(remark.Says) && !strings.Contains(said, "hunter2")
}
