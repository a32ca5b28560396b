package enfinitos

import "slices"

// EventKinds returns the event kinds the vendor's create page lists. A kind that is not among them may be a newer one.
//
// https://docs.enfinitos.com/api-reference/webhooks/create-a-webhook-subscription
func EventKinds() []string { return slices.Clone(eventKinds) }

var eventKinds = []string{
	"basis.registered",
	"challenge.opened",
	"challenge.resolved",
	"challenge.withdrawn",
	"delivery.observed",
	"key.issued",
	"key.revoked",
	"key.rotated",
	"offer.accepted",
	"offer.countered",
	"offer.proposed",
	"offer.rejected",
	"offer.withdrawn",
	"proof_pack.sealed",
	"right.expired",
	"right.issued",
	"right.resumed",
	"right.revoked",
	"right.suspended",
}
