package enfinitos

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Signature returns the value of the header Enfinitos-Signature that EnfinitOS sends with a delivery at a time, in Unix
// seconds: the HMAC of time and body. The documentation does not say whether the key is the whole secret with its prefix;
// this project assumes so.
func Signature(secret string, timestamp int64, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strconv.FormatInt(timestamp, 10) + "."))
	mac.Write(body)
	return fmt.Sprintf("t=%d,v1=%s", timestamp, hex.EncodeToString(mac.Sum(nil)))
}
