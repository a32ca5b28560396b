package dfns

import (
	"net/http"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Refuse answers a call as the vendor would refuse it with a status of its own accord: a missing permission, a rate
// limit, an outage. An empty message means the vendor's usual words.
func (s *Server) Refuse(w http.ResponseWriter, r *http.Request, status int, message string) {
	if message == "" {
		message = s.usualWords(r, status)
	}
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.stamp(w)
	refuse(w, status, message)
}

func (s *Server) usualWords(r *http.Request, status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "Not Authorized."
	case http.StatusForbidden:
		return "ServiceAccount " + s.account.UserID + " is not authorized to perform operation (" + permission(r) + ")"
	case http.StatusNotFound:
		return "Webhook not found"
	}
	return http.StatusText(status)
}

// permission names the permission a call needs, as the vendor's endpoint pages do.
func permission(r *http.Request) string {
	switch {
	case strings.HasSuffix(r.URL.Path, "/ping"):
		return "Webhooks:Ping"
	case strings.Contains(r.URL.Path, "/events"):
		return "Webhooks:Events:Read"
	case r.Method == http.MethodPost:
		return "Webhooks:Create"
	case r.Method == http.MethodPut:
		return "Webhooks:Update"
	case r.Method == http.MethodDelete:
		return "Webhooks:Delete"
	}
	return "Webhooks:Read"
}

// refuse writes an error in the vendor's shape.
func refuse(w http.ResponseWriter, status int, message string) {
	wire.Answer(w, status, map[string]any{
		"error": map[string]any{"id": "err-" + w.Header().Get("X-Request-Id"), "status": status, "message": message},
	})
}
