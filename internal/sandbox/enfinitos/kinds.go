package enfinitos

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// samples are the data of an event by the first part of its kind. The vendor does not document what a payload holds, so this is the
// id of what the event is about.
var samples = map[string]string{
	"right":      `{"rightId":"right_0000000000000001"}`,
	"basis":      `{"basisId":"basis_0000000000000001"}`,
	"offer":      `{"offerId":"offer_0000000000000001","rightId":"right_0000000000000001"}`,
	"challenge":  `{"challengeId":"challenge_0000000000000001","rightId":"right_0000000000000001"}`,
	"delivery":   `{"deliveryId":"delivery_0000000000000001","rightId":"right_0000000000000001"}`,
	"proof_pack": `{"proofPackId":"proof_pack_0000000000000001","rightId":"right_0000000000000001"}`,
	"key":        `{"keyId":"key_0000000000000001"}`,
}

// quiet are the kinds that the vendor's page of the create names as not firing today, with all of key.
var quiet = []string{"right.resumed", "right.expired", "challenge.withdrawn", "proof_pack.sealed"}

var kinds = allKinds("right.issued", "right.suspended", "right.resumed", "right.revoked", "right.expired", "basis.registered",
	"offer.proposed", "offer.accepted", "offer.rejected", "offer.countered", "offer.withdrawn", "challenge.opened", "challenge.resolved",
	"challenge.withdrawn", "delivery.observed", "proof_pack.sealed", "key.issued", "key.revoked", "key.rotated")

func allKinds(names ...string) (out wire.Kinds) {
	for _, name := range names {
		family, _, _ := strings.Cut(name, ".")
		out = append(out, wire.Kind{
			Name: name, Quiet: family == "key" || slices.Contains(quiet, name), Sample: json.RawMessage(samples[family]),
		})
	}
	return out
}
