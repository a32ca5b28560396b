package enfinitos

import "slices"

// EventKinds returns the event kinds in the vendor's documentation of a create. An unknown kind may be a newer one.
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
