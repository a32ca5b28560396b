package dfns

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
)

// Account returns the organization and the API that this client calls. A 404 proves nothing about another account.
func (c *Client) Account() account.Account { return c.account }

// organization returns the organization of a token, from the claim that the official SDKs use. The token is not verified. It
// returns "" for a token that cannot be parsed.
func organization(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	claims, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var told struct {
		Metadata struct {
			OrganizationID string `json:"orgId"`
		} `json:"https://custom/app_metadata"`
	}
	if err != nil || json.Unmarshal(claims, &told) != nil {
		return ""
	}
	return told.Metadata.OrganizationID
}
