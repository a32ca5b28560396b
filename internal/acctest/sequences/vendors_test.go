package sequences_test

import (
	_ "embed"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// vendor is the description of a vendor, with a sandbox of its own in one form of its API.
type vendor struct {
	conformance.Vendor

	profile conformance.Profile
	env     *acctest.Env
}

// newVendor draws the form of a vendor's API.
func newVendor(t *testing.T, random *rand.Rand, description conformance.Vendor) *vendor {
	t.Helper()
	profile := description.Profiles[pick(random, slices.Sorted(maps.Keys(description.Profiles))...)]
	return &vendor{description, profile, acctest.NewVirtual(t, profile.Sandbox)}
}

// createsOn says that a webhook is always created on.
func (v *vendor) createsOn() bool { return v.Calls["create off"] != nil }

// attributes returns the configuration of a webhook.
func (v *vendor) attributes(c content) conformance.Values {
	out := v.With(conformance.Values{"url": acctest.String(c.URL), v.NamedBy: acctest.String(c.Text)})
	if !c.On {
		maps.Copy(out, v.Off)
	}
	return out
}

// content is what a configuration says about a webhook at any vendor.
type content struct {
	URL, Text string
	On        bool
}

// webhook is what a vendor has registered.
type webhook struct {
	ID, Secret string
	content
	Created time.Time
}

// all returns what is registered.
func (v *vendor) all() (out []webhook) {
	for _, o := range v.Objects(v.env) {
		out = append(out, webhook{o.ID, o.Secret, content{o.URL, o.Name, o.On}, o.Created})
	}
	return out
}

// byHand is a change that strangers make.
func (v *vendor) byHand(random *rand.Rand) conformance.Values {
	return pick(random, append([]conformance.Values{v.Off}, v.Updates...)...)
}

// settings adds the environment variables of the vendor.
func (v *vendor) settings(environment map[string]string) {
	for name, value := range v.env.Env() {
		if strings.HasPrefix(name, strings.ToUpper(v.Name)+"_") {
			environment[name] = value
		}
	}
}

// creates reports whether a call creates a webhook, changes whether it changes one. The calls of a signature change nothing.
func (v *vendor) creates(request *http.Request) bool {
	return [2]string{request.Method, request.URL.Path} == v.Creating()
}

func (v *vendor) changes(request *http.Request) bool {
	return request.Method != http.MethodGet && strings.HasPrefix(request.URL.Path, v.Creating()[1])
}

// drawContent draws from few values, so that webhooks of equal content are common.
func drawContent(random *rand.Rand) content {
	return content{
		URL:  pick(random, "https://a.example.com/", "https://b.example.com/", "https://c.example.com/"),
		Text: pick(random, "one", "one", "two"),
		On:   random.IntN(4) > 0,
	}
}

// equal reports whether creates of two contents make webhooks that nobody can distinguish.
func (v *vendor) equal(a, b content) bool {
	return a.URL == b.URL && a.Text == b.Text && (a.On == b.On || v.createsOn())
}

// find returns the webhook with an id.
func (v *vendor) find(id string) (webhook, bool) {
	for _, one := range v.all() {
		if one.ID == id {
			return one, true
		}
	}
	return webhook{}, false
}

//go:embed testdata/faults.json
var faultsText []byte

// faults are what goes wrong at any vendor: on the wire, where answers may be cut, late, repeated, refused, or made by something on the
// way, and as odd answers.
var faults = func() (out map[string][]sandbox.Fault) {
	if err := json.Unmarshal(faultsText, &out); err != nil {
		panic(err)
	}
	return out
}()

// strikes reports whether a fault acts on a call.
func strikes(fault sandbox.Fault, request *http.Request) bool {
	read := request.Method == http.MethodGet
	if read && (fault.Effect == sandbox.Late || fault.Effect == sandbox.Twice) || !read && fault.Effect == sandbox.Lag {
		return false
	}
	matched, _ := path.Match(fault.Path, request.URL.Path)
	return (fault.Method == "" || fault.Method == request.Method) && (fault.Path == "" || matched)
}

func pick[T any](random *rand.Rand, values ...T) T { return values[random.IntN(len(values))] }
