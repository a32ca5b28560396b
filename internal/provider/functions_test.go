package provider_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// The functions return these values, or fail with these words. The API refuses a kind that its specification does not have, so only who
// names one that the vendor's prose has gets it.
func TestFunctions(t *testing.T) {
	t.Parallel()
	provider := acctest.NewProtocol(t, nil)
	for call, want := range map[string]any{
		// Computed with: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_0123
		`enfinitos_signature whsec_0123 1700000000 {"a":1}`: acctest.String("t=1700000000,v1=1a9d885d49d9ffca0910d910564325c28eb50173b0557e8f884bcfca744322c4"),
		// Computed with: printf '0.{}' | openssl dgst -sha256 -hmac s
		"enfinitos_signature s 0 {}":                acctest.String("t=0,v1=e79b1f685c78e46b2e3f94b5fbf00964e3e3d5ed4d1e270dcf671ac4cd2233fa"),
		"enfinitos_signature  1 {}":                 "argument 0: The secret is empty",
		"enfinitos_signature s -1 {}":               "argument 1: The timestamp is before 1970",
		"enfinitos_signature s 1.5 {}":              "argument 1: The timestamp is not a whole number",
		"enfinitos_signature s 1e30 {}":             "argument 1: The timestamp is too large",
		"enfinitos_event_kinds *.revoked right.re*": acctest.StringSet("key.revoked", "right.resumed", "right.revoked"),
		// Computed with: printf '{"a":1}' | openssl dgst -sha256 -hmac whs-0123
		`dfns_signature whs-0123 {"a":1}`: acctest.String("sha256=4f2dc4ed4e8a1af8323d3d82baf9ba0d0cdd0a939613df9fc848cfaaccbf5d19"),
		"dfns_signature  {}":              "argument 0: The secret is empty",
		"dfns_origin_ips eu":              acctest.StringSet("35.181.116.68"),
		"dfns_origin_ips uae":             acctest.StringSet("40.172.249.100", "51.45.23.79"),
		"dfns_origin_ips staging":         acctest.StringSet("52.47.197.63"),
		"dfns_origin_ips EU":              `argument 0: The region "EU" is not known. Known regions are eu, uae, staging`,
		"dfns_event_kinds policy.approval.* key.created policy.*.resolved": acctest.StringSet("key.created", "policy.approval.pending", "policy.approval.resolved"),
		"dfns_event_kinds policy.activity.resolved swap.failed":            acctest.StringSet("policy.activity.resolved", "swap.failed"),
		"dfns_event_kinds": "At least one pattern",
		"dfns_event_kinds key.created wallet.transfers.*": `argument 1: Pattern "wallet.transfers.*" matches no Dfns event kind that this version of the ` +
			`provider knows. The most similar pattern that matches some is "wallet.transfer.*"`,
		"dfns_event_kinds webhook.event.retry.triggered* swap.*": `argument 0: Pattern "webhook.event.retry.triggered*" matches only event kinds that the prose of`,
		"dfns_event_kinds swapp.*":                               `The most similar pattern that matches some is "key.*"`, // those of swap.* match kinds of the prose only
		"dfns_event_kinds ":                                      `Pattern "" matches no Dfns event kind that this version of the provider knows. To use a newer kind, add it`,
	} {
		words := strings.Split(call, " ")
		var arguments []acctest.Value
		for _, word := range words[1:] {
			argument := acctest.String(word)
			if number, err := strconv.ParseFloat(word, 64); err == nil {
				argument = tftypes.NewValue(tftypes.Number, number)
			}
			arguments = append(arguments, argument)
		}
		got, err := provider.Call(words[0], arguments...)
		value, returns := want.(acctest.Value)
		if returns && (err != nil || !got.Equal(value)) || !returns && (err == nil || !strings.Contains(err.Error(), want.(string))) {
			t.Errorf("%s: got %s, %v, want %v", call, got, err, want)
		}
	}
	all, err := provider.Call("dfns_event_kinds", acctest.String("*"))
	for _, kind := range []string{"policy.activity.resolved", "swap.completed", "swap.failed", "webhook.event.retry.triggered"} {
		if strings.Contains(all.String(), kind) {
			t.Errorf("* gives %s: %v", kind, err)
		}
	}
}
