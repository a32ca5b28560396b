package tfwebhook_test

import (
	"io"
	"math/big"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

// model is what a vendor's model looks like from here.
type model struct {
	tfwebhook.SecretSettings
	secret, encrypted types.String
}

func (r *model) stored() tfwebhook.StoredSecret {
	if r == nil {
		return tfwebhook.StoredSecret{}
	}
	return tfwebhook.StoredSecret{SecretSettings: &r.SecretSettings, Clear: &r.secret, Encrypted: &r.encrypted}
}

func set(texts ...string) types.Set {
	var elements []attr.Value
	for _, text := range texts {
		elements = append(elements, types.StringValue(text))
	}
	return types.SetValueMust(types.StringType, elements)
}

func settings(recipients types.Set, version types.Number) tfwebhook.SecretSettings {
	return tfwebhook.SecretSettings{Recipients: recipients, Version: version}
}

// Every way of holding a secret, and every change of the settings: how it will be held, and whether that replaces.
func TestPlan(t *testing.T) {
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
		prior     *model
		planned   model // as the framework proposes it
		clear     types.String
		encrypted types.String
		replacing string
	}{
		"create":                        {nil, model{settings(nobody, noNumber), open, open}, open, absent, "[]"},
		"create with recipients":        {nil, model{settings(set(alice), one), open, open}, absent, open, "[]"},
		"create, recipients unknown":    {nil, model{settings(unknown, noNumber), open, open}, open, open, "[]"},
		"create, one recipient unknown": {nil, model{settings(partly, noNumber), open, open}, open, open, "[]"},

		"clear, nothing changes":    {&model{settings(nobody, one), inClear, absent}, model{settings(nobody, one), inClear, absent}, inClear, absent, "[]"},
		"clear, something changes":  {&model{settings(nobody, one), inClear, absent}, model{settings(nobody, one), open, open}, inClear, absent, "[]"},
		"clear, recipients added":   {&model{settings(nobody, one), inClear, absent}, model{settings(set(alice), one), open, open}, absent, open, "[]"},
		"clear, recipients unknown": {&model{settings(nobody, one), inClear, absent}, model{settings(unknown, one), open, open}, open, open, "[]"},
		"clear, version changed":    {&model{settings(nobody, one), inClear, absent}, model{settings(nobody, two), open, open}, open, open, "[secret_version]"},
		"clear, version unknown":    {&model{settings(nobody, one), inClear, absent}, model{settings(nobody, types.NumberUnknown()), open, open}, open, open, "[secret_version]"},
		"clear, first version":      {&model{settings(nobody, noNumber), inClear, absent}, model{settings(nobody, two), open, open}, inClear, absent, "[]"},
		"clear, version removed":    {&model{settings(nobody, one), inClear, absent}, model{settings(nobody, noNumber), open, open}, inClear, absent, "[]"},

		"encrypted, nothing changes":    {&model{settings(set(alice), one), absent, armored}, model{settings(set(alice), one), absent, armored}, absent, armored, "[]"},
		"encrypted, something changes":  {&model{settings(set(alice), one), absent, armored}, model{settings(set(alice), one), open, open}, absent, armored, "[]"},
		"encrypted, another recipient":  {&model{settings(set(alice), one), absent, armored}, model{settings(set(alice, ssh), one), open, open}, open, open, "[secret_recipients]"},
		"encrypted, fewer recipients":   {&model{settings(set(alice, ssh), one), absent, armored}, model{settings(set(alice), one), open, open}, open, open, "[secret_recipients]"},
		"encrypted, no recipients":      {&model{settings(set(alice), one), absent, armored}, model{settings(nobody, one), open, open}, open, open, "[secret_recipients]"},
		"encrypted, recipients unknown": {&model{settings(set(alice), one), absent, armored}, model{settings(unknown, one), open, open}, open, open, "[secret_recipients]"},
		"encrypted, one unknown":        {&model{settings(set(alice), one), absent, armored}, model{settings(partly, one), open, open}, open, open, "[secret_recipients]"},
		"encrypted, only a comment":     {&model{settings(set(ssh+" me"), one), absent, armored}, model{settings(set(ssh+" you"), one), open, open}, absent, armored, "[]"},
		"encrypted, version changed":    {&model{settings(set(alice), one), absent, armored}, model{settings(set(alice), two), open, open}, open, open, "[secret_version]"},

		"imported, nothing changes":   {&model{settings(nobody, noNumber), absent, absent}, model{settings(nobody, noNumber), absent, absent}, absent, absent, "[]"},
		"imported, something changes": {&model{settings(nobody, noNumber), absent, absent}, model{settings(nobody, noNumber), open, open}, absent, absent, "[]"},
		"imported, everything is set": {&model{settings(nobody, noNumber), absent, absent}, model{settings(set(alice), one), open, open}, absent, absent, "[]"},
		"imported, other recipients":  {&model{settings(set(alice), one), absent, absent}, model{settings(set(ssh), one), open, open}, absent, absent, "[]"},
		"imported, unknown ones":      {&model{settings(nobody, noNumber), absent, absent}, model{settings(unknown, noNumber), open, open}, absent, absent, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replacing := test.planned.stored().Plan(test.prior.stored())
			if got := replacing.String(); got != test.replacing {
				t.Errorf("it replaces for %s, want %s", got, test.replacing)
			}
			if !test.planned.secret.Equal(test.clear) || !test.planned.encrypted.Equal(test.encrypted) {
				t.Errorf("got %s and %s, want %s and %s", test.planned.secret, test.planned.encrypted, test.clear, test.encrypted)
			}
		})
	}
}

// What a plan left open is filled in: with the secret in the answer to a create, or the one that was held before, whatever else an
// answer tells, in the way that was planned.
func TestSettleSecret(t *testing.T) {
	t.Parallel()
	identity, recipient := newKey(t)
	before := &model{settings(types.SetNull(types.StringType), types.NumberNull()), types.StringValue("whs-before"), types.StringNull()}
	for name, test := range map[string]struct {
		told       string
		before     *model
		recipients types.Set
		secret     string
	}{
		"told":                       {"whs-told", nil, types.SetNull(types.StringType), "whs-told"},
		"told, to be encrypted":      {"whs-told", nil, recipient, "whs-told"},
		"held before, now encrypted": {"", before, recipient, "whs-before"},
		"told anew, now encrypted":   {"whs-told", before, recipient, "whs-before"},
		"held before, in the clear":  {"", before, types.SetNull(types.StringType), "whs-before"},
		"never told":                 {"", nil, types.SetNull(types.StringType), ""},
		"never told, recipients":     {"", nil, recipient, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &model{settings(test.recipients, types.NumberNull()), types.StringUnknown(), types.StringUnknown()}
			must(t, r.stored().Settle(test.told, test.before.stored()))
			encrypted := !test.recipients.IsNull()
			if r.secret.ValueString() != "" && encrypted || r.encrypted.ValueString() != "" && !encrypted {
				t.Errorf("held as %s and %s", r.secret, r.encrypted)
			}
			if got := r.secret.ValueString() + decrypted(t, r.encrypted.ValueString(), identity); got != test.secret {
				t.Errorf("got %q, want %q", got, test.secret)
			}
			if r.stored().IsMissing() != (test.secret == "") {
				t.Error("whether the secret is missing is told wrongly")
			}
		})
	}
}

// What the plan has promised stays, whatever an answer tells.
func TestSettleKeepsPlannedValues(t *testing.T) {
	t.Parallel()
	r := &model{settings(set("age1a"), types.NumberNull()), types.StringNull(), types.StringValue("armored")}
	must(t, r.stored().Settle("whs-told", tfwebhook.StoredSecret{}))
	if !r.secret.IsNull() || r.encrypted.ValueString() != "armored" {
		t.Errorf("got %s and %s", r.secret, r.encrypted)
	}
}

// An encryption that fails is an error, and no secret ends up where it must not.
func TestUnusableRecipient(t *testing.T) {
	t.Parallel()
	r := &model{settings(set("age1nothing"), types.NumberNull()), types.StringNull(), types.StringUnknown()}
	err := r.stored().Settle("whs-told", tfwebhook.StoredSecret{})
	if err == nil || strings.Contains(err.Error(), "whs-told") || !r.stored().IsMissing() {
		t.Errorf("got %v, held %s and %s", err, r.secret, r.encrypted)
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
