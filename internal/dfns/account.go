package dfns

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// claims are those of a token that the client uses. The organization is in the claim that the official SDKs use.
type claims struct {
	Expires  httpapi.Optional[float64] `json:"exp"`
	Metadata struct {
		OrganizationID string `json:"orgId"`
	} `json:"https://custom/app_metadata"`
}

// claimsOf returns the claims of a token, without verifying it. A token that cannot be parsed has none.
func claimsOf(token string) (out claims) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || json.Unmarshal(payload, &out) != nil {
		return claims{}
	}
	return out
}

// expiry returns when the token expires, in UTC, or the zero time if it does not say so.
func (c claims) expiry() time.Time {
	if c.Expires.Value == nil {
		return time.Time{}
	}
	return time.Unix(int64(*c.Expires.Value), 0).UTC()
}
