// Package conformance describes the webhook resource of each vendor once. Its tests run what every one of them must survive.
//
// A new vendor adds a file with its description and a line in Vendors.
package conformance

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// Vendors are the vendors of the provider.
var Vendors = []Vendor{Dfns, Enfinitos}

// Values are attributes by name.
type Values = map[string]acctest.Value

// Vendor describes the webhook resource of a vendor, the vendor's API and its sandbox.
type Vendor struct {
	// Name is the vendor's name, Type the type of the resource.
	Name, Type string
	// Config is a complete configuration.
	Config Values
	// Off is the change of it that stops the deliveries.
	Off Values
	// Updates are other changes that are made in place, Replacements those that replace the webhook.
	Updates, Replacements []Values
	// Omittable are the attributes that an answer may leave out, with their names there.
	Omittable map[string]string

	// Profiles are the forms of the API that are known.
	Profiles map[string]Profile
	// Rotates says that the vendor can change a secret outside Terraform.
	Rotates bool
	// Lists says that the client lists webhooks to look for what a lost create has made, and that Type is a list resource too.
	Lists bool
	// Create, Update and Delete are the calls of a change, in the order of the journal. ID stands for the id.
	Create, Update, Delete []string
	// Calls are the calls that can go wrong, as method and path, by operation: create, read, update, delete, "create off" where a webhook is
	// created on and turned off by a second call, and "read again" where the second read of a run makes other calls than the first.
	Calls map[string][][2]string
	// Sendings is how often a create is sent at most while the API does not answer.
	Sendings int
	// Strange are bodies that prove nothing, Odd are patches of an answer that does not prove what it must, Foreign are bodies of a 404
	// that does not come from the API itself. STRANGER stands for the id of another webhook.
	Strange, Odd, Foreign []string
	// Faults are answers that are hard to see through, such as the API's own 404 for a webhook that exists. The random sequences mix them
	// with those that any vendor gives.
	Faults []sandbox.Fault
	// Patch returns a JSON merge patch for the fields of a webhook in an answer, Secret one for the secret. OddTypes is one that gives
	// every field that only informs an odd type.
	Patch, Secret func(string) string
	OddTypes      string
	// Endless are patches that let every page of a list promise another one. A vendor whose client does not list has none.
	Endless []string
	// Forms are sandboxes whose API stores another form of what it is sent.
	Forms map[string]sandbox.Config
	// Home are the settings of an account, Elsewhere are other accounts and other ways to the same one.
	Home      map[string]string
	Elsewhere map[string]Place
	// Data are data sources that read the webhook whose address is ADDRESS. The calls of one end with DataCall, which is empty if a refresh
	// makes all their calls too.
	Data, DataCall string
	// Deleted is a body that proves a delete, where the sandbox's does not.
	Deleted string
	// Invalid are changes of Config that are refused, Unusual are those that are allowed and probably unintended.
	Invalid, Unusual []Remark
	// Stored are the fields of every answer of an API that stores a value in another form.
	Stored map[string]Remark

	// NamedBy is the attribute with the name by which a sweep knows what a test has made.
	NamedBy string
	// Connect returns the vendor's API, of a sandbox or of an account.
	Connect func(*acctest.Env) (Client, error)
	// Account is an account for tests.
	Account acctest.Account

	// Webhooks are those in the sandbox.
	Webhooks func(*acctest.Env) Webhooks
	// MoreSecrets are what no log may hold besides the token. It may be nil.
	MoreSecrets func(*acctest.Env) []string
	// Examples registers what the examples configure, so that their imports change nothing, and returns what they call it, with what it is
	// called, in pairs.
	Examples func(*acctest.Env) []string
}

// Profile is a form of an API.
type Profile struct {
	Sandbox sandbox.Config
	// Reads and Deletes say that the API has the calls.
	Reads, Deletes bool
}

// Remark is what is said about a change of a configuration. Each text is of another error or warning.
type Remark struct {
	Change Values
	Says   []string
}

// Place is where a provider calls an API.
type Place struct {
	// Settings are environment variables, Path is the path before that of the API.
	Settings map[string]string
	Path     string
	// Want are the words of the error of a 404 there. Without words, the 404 counts.
	Want []string
}

// Client changes webhooks outside Terraform.
type Client interface {
	// Find reports whether the vendor delivers to a webhook. Its error is a *httpapi.NotFoundError if the webhook is gone, and
	// errors.ErrUnsupported where the API cannot read it, and so neither import it nor show drift.
	Find(ctx context.Context, id string) (on bool, err error)
	TurnOff(ctx context.Context, id string) error
	// Delete returns errors.ErrUnsupported where the API cannot delete.
	acctest.Swept
}

// Object is a webhook at a vendor.
type Object struct {
	ID, Secret string
	// Name is its attribute NamedBy.
	URL, Name string
	// On says that the vendor delivers to it.
	On      bool
	Created time.Time
	// Values returns its attributes. It takes longer than the rest.
	Values func() Values
}

// Equal reports whether two webhooks have the same id, secret, attributes and time.
func (o Object) Equal(other Object) bool {
	return o.ID == other.ID && o.Secret == other.Secret && o.On == other.On && o.Created.Equal(other.Created) &&
		maps.EqualFunc(o.Values(), other.Values(), acctest.Value.Equal)
}

// With returns a configuration with some changes. A null value removes an attribute.
func (v Vendor) With(changes ...Values) Values {
	out := maps.Clone(v.Config)
	for _, change := range changes {
		maps.Copy(out, change)
	}
	return out
}

// Client returns the vendor's API.
func (v Vendor) Client(t testing.TB, env *acctest.Env) Client {
	t.Helper()
	client, err := v.Connect(env)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Pauses reports that a webhook is only paused where the API cannot delete it.
func (v Vendor) Pauses() bool {
	for _, profile := range v.Profiles {
		if !profile.Deletes {
			return true
		}
	}
	return false
}

// Address is the address of the resource that HCL returns.
func (v Vendor) Address() string { return v.Type + ".test" }

// HCL returns a configuration as Terraform reads it, with further lines.
func (v Vendor) HCL(config Values, lines ...string) string {
	return v.Resource("test", config, lines...)
}

// Resource is HCL with another name of the resource.
func (v Vendor) Resource(label string, config Values, lines ...string) string {
	out := fmt.Sprintf("resource %q %q {\n", v.Type, label)
	for _, name := range slices.Sorted(maps.Keys(config)) {
		if text := Literal(config[name]); text != "" {
			out += "  " + name + " = " + text + "\n"
		}
	}
	for _, line := range lines {
		out += "  " + line + "\n"
	}
	return out + "}\n"
}

// Literal returns a value as Terraform reads it, or "" for null.
func Literal(value acctest.Value) string {
	if value.IsNull() {
		return ""
	}
	var text string
	var flag bool
	var all []tftypes.Value
	switch {
	case value.As(&text) == nil:
		return fmt.Sprintf("%q", text)
	case value.As(&flag) == nil:
		return fmt.Sprint(flag)
	case value.As(&all) == nil:
		texts := make([]string, 0, len(all))
		for _, element := range all {
			texts = append(texts, Literal(element))
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	panic("a configuration of the kit has a value of another type: " + value.String())
}

// Updating is the call that changes a webhook, as method and path with * for the id.
func (v Vendor) Updating() [2]string {
	last := strings.Fields(v.Update[len(v.Update)-1])
	return [2]string{last[0], strings.Replace(last[1], "/ID", "/*", 1)}
}

// Creating is the call that creates a webhook, as method and path.
func (v Vendor) Creating() [2]string {
	last := strings.Fields(v.Create[len(v.Create)-1])
	return [2]string{last[0], last[1]}
}

// texts returns the elements of a set of texts.
func texts(values Values, name string) (out []string) {
	var elements []tftypes.Value
	_ = values[name].As(&elements)
	for _, element := range elements {
		var one string
		_ = element.As(&one)
		out = append(out, one)
	}
	return out
}

// valuesOf returns the attributes of a webhook of a sandbox that a configuration has. They have the names of its fields.
func valuesOf[T any](webhook *T, config Values) func() Values {
	return func() Values {
		out := Values{}
		for name := range config {
			switch value := field(webhook, name).(type) {
			case *string:
				out[name] = or(*value)
			case *bool:
				out[name] = flag(*value)
			case *[]string:
				out[name] = acctest.StringSet(*value...)
			}
		}
		return out
	}
}

// setting returns a change of a webhook of a sandbox to some values.
func setting[T any](values Values) func(*T) {
	return func(webhook *T) {
		for name, value := range values {
			switch into := field(webhook, name).(type) {
			case *[]string:
				*into = texts(values, name)
			default:
				_ = value.As(into)
			}
		}
	}
}

// field returns a pointer to the field that has the name of an attribute.
func field[T any](webhook *T, attribute string) any {
	return reflect.ValueOf(webhook).Elem().FieldByNameFunc(func(name string) bool {
		return strings.EqualFold(name, strings.ReplaceAll(attribute, "_", ""))
	}).Addr().Interface()
}

// text is a change of one attribute to a text, kinds one of the event kinds.
func text(attribute, value string) Values { return Values{attribute: acctest.String(value)} }
func kinds(all ...string) Values          { return Values{"events": acctest.StringSet(all...)} }

// null is an attribute that is not configured.
func null() acctest.Value { return tftypes.NewValue(tftypes.String, nil) }

// flag returns a boolean.
func flag(on bool) acctest.Value { return tftypes.NewValue(tftypes.Bool, on) }

// or returns a text, or null if it is empty.
func or(text string) acctest.Value {
	if text == "" {
		return null()
	}
	return acctest.String(text)
}
