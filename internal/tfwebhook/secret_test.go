package tfwebhook_test

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

func set(texts ...string) types.Set {
	var elements []attr.Value
	for _, text := range texts {
		elements = append(elements, types.StringValue(text))
	}
	return types.SetValueMust(types.StringType, elements)
}

// model returns how a resource stores its secret. It got a secret in second 7.
func model(recipients types.Set, version types.Number, secret, encrypted types.String) *tfwebhook.SecretModel {
	out := &tfwebhook.SecretModel{SecretRecipients: recipients, SecretVersion: version, Secret: secret, SecretEncrypted: encrypted}
	switch {
	case secret.IsUnknown():
		out.SecretRevision = types.Int64Unknown()
	case !out.SecretIsMissing():
		out.SecretRevision = types.Int64Value(7)
	}
	return out
}

// knowing adds the version of a secret that the user knows.
func knowing(version types.Number, m *tfwebhook.SecretModel) *tfwebhook.SecretModel {
	m.SecretWOVersion = version
	return m
}

// Every way of holding a secret, and every change of the settings: how it will be held, and whether that replaces.
func TestPlanSecret(t *testing.T) {
	t.Parallel()
	const (
		alice = "age1a"
		ssh   = "ssh-ed25519 AAAAC3"
	)
	var (
		nobody   = types.SetNull(types.StringType)
		unknown  = types.SetUnknown(types.StringType)
		partly   = types.SetValueMust(types.StringType, []attr.Value{types.StringValue(alice), types.StringUnknown()})
		absent   = types.StringNull()
		open     = types.StringUnknown()
		inClear  = types.StringValue("whs-1")
		armored  = types.StringValue("-----BEGIN")
		noNumber = types.NumberNull()
		one, two = types.NumberValue(big.NewFloat(1)), types.NumberValue(big.NewFloat(2))
	)
	for name, test := range map[string]struct {
		prior   *tfwebhook.SecretModel
		planned *tfwebhook.SecretModel // as the framework proposes it
		want    string                 // secret, secret_encrypted, secret_revision, what it replaces for
	}{
		"create":                            {nil, model(nobody, noNumber, open, open), `<unknown> <null> <unknown> []`},
		"create with recipients":            {nil, model(set(alice), one, open, open), `<null> <unknown> <unknown> []`},
		"create, recipients unknown":        {nil, model(unknown, noNumber, open, open), `<unknown> <unknown> <unknown> []`},
		"create, one recipient unknown":     {nil, model(partly, noNumber, open, open), `<unknown> <unknown> <unknown> []`},
		"clear, something changes":          {model(nobody, one, inClear, absent), model(nobody, one, open, open), `"whs-1" <null> 7 []`},
		"clear, an empty set":               {model(nobody, one, inClear, absent), model(set(), one, open, open), `"whs-1" <null> 7 []`},
		"clear, recipients added":           {model(nobody, one, inClear, absent), model(set(alice), one, open, open), `<null> <unknown> 7 []`},
		"clear, recipients unknown":         {model(nobody, one, inClear, absent), model(unknown, one, open, open), `<unknown> <unknown> 7 []`},
		"clear, version changed":            {model(nobody, one, inClear, absent), model(nobody, two, open, open), `<unknown> <unknown> <unknown> [secret_version]`},
		"clear, version unknown":            {model(nobody, one, inClear, absent), model(nobody, types.NumberUnknown(), open, open), `<unknown> <unknown> <unknown> [secret_version]`},
		"clear, first version":              {model(nobody, noNumber, inClear, absent), model(nobody, two, open, open), `"whs-1" <null> 7 []`},
		"clear, version removed":            {model(nobody, one, inClear, absent), model(nobody, noNumber, open, open), `"whs-1" <null> 7 []`},
		"clear, known secret":               {model(nobody, one, inClear, absent), knowing(one, model(nobody, one, open, open)), `<unknown> <null> <unknown> []`},
		"clear, known secret stays":         {knowing(one, model(nobody, one, inClear, absent)), knowing(one, model(nobody, one, open, open)), `"whs-1" <null> 7 []`},
		"clear, known secret removed":       {knowing(one, model(nobody, one, inClear, absent)), model(nobody, one, open, open), `"whs-1" <null> 7 []`},
		"clear, known secret and a version": {model(nobody, one, inClear, absent), knowing(one, model(nobody, two, open, open)), `<unknown> <unknown> <unknown> [secret_version]`},
		"encrypted, something changes":      {model(set(alice), one, absent, armored), model(set(alice), one, open, open), `<null> "-----BEGIN" 7 []`},
		"encrypted, another recipient":      {model(set(alice), one, absent, armored), model(set(alice, ssh), one, open, open), `<unknown> <unknown> <unknown> [secret_recipients]`},
		"encrypted, no recipients":          {model(set(alice), one, absent, armored), model(nobody, one, open, open), `<unknown> <unknown> <unknown> [secret_recipients]`},
		"encrypted, one unknown":            {model(set(alice), one, absent, armored), model(partly, one, open, open), `<unknown> <unknown> <unknown> [secret_recipients]`},
		"encrypted, only a comment":         {model(set(ssh+" me"), one, absent, armored), model(set(ssh+" you"), one, open, open), `<null> "-----BEGIN" 7 []`},
		"encrypted, version changed":        {model(set(alice), one, absent, armored), model(set(alice), two, open, open), `<unknown> <unknown> <unknown> [secret_version]`},
		"encrypted, known secret":           {knowing(one, model(set(alice), one, absent, armored)), knowing(two, model(set(alice, ssh), one, open, open)), `<null> <unknown> <unknown> []`},
		"imported, everything is set":       {model(nobody, noNumber, absent, absent), model(set(alice), one, open, open), `<null> <null> <null> []`},
		"imported, known secret":            {model(nobody, noNumber, absent, absent), knowing(one, model(nobody, one, open, open)), `<unknown> <null> <unknown> []`},
		"imported, perhaps known":           {model(nobody, noNumber, absent, absent), knowing(types.NumberUnknown(), model(nobody, one, open, open)), `<unknown> <null> <unknown> []`},
	} {
		var replacing path.Paths
		if test.prior == nil {
			test.planned.PlanNewSecret()
		} else {
			replacing = test.planned.PlanSecret(test.prior)
		}
		if got := fmt.Sprint(test.planned.Secret, test.planned.SecretEncrypted, test.planned.SecretRevision, replacing); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

// The apply stores the secret, if it has one, in the form that the plan left open.
func TestStoreSecret(t *testing.T) {
	t.Parallel()
	identity, recipient := newKey(t)
	for _, recipients := range []types.Set{types.SetNull(types.StringType), set(recipient)} {
		for _, secret := range []string{"whs-1", ""} {
			r := model(recipients, types.NumberNull(), types.StringUnknown(), types.StringUnknown())
			must(t, r.StoreSecret(secret))
			wrong := r.Secret // the form in which it must not be
			if recipients.IsNull() {
				wrong = r.SecretEncrypted
			}
			got := r.Secret.ValueString()
			if armored := r.SecretEncrypted.ValueString(); armored != "" {
				var err error
				got, err = acctest.Decrypt(armored, identity)
				must(t, err)
			}
			if got != secret || !wrong.IsNull() || r.SecretIsMissing() != (secret == "") {
				t.Errorf("to %s, %q is held as %s and %s", recipients, secret, r.Secret, r.SecretEncrypted)
			}
		}
	}
}

// A secret that the plan keeps stays as it is. An encryption that fails is an error, and no secret ends up where it must not.
func TestSecretNotStored(t *testing.T) {
	t.Parallel()
	for encrypted, want := range map[types.String]string{
		types.StringValue("armored"): `<nil> <null> "armored"`,
		types.StringUnknown():        "\"age1nothing\": it is neither an age public key (age1…, as age-keygen prints it) nor an SSH public key (ssh-ed25519 … or ssh-rsa …) <null> <null>",
	} {
		r := model(set("age1nothing"), types.NumberNull(), types.StringNull(), encrypted)
		err := r.StoreSecret("whs-1")
		if got := fmt.Sprintf("%v %s %s", err, r.Secret, r.SecretEncrypted); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A revision is the second in which the provider got the secret. It only grows, whatever the clock shows.
func TestRevise(t *testing.T) {
	t.Parallel()
	unknown, none := types.Int64Unknown(), types.Int64Null()
	for name, test := range map[string]struct {
		planned, prior types.Int64
		secret         string
		want           string
	}{
		"created":            {unknown, none, "whs-1", "100"},
		"without a secret":   {unknown, none, "", "<null>"},
		"another secret":     {unknown, types.Int64Value(7), "whs-1", "100"},
		"in the same second": {unknown, types.Int64Value(100), "whs-1", "101"},
		"kept":               {types.Int64Value(7), types.Int64Value(7), "whs-1", "7"},
	} {
		r := tfwebhook.SecretModel{Secret: tfwebhook.StringOrNull(test.secret), SecretRevision: test.planned}
		r.Revise(test.prior, time.Unix(100, 999))
		if got := r.SecretRevision.String(); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

func newKey(t *testing.T) (identity *age.X25519Identity, recipient string) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	return identity, identity.Recipient().String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
