package receiver

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// timed is the scheme "t=<time>,v1=<HMAC of time.body>". There may be several v1 during a rotation of the secret. The field of an event
// with its kind is named kind.
func timed(header, kind string) Scheme {
	return Scheme{Header: header, Verify: func(signature string, body []byte, secrets map[string]string) (string, string, time.Time, error) {
		at, signatures := parts(signature)
		seconds, err := strconv.ParseInt(at, 10, 64)
		if err != nil {
			return "", "", time.Time{}, errors.New("the signature header has no valid time")
		}
		for _, signature := range signatures {
			if webhook, ok := signer(secrets, []byte(at+"."+string(body)), signature); ok {
				var event map[string]any
				_ = json.Unmarshal(body, &event) // a vendor need not document what a payload holds
				what, _ := event[kind].(string)
				return webhook, cmp.Or(what, "an event"), time.Unix(seconds, 0), nil
			}
		}
		return "", "", time.Time{}, errUnknownSigner
	}}
}

// parts returns the time and the signatures of a header.
func parts(header string) (at string, signatures []string) {
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			at = value
		case "v1":
			signatures = append(signatures, value)
		}
	}
	return at, signatures
}
