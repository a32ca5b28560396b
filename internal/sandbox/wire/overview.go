package wire

import "net/url"

// Shown is how many deliveries an Overview holds at most: the newest.
const Shown = 100

// Overview is what a stand-in shows on its page. It holds no secret and no token.
type Overview struct {
	Vendor     string     `json:"vendor"`
	Webhooks   []Webhook  `json:"webhooks"`
	Deliveries []Delivery `json:"deliveries"`
	// Pending is how many deliveries are still to be made, retries included.
	Pending int `json:"pending"`
}

// Webhook is one line of an Overview.
type Webhook struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
	State  string   `json:"state"`
	Label  string   `json:"label"`
}

// Delivery is one line of an Overview.
type Delivery struct {
	ID        string `json:"id"`
	WebhookID string `json:"webhookId"`
	Kind      string `json:"kind"`
	State     string `json:"state"`
	Outcome   string `json:"outcome"`
	Error     string `json:"error"`
	Attempt   int    `json:"attempt"`
	Time      string `json:"time"`
	Next      string `json:"next"`
}

// Harmless returns a URL without what may be a password or a token in it.
func Harmless(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	parsed.User = nil
	if parsed.RawQuery != "" {
		parsed.RawQuery = "…"
	}
	return parsed.String()
}
