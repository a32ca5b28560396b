package simulation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Hash returns the HMAC-SHA256 of a text in hex.
func Hash(secret string, text []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil))
}

// SignWithTime is the scheme "t=<Unix time>,v1=<HMAC of time.body>", which several vendors use.
func SignWithTime(secret string, body []byte, at time.Time) string {
	signed := fmt.Appendf(nil, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), Hash(secret, signed))
}
