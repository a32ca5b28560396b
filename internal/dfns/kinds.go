package dfns

import (
	"maps"
	"slices"
)

// EventKinds returns the known event kinds: the enum of the vendor's newest specification and the four that only its prose
// names. The vendor adds about one a month, so an unknown kind is not an error.
//
// https://docs.dfns.co/api-reference/webhooks
func EventKinds() []string { return slices.Sorted(maps.Keys(EventDescriptions())) }

// EventDescriptions returns what each of the EventKinds tells, empty where the vendor does not say it.
//
// https://docs.dfns.co/api-reference/webhook-events
func EventDescriptions() map[string]string { return maps.Clone(eventKinds) }

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

var eventKinds = map[string]string{
	"address_watch.blockchain_event.misc.confirmed":     "",
	"address_watch.blockchain_event.transfer.confirmed": "A transfer from or to a watched address was confirmed on chain.",
	"key.created":                               "A key was created.",
	"key.delegated":                             "A key was delegated.",
	"key.deleted":                               "A key was deleted.",
	"key.exported":                              "A key was exported.",
	"payout.action.required":                    "A payout needs an action, such as an approval.",
	"policy.activity.resolved":                  "An activity that a policy governs was finally cleared or blocked.",
	"policy.approval.pending":                   "An approval was requested and is pending.",
	"policy.approval.resolved":                  "A requested approval was granted or denied.",
	"policy.triggered":                          "The rule of a policy applied to an activity.",
	"swap.completed":                            "A swap was completed.",
	"swap.failed":                               "A requested swap failed.",
	"vault.created":                             "A vault was created.",
	"vault.event.created":                       "An entry was added to the balance ledger of a vault.",
	"vault.tags.modified":                       "The tags of a vault were changed.",
	"vault.updated":                             "A vault was updated.",
	"wallet.activated":                          "A wallet was activated, for example on Canton.",
	"wallet.blockchain_event.misc.confirmed":    "",
	"wallet.blockchain_event.transfer.included": "An incoming transfer is in a block that is not final yet. Only some networks report it.",
	"wallet.blockchainevent.detected":           "An event, such as a deposit, was detected on chain. Only Tier-1 chains report it.",
	"wallet.created":                            "A wallet was created.",
	"wallet.delegated":                          "A wallet was delegated.",
	"wallet.exported":                           "A wallet was exported.",
	"wallet.offer.accepted":                     "A transfer offer was accepted and settled on chain.",
	"wallet.offer.received":                     "A wallet received a transfer offer.",
	"wallet.offer.rejected":                     "A transfer offer was rejected, which is settled on chain.",
	"wallet.offer.withdrawn":                    "The sender withdrew a transfer offer.",
	"wallet.signature.failed":                   "A requested signature could not be made.",
	"wallet.signature.rejected":                 "A requested signature was rejected in a policy approval.",
	"wallet.signature.requested":                "A signature was requested.",
	"wallet.signature.signed":                   "A requested signature was made.",
	"wallet.tags.modified":                      "The tags of a wallet were changed.",
	"wallet.transaction.broadcasted":            "A requested transaction was submitted to the mempool.",
	"wallet.transaction.confirmed":              "A requested transaction was confirmed on chain. Only Tier-1 chains report it.",
	"wallet.transaction.failed":                 "A requested transaction could not be processed.",
	"wallet.transaction.rejected":               "A requested transaction was rejected in a policy approval.",
	"wallet.transaction.requested":              "A transaction was requested.",
	"wallet.transfer.broadcasted":               "A requested transfer was submitted to the mempool.",
	"wallet.transfer.confirmed":                 "A requested transfer was confirmed on chain. Only Tier-1 chains report it.",
	"wallet.transfer.failed":                    "A requested transfer could not be processed.",
	"wallet.transfer.rejected":                  "A requested transfer was rejected in a policy approval.",
	"wallet.transfer.requested":                 "A transfer was requested.",
	"webhook.event.retry.triggered":             "A delivery that had failed is tried again.",
}
