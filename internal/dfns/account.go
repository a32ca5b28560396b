package dfns

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
)

// Account tells the organization and the API that this client calls. A 404 proves nothing about those of another one.
func (c *Client) Account() account.Account { return c.account }

// organization reads from a token which one it belongs to, in the claim that the official SDKs read it from. The token is
// not verified, and one that cannot be read belongs to none that is known.
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
