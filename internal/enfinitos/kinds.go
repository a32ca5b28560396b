package enfinitos

import (
	"maps"
	"slices"
)

// EventKinds returns the event kinds in the vendor's documentation of a create. An unknown kind may be a newer one.
//
// https://docs.enfinitos.com/api-reference/webhooks/create-a-webhook-subscription
func EventKinds() []string { return slices.Sorted(maps.Keys(EventDescriptions())) }

// EventDescriptions returns what the vendor says of each of the EventKinds. Of most it gives only the name.
func EventDescriptions() map[string]string { return maps.Clone(eventKinds) }

const silent = "Not sent in the vendor's sandbox today."

var eventKinds = map[string]string{
	"basis.registered":    "",
	"challenge.opened":    "",
	"challenge.resolved":  "",
	"challenge.withdrawn": silent,
	"delivery.observed":   "",
	"key.issued":          silent,
	"key.revoked":         silent,
	"key.rotated":         silent,
	"offer.accepted":      "",
	"offer.countered":     "",
	"offer.proposed":      "",
	"offer.rejected":      "",
	"offer.withdrawn":     "",
	"proof_pack.sealed":   silent,
	"right.expired":       silent,
	"right.issued":        "",
	"right.resumed":       silent,
	"right.revoked":       "",
	"right.suspended":     "",
}
