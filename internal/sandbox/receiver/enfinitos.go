package receiver

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Enfinitos signs with "t=<time>,v1=<HMAC of time.body>". There may be several v1 during a rotation of the secret.
var Enfinitos = Scheme{Header: "Enfinitos-Signature", Verify: verifyEnfinitos}

func verifyEnfinitos(header string, body []byte, secrets map[string]string) (webhook, what string, sent time.Time, err error) {
	var at string
	var signatures []string
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			at = value
		case "v1":
			signatures = append(signatures, value)
		}
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return "", "", time.Time{}, errors.New("the signature header has no valid time")
	}
	for _, signature := range signatures {
		if webhook, ok := signer(secrets, []byte(at+"."+string(body)), signature); ok {
			var event struct {
				Kind string `json:"kind"`
			}
			_ = json.Unmarshal(body, &event) // the vendor does not document what a payload holds
			return webhook, cmp.Or(event.Kind, "an event"), time.Unix(seconds, 0), nil
		}
	}
	return "", "", time.Time{}, errUnknownSigner
}
