package tfwebhook_test

import (
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

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

// unrevised returns a state of a version without revisions.
func unrevised(m *tfwebhook.SecretModel) *tfwebhook.SecretModel {
	m.SecretRevision = types.Int64Null()
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
		prior     *tfwebhook.SecretModel
		planned   *tfwebhook.SecretModel // as the framework proposes it
		clear     types.String
		encrypted types.String
		revision  string
		replacing string
	}{
		"create":                        {nil, model(nobody, noNumber, open, open), open, absent, "<unknown>", "[]"},
		"create with an empty set":      {nil, model(set(), noNumber, open, open), open, absent, "<unknown>", "[]"},
		"create with recipients":        {nil, model(set(alice), one, open, open), absent, open, "<unknown>", "[]"},
		"create, recipients unknown":    {nil, model(unknown, noNumber, open, open), open, open, "<unknown>", "[]"},
		"create, one recipient unknown": {nil, model(partly, noNumber, open, open), open, open, "<unknown>", "[]"},

		"clear, nothing changes":            {model(nobody, one, inClear, absent), model(nobody, one, inClear, absent), inClear, absent, "7", "[]"},
		"clear, something changes":          {model(nobody, one, inClear, absent), model(nobody, one, open, open), inClear, absent, "7", "[]"},
		"clear, an empty set":               {model(nobody, one, inClear, absent), model(set(), one, open, open), inClear, absent, "7", "[]"},
		"clear, set emptied":                {model(set(), one, inClear, absent), model(nobody, one, open, open), inClear, absent, "7", "[]"},
		"clear, recipients added":           {model(nobody, one, inClear, absent), model(set(alice), one, open, open), absent, open, "7", "[]"},
		"clear, recipients unknown":         {model(nobody, one, inClear, absent), model(unknown, one, open, open), open, open, "7", "[]"},
		"clear, version changed":            {model(nobody, one, inClear, absent), model(nobody, two, open, open), open, open, "<unknown>", "[secret_version]"},
		"clear, version unknown":            {model(nobody, one, inClear, absent), model(nobody, types.NumberUnknown(), open, open), open, open, "<unknown>", "[secret_version]"},
		"clear, first version":              {model(nobody, noNumber, inClear, absent), model(nobody, two, open, open), inClear, absent, "7", "[]"},
		"clear, version removed":            {model(nobody, one, inClear, absent), model(nobody, noNumber, open, open), inClear, absent, "7", "[]"},
		"clear, of a former version":        {unrevised(model(nobody, one, inClear, absent)), model(nobody, one, open, open), inClear, absent, "<null>", "[]"},
		"clear, known secret":               {model(nobody, one, inClear, absent), knowing(one, model(nobody, one, open, open)), open, absent, "<unknown>", "[]"},
		"clear, known secret stays":         {knowing(one, model(nobody, one, inClear, absent)), knowing(one, model(nobody, one, open, open)), inClear, absent, "7", "[]"},
		"clear, known secret removed":       {knowing(one, model(nobody, one, inClear, absent)), model(nobody, one, open, open), inClear, absent, "7", "[]"},
		"clear, known secret and a version": {model(nobody, one, inClear, absent), knowing(one, model(nobody, two, open, open)), open, open, "<unknown>", "[secret_version]"},

		"encrypted, nothing changes":        {model(set(alice), one, absent, armored), model(set(alice), one, absent, armored), absent, armored, "7", "[]"},
		"encrypted, something changes":      {model(set(alice), one, absent, armored), model(set(alice), one, open, open), absent, armored, "7", "[]"},
		"encrypted, another recipient":      {model(set(alice), one, absent, armored), model(set(alice, ssh), one, open, open), open, open, "<unknown>", "[secret_recipients]"},
		"encrypted, fewer recipients":       {model(set(alice, ssh), one, absent, armored), model(set(alice), one, open, open), open, open, "<unknown>", "[secret_recipients]"},
		"encrypted, no recipients":          {model(set(alice), one, absent, armored), model(nobody, one, open, open), open, open, "<unknown>", "[secret_recipients]"},
		"encrypted, recipients unknown":     {model(set(alice), one, absent, armored), model(unknown, one, open, open), open, open, "<unknown>", "[secret_recipients]"},
		"encrypted, one unknown":            {model(set(alice), one, absent, armored), model(partly, one, open, open), open, open, "<unknown>", "[secret_recipients]"},
		"encrypted, only a comment":         {model(set(ssh+" me"), one, absent, armored), model(set(ssh+" you"), one, open, open), absent, armored, "7", "[]"},
		"encrypted, version changed":        {model(set(alice), one, absent, armored), model(set(alice), two, open, open), open, open, "<unknown>", "[secret_version]"},
		"encrypted, known secret":           {knowing(one, model(set(alice), one, absent, armored)), knowing(two, model(set(alice, ssh), one, open, open)), absent, open, "<unknown>", "[]"},
		"encrypted, known secret to nobody": {knowing(one, model(set(alice), one, absent, armored)), knowing(two, model(nobody, one, open, open)), open, absent, "<unknown>", "[]"},

		"imported, nothing changes":   {model(nobody, noNumber, absent, absent), model(nobody, noNumber, absent, absent), absent, absent, "<null>", "[]"},
		"imported, something changes": {model(nobody, noNumber, absent, absent), model(nobody, noNumber, open, open), absent, absent, "<null>", "[]"},
		"imported, everything is set": {model(nobody, noNumber, absent, absent), model(set(alice), one, open, open), absent, absent, "<null>", "[]"},
		"imported, other recipients":  {model(set(alice), one, absent, absent), model(set(ssh), one, open, open), absent, absent, "<null>", "[]"},
		"imported, unknown ones":      {model(nobody, noNumber, absent, absent), model(unknown, noNumber, open, open), absent, absent, "<null>", "[]"},
		"imported, known secret":      {model(nobody, noNumber, absent, absent), knowing(one, model(nobody, one, open, open)), open, absent, "<unknown>", "[]"},
		"imported, to recipients":     {model(nobody, noNumber, absent, absent), knowing(one, model(set(alice), one, open, open)), absent, open, "<unknown>", "[]"},
		"imported, perhaps known":     {model(nobody, noNumber, absent, absent), knowing(types.NumberUnknown(), model(nobody, one, open, open)), open, absent, "<unknown>", "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var replacing path.Paths
			if test.prior == nil {
				test.planned.PlanNewSecret()
			} else {
				replacing = test.planned.PlanSecret(test.prior)
			}
			if got := replacing.String(); got != test.replacing {
				t.Errorf("it replaces for %s, want %s", got, test.replacing)
			}
			if !test.planned.Secret.Equal(test.clear) || !test.planned.SecretEncrypted.Equal(test.encrypted) {
				t.Errorf("got %s and %s, want %s and %s", test.planned.Secret, test.planned.SecretEncrypted, test.clear, test.encrypted)
			}
			if got := test.planned.SecretRevision.String(); got != test.revision {
				t.Errorf("the revision is %s, want %s", got, test.revision)
			}
		})
	}
}

// The apply stores the secret, if it has one, in the form that the plan left open.
func TestStoreSecret(t *testing.T) {
	t.Parallel()
	identity, recipient := newKey(t)
	for name, test := range map[string]struct {
		recipients types.Set
		secret     string
	}{
		"in plain text":        {types.SetNull(types.StringType), "whs-1"},
		"an empty set":         {set(), "whs-1"},
		"encrypted":            {recipient, "whs-1"},
		"none, in plain text":  {types.SetNull(types.StringType), ""},
		"none to be encrypted": {recipient, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := model(test.recipients, types.NumberNull(), types.StringUnknown(), types.StringUnknown())
			must(t, r.StoreSecret(test.secret))
			encrypted := len(test.recipients.Elements()) > 0
			if r.Secret.ValueString() != "" && encrypted || r.SecretEncrypted.ValueString() != "" && !encrypted {
				t.Errorf("held as %s and %s", r.Secret, r.SecretEncrypted)
			}
			if got := r.Secret.ValueString() + decrypted(t, r.SecretEncrypted.ValueString(), identity); got != test.secret {
				t.Errorf("got %q, want %q", got, test.secret)
			}
			if r.SecretIsMissing() != (test.secret == "") {
				t.Error("SecretIsMissing is wrong")
			}
		})
	}
}

// A revision is the second in which the provider got the secret. It only grows, whatever the clock shows.
func TestRevise(t *testing.T) {
	t.Parallel()
	now := time.Unix(100, 999)
	for name, test := range map[string]struct {
		planned types.Int64
		prior   types.Int64
		secret  string
		want    string
	}{
		"created":            {types.Int64Unknown(), types.Int64Null(), "whs-1", "100"},
		"without a secret":   {types.Int64Unknown(), types.Int64Null(), "", "<null>"},
		"another secret":     {types.Int64Unknown(), types.Int64Value(7), "whs-1", "100"},
		"in the same second": {types.Int64Unknown(), types.Int64Value(100), "whs-1", "101"},
		"kept":               {types.Int64Value(7), types.Int64Value(7), "whs-1", "7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := tfwebhook.SecretModel{Secret: tfwebhook.StringOrNull(test.secret), SecretRevision: test.planned}
			r.Revise(test.prior, now)
			if got := r.SecretRevision.String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// A secret that the plan keeps stays as it is.
func TestStoreSecretKeepsPlanned(t *testing.T) {
	t.Parallel()
	r := model(set("age1a"), types.NumberNull(), types.StringNull(), types.StringValue("armored"))
	must(t, r.StoreSecret("whs-1"))
	if !r.Secret.IsNull() || r.SecretEncrypted.ValueString() != "armored" {
		t.Errorf("got %s and %s", r.Secret, r.SecretEncrypted)
	}
}

// An encryption that fails is an error, and no secret ends up where it must not.
func TestUnusableRecipient(t *testing.T) {
	t.Parallel()
	r := model(set("age1nothing"), types.NumberNull(), types.StringNull(), types.StringUnknown())
	err := r.StoreSecret("whs-1")
	if err == nil || strings.Contains(err.Error(), "whs-1") || !r.SecretIsMissing() {
		t.Errorf("got %v, held %s and %s", err, r.Secret, r.SecretEncrypted)
	}
}

func noVersion() types.Number { return types.NumberNull() }

func newKey(t *testing.T) (*age.X25519Identity, types.Set) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	must(t, err)
	return identity, set(identity.Recipient().String())
}

func decrypted(t *testing.T, text string, identity age.Identity) string {
	t.Helper()
	if text == "" {
		return ""
	}
	reader, err := age.Decrypt(armor.NewReader(strings.NewReader(text)), identity)
	must(t, err)
	plaintext, err := io.ReadAll(reader)
	must(t, err)
	return string(plaintext)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
