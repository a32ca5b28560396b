package wire

import "net/url"

// Shown is how many deliveries an Overview holds at most: the newest.
const Shown = 2000

// Overview is what the page shows of a vendor. It holds no secret and no token.
type Overview struct {
	Webhooks []Webhook `json:"webhooks"`
	// Deliveries are the newest, newest first.
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
	// Signature is the header that a receiver verifies, empty before the first attempt.
	Signature string `json:"-"`
}

// Content is all of a delivery.
type Content struct {
	Delivery

	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Payload string            `json:"payload"`
	// Answer is the beginning of what the receiver answered.
	Answer string `json:"answer"`
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
