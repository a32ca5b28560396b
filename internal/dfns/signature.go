package dfns

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Signature returns the value of the header X-DFNS-WEBHOOK-SIGNATURE that Dfns sends with a delivery: the HMAC of the
// body under the whole secret.
//
// https://docs.dfns.co/api-reference/webhooks#verify-signature
func Signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
