package receiver

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Dfns signs with "sha256=" and the HMAC of the body. The body contains the time.
var Dfns = Scheme{Header: "X-Dfns-Webhook-Signature", Verify: verifyDfns}

func verifyDfns(signature string, body []byte, secrets map[string]string) (webhook, what string, sent time.Time, err error) {
	webhook, ok := signer(secrets, body, strings.TrimPrefix(signature, "sha256="))
	if !ok {
		return "", "", time.Time{}, errUnknownSigner
	}
	var event struct {
		Kind            string `json:"kind"`
		TimestampSent   int64  `json:"timestampSent"`
		DeliveryAttempt int    `json:"deliveryAttempt"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return "", "", time.Time{}, fmt.Errorf("the body is not JSON: %w", err)
	}
	return webhook, fmt.Sprintf("%s, attempt %d", event.Kind, event.DeliveryAttempt), time.Unix(event.TimestampSent, 0), nil
}
