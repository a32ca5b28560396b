package dfns

import "slices"

// EventKinds returns the known event kinds: the enum of the vendor's newest specification and the four that only its prose
// names. The vendor adds about one a month, so an unknown kind is not an error.
//
// https://docs.dfns.co/api-reference/webhooks
func EventKinds() []string { return slices.Clone(eventKinds) }

// ProseEventKinds returns the EventKinds that are in no specification. The API most likely refuses them.
//
// https://docs.dfns.co/api-reference/webhooks
func ProseEventKinds() []string {
	return []string{"policy.activity.resolved", "swap.completed", "swap.failed", "webhook.event.retry.triggered"}
}

// DeprecatedEventKinds returns the EventKinds that the vendor has deprecated, each with what to do.
//
// https://docs.dfns.co/api-reference/webhook-events
func DeprecatedEventKinds() map[string]string {
	return map[string]string{"wallet.exported": `Subscribe to "key.exported" too. If a pattern matches both, nothing needs to be done.`}
}

var eventKinds = []string{
	"address_watch.blockchain_event.misc.confirmed",
	"address_watch.blockchain_event.transfer.confirmed",
	"key.created",
	"key.delegated",
	"key.deleted",
	"key.exported",
	"payout.action.required",
	"policy.activity.resolved",
	"policy.approval.pending",
	"policy.approval.resolved",
	"policy.triggered",
	"swap.completed",
	"swap.failed",
	"vault.created",
	"vault.event.created",
	"vault.tags.modified",
	"vault.updated",
	"wallet.activated",
	"wallet.blockchain_event.misc.confirmed",
	"wallet.blockchain_event.transfer.included",
	"wallet.blockchainevent.detected",
	"wallet.created",
	"wallet.delegated",
	"wallet.exported",
	"wallet.offer.accepted",
	"wallet.offer.received",
	"wallet.offer.rejected",
	"wallet.offer.withdrawn",
	"wallet.signature.failed",
	"wallet.signature.rejected",
	"wallet.signature.requested",
	"wallet.signature.signed",
	"wallet.tags.modified",
	"wallet.transaction.broadcasted",
	"wallet.transaction.confirmed",
	"wallet.transaction.failed",
	"wallet.transaction.rejected",
	"wallet.transaction.requested",
	"wallet.transfer.broadcasted",
	"wallet.transfer.confirmed",
	"wallet.transfer.failed",
	"wallet.transfer.rejected",
	"wallet.transfer.requested",
	"webhook.event.retry.triggered",
}
