package dfns

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// objects are the sample objects of events by their key in the data, as the vendor's pages show them. The pages show whole objects of
// a policy evaluation and of a transfer. Of the others they show the id and a few fields, so the rest is this program's choice.
//
//go:embed samples.json
var objects []byte

// families lists the kinds by the object in their data.
var families = []struct{ object, kinds string }{
	{"wallet", "wallet.created wallet.activated wallet.delegated wallet.exported wallet.tags.modified"},
	{"blockchainEvent", "wallet.blockchainevent.detected wallet.blockchain_event.transfer.included wallet.blockchain_event.misc.confirmed " +
		"address_watch.blockchain_event.transfer.confirmed address_watch.blockchain_event.misc.confirmed"},
	{"signatureRequest", "wallet.signature.requested wallet.signature.failed wallet.signature.rejected wallet.signature.signed"},
	{"transactionRequest", "wallet.transaction.requested wallet.transaction.failed wallet.transaction.rejected " +
		"wallet.transaction.broadcasted wallet.transaction.confirmed"},
	{"transferRequest", "wallet.transfer.requested wallet.transfer.failed wallet.transfer.rejected wallet.transfer.broadcasted " +
		"wallet.transfer.confirmed"},
	{"offer", "wallet.offer.received wallet.offer.accepted wallet.offer.rejected wallet.offer.withdrawn"},
	{"key", "key.created key.delegated key.exported key.deleted"},
	{"policyEvaluation", "policy.triggered policy.activity.resolved"},
	{"approval", "policy.approval.pending policy.approval.resolved"},
	{"vault", "vault.created vault.updated vault.tags.modified"},
	{"vaultEvent", "vault.event.created"},
	{"payout", "payout.action.required"},
	{"swapRequest", "swap.completed swap.failed"},
	{"", "webhook.event.retry.triggered"}, // only named in the prose
}

// outcomes are the statuses of a request or an offer by the last part of a kind. At first both are Pending.
var outcomes = map[string]string{
	"failed": "Failed", "rejected": "Rejected", "broadcasted": "Broadcasted", "confirmed": "Confirmed", "signed": "Signed",
	"completed": "Completed", "accepted": "Accepted", "withdrawn": "Withdrawn", "resolved": "Approved",
}

var kinds = sync.OnceValue(allKinds)

func allKinds() (out wire.Kinds) {
	var samples map[string]json.RawMessage
	if err := json.Unmarshal(objects, &samples); err != nil {
		panic(fmt.Sprintf("samples.json is part of the program: %v", err))
	}
	for _, family := range families {
		for name := range strings.FieldsSeq(family.kinds) {
			out = append(out, wire.Kind{Name: name, Sample: sample(family.object, samples[family.object], name)})
		}
	}
	return out
}

var pendingStatus = regexp.MustCompile(`"status": "Pending\w*"`)

// sample returns the data of an event: its object, with the status that the kind tells. Its fields keep their order.
func sample(key string, object []byte, kind string) json.RawMessage {
	if object == nil {
		return json.RawMessage("{}")
	}
	if outcome := outcomes[kind[strings.LastIndex(kind, ".")+1:]]; outcome != "" && key != "policyEvaluation" {
		object = pendingStatus.ReplaceAll(object, []byte(`"status": "`+outcome+`"`))
	}
	tags := ""
	if strings.HasSuffix(kind, ".tags.modified") {
		tags = `, "tagsAdded": ["tag1"], "tagsRemoved": ["tag2"]`
	}
	return json.RawMessage(fmt.Sprintf(`{%q: %s%s}`, key, object, tags))
}
