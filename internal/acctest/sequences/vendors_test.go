package sequences_test

import (
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
	return []*vendor{dfnsVendor(env), enfinitosVendor(env, conventional)}
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

// any vendor's answers may be cut, late, repeated, refused, or made by something on the way.
var wireFaults = []sandbox.Fault{
	{Effect: sandbox.DropBefore},
	{Effect: sandbox.DropAfter},
	{Effect: sandbox.Late},
	{Effect: sandbox.Status, Status: http.StatusInternalServerError},
	{Effect: sandbox.StatusAfter, Status: http.StatusServiceUnavailable},
	{Effect: sandbox.Truncate},
	{Effect: sandbox.HTML},
	{Effect: sandbox.Status, Status: http.StatusTooManyRequests, RetryAfter: "1"},
	{Effect: sandbox.Twice},
}

var oddFaults = []sandbox.Fault{
	{Effect: sandbox.Status, Status: http.StatusForbidden},
	{Effect: sandbox.Status, Status: http.StatusUnauthorized},
	answered(http.StatusNotFound, `{"message":"no route matched"}`),
	answered(http.StatusOK, `{}`),
	answered(http.StatusOK, ``),
}

// answered answers a call instead of the vendor.
func answered(status int, body string) sandbox.Fault {
	return sandbox.Fault{Effect: sandbox.Status, Status: status, Body: &body}
}

// only restricts a fault to calls.
func only(method, glob string, fault sandbox.Fault) sandbox.Fault {
	fault.Method, fault.Path = method, glob
	return fault
}

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
