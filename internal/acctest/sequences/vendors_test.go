package sequences_test

import (
	_ "embed"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// vendor is the description of a vendor, with what only the sequences must know.
type vendor struct {
	conformance.Vendor

	env *acctest.Env
	// reads says that the API shows what a webhook is, pauses that a webhook is always created on, and only paused if it cannot be
	// deleted.
	reads, pauses bool
	// all returns what is registered, faster than Objects, because it is called often.
	all func() []webhook
	// byHand is the change that strangers make.
	byHand conformance.Values
	// faults are the odd answers that only this vendor's client must see through, or that have this vendor's shape.
	faults []sandbox.Fault
}

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

// vendors returns the descriptions of all vendors, for one sandbox.
func vendors(env *acctest.Env, conventional bool) []*vendor {
	return []*vendor{{
		Vendor: conformance.Dfns, env: env, reads: true, faults: faults["dfns"],
		byHand: conformance.Values{"description": acctest.String("by hand")},
		all: func() (out []webhook) {
			for _, w := range env.Dfns.Webhooks() {
				out = append(out, webhook{w.ID, w.Secret, content{w.URL, w.Description, w.Status == "Enabled"}, w.Created})
			}
			return out
		},
	}, {
		Vendor: conformance.Enfinitos, env: env, reads: conventional, pauses: true, faults: faults["enfinitos"],
		byHand: conformance.Enfinitos.Off,
		all: func() (out []webhook) {
			for _, s := range env.Enfinitos.Subscriptions() {
				out = append(out, webhook{s.ID, s.Secret, content{s.URL, s.Label, s.Active}, s.Created})
			}
			return out
		},
	}}
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
	return a.URL == b.URL && a.Text == b.Text && (a.On == b.On || v.pauses)
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

// faults are what goes wrong: at any vendor on the wire, where answers may be cut, late, repeated, refused, or made by something on the
// way, at any vendor as odd answers, and at each vendor.
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
