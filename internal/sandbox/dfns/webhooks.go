package dfns

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// Webhook is a registered webhook as the sandbox keeps it.
type Webhook struct {
	ID          string
	URL         string
	Events      []string
	Status      string
	Description string
	Secret      string
	Created     time.Time
	Updated     time.Time

	number int
}

// Webhooks returns a copy of what is registered, in order of creation.
func (s *Server) Webhooks() []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhooks.Copies()
}

func (webhook *Webhook) copy() *Webhook {
	out := *webhook
	out.Events = slices.Clone(webhook.Events)
	return &out
}

// Edit changes a webhook behind the back of whoever manages it, as a user of the vendor's dashboard would.
func (s *Server) Edit(id string, change func(*Webhook)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	webhook := s.webhooks.Find(id)
	if webhook == nil {
		return fmt.Errorf("there is no webhook %s", id)
	}
	s.change(webhook, change)
	return nil
}

// Register adds a webhook outside of any client and returns its id.
func (s *Server) Register(webhook Webhook) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(webhook).ID
}

// Remove deletes a webhook outside of any client.
func (s *Server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks.Drop(id)
}

// change changes a webhook, and when it was last changed.
func (s *Server) change(webhook *Webhook, change func(*Webhook)) {
	s.webhooks.Change(webhook, func(changed *Webhook) {
		change(changed)
		changed.Updated = s.options.Clock()
	})
}

func (s *Server) createWebhook(w http.ResponseWriter, _ *http.Request, body []byte) {
	webhook := Webhook{Status: enabled}
	if err := decodeWebhook(body, &webhook, true); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if limit := s.options.WebhookLimit; limit > 0 && len(s.webhooks.All()) >= limit {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("Maximum number of webhooks reached (%d)", limit))
		return
	}
	s.options.Normalize(&webhook)
	created := s.add(webhook)
	out := created.answer()
	out["secret"] = created.Secret
	answer(w, out)
}

func (s *Server) add(webhook Webhook) *Webhook {
	s.created++
	webhook.number = s.created
	webhook.ID = s.newID("wh")
	webhook.Secret = "whs-" + wire.Text(s.options.Random, 32)
	webhook.Created = s.options.Clock()
	webhook.Updated = webhook.Created
	s.webhooks.Add(&webhook)
	return &webhook
}

func (s *Server) getWebhook(w http.ResponseWriter, r *http.Request) {
	if webhook := s.found(w, r); webhook != nil {
		answer(w, webhook.answer())
	}
}

func (s *Server) updateWebhook(w http.ResponseWriter, r *http.Request, body []byte) {
	webhook := s.found(w, r)
	if webhook == nil {
		return
	}
	changed := *webhook
	if err := decodeWebhook(body, &changed, false); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.options.Normalize(&changed)
	s.change(webhook, func(into *Webhook) { *into = changed })
	out := webhook.answer()
	if s.options.SecretOnUpdate {
		out["secret"] = webhook.Secret
	}
	answer(w, out)
}

func (s *Server) deleteWebhook(w http.ResponseWriter, r *http.Request, body []byte) {
	webhook := s.found(w, r)
	if webhook == nil {
		return
	}
	if !empty(string(body)) {
		refuse(w, http.StatusBadRequest, "a delete has no body")
		return
	}
	s.webhooks.Drop(webhook.ID)
	answer(w, map[string]bool{"deleted": true})
}

func (s *Server) listWebhooks(w http.ResponseWriter, r *http.Request) {
	items, next, err := page(s.webhooks.Seen(r), r.URL.Query(), func(w *Webhook) int { return w.number })
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	answers := make([]map[string]any, 0, len(items))
	for _, webhook := range items {
		answers = append(answers, webhook.answer())
	}
	answer(w, list(answers, next))
}

// found returns the webhook a path names, or answers that there is none.
func (s *Server) found(w http.ResponseWriter, r *http.Request) *Webhook {
	webhook := s.webhooks.Named(r)
	if webhook == nil {
		refuse(w, http.StatusNotFound, "Webhook not found")
	}
	return webhook
}

func (webhook *Webhook) answer() map[string]any {
	out := map[string]any{"id": webhook.ID, "dateCreated": date(webhook.Created), "dateUpdated": date(webhook.Updated)}
	for name, of := range settings {
		if value := of.get(webhook); value != "" {
			out[name] = value
		}
	}
	return out
}

var kindShape = regexp.MustCompile(`^(\*|[a-z0-9_]+(\.[a-z0-9_]+)+)$`)

// settings are what a create and an update can set, by their names in JSON. An answer omits an empty text.
var settings = map[string]setting{
	"url":    settingOf(func(w *Webhook) *string { return &w.URL }, validURL, "must be a valid http or https URL"),
	"events": settingOf(func(w *Webhook) *[]string { return &w.Events }, validEvents, "must hold at least one event kind"),
	"status": settingOf(func(w *Webhook) *string { return &w.Status }, validStatus, "must be Enabled or Disabled"),
	"description": settingOf(func(w *Webhook) *string { return &w.Description }, validDescription,
		"must have at most 256 characters"),
}

type setting struct {
	get func(*Webhook) any
	set func(into *Webhook, fields wire.Object, name string) error
}

// settingOf is a setting in a field of a webhook. rule says which values are valid.
func settingOf[T any](field func(*Webhook) *T, valid func(T) bool, rule string) setting {
	return setting{
		get: func(webhook *Webhook) any { return *field(webhook) },
		set: func(into *Webhook, fields wire.Object, name string) error {
			sent, ok, err := wire.Value[T](fields, name)
			switch {
			case err != nil || !ok:
				return err
			case !valid(sent):
				return fmt.Errorf("%s %s", name, rule)
			}
			*field(into) = sent
			return nil
		},
	}
}

// decodeWebhook lays the body of a create or an update over a webhook. A create must send url and events.
func decodeWebhook(body []byte, into *Webhook, all bool) error {
	names := slices.Sorted(maps.Keys(settings))
	fields, err := wire.DecodeObject(body, names...)
	if err != nil {
		return err
	}
	if all && (fields["url"] == nil || fields["events"] == nil) {
		return errors.New("url and events are required")
	}
	for _, name := range names {
		err = errors.Join(err, settings[name].set(into, fields, name))
	}
	return err
}

func validURL(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && (parsed.Scheme == "https" || parsed.Scheme == "http") && parsed.Host != ""
}

func validEvents(events []string) bool {
	return len(events) > 0 && !slices.ContainsFunc(events, func(kind string) bool { return !kindShape.MatchString(kind) })
}

// enabled is the status in which a webhook gets events.
const enabled = "Enabled"

func validStatus(status string) bool { return status == enabled || status == "Disabled" }

// validDescription counts as JavaScript does, in UTF-16 code units.
func validDescription(text string) bool { return len(utf16.Encode([]rune(text))) <= 256 }

func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// page cuts one page out of items by the limit and paginationToken of a query. The token holds the number of the last
// item served, so that deletions between two pages shift nothing.
func page[T any](items []T, query url.Values, number func(T) int) (out []T, next string, err error) {
	limit := 50
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 200 {
			return nil, "", errors.New("limit must be between 1 and 200")
		}
	}
	after, err := lastServed(query)
	if err != nil {
		return nil, "", err
	}
	for _, item := range items {
		if number(item) <= after {
			continue
		}
		if len(out) == limit {
			token := strconv.Itoa(number(out[limit-1]))
			return out, base64.RawURLEncoding.EncodeToString([]byte(token)), nil
		}
		out = append(out, item)
	}
	return out, "", nil
}

// lastServed returns the number in a query's page token, 0 without one.
func lastServed(query url.Values) (int, error) {
	text := query.Get("paginationToken")
	if text == "" {
		return 0, nil
	}
	raw, _ := base64.RawURLEncoding.DecodeString(text)
	number, err := strconv.Atoi(string(raw))
	if err != nil {
		return 0, errors.New("paginationToken is not valid")
	}
	return number, nil
}

// DropUnknownPage removes a page token that the sandbox has not made from a query.
func (s *Server) DropUnknownPage(query url.Values) {
	if _, err := lastServed(query); err != nil {
		query.Del("paginationToken")
	}
}

func list(items []map[string]any, next string) map[string]any {
	out := map[string]any{"items": items}
	if next != "" {
		out["nextPageToken"] = next
	}
	return out
}
