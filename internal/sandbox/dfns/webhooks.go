package dfns

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/simulation"
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
	// Number is the place in the order of creation.
	Number int
}

func (webhook *Webhook) view() simulation.Webhook {
	return simulation.Webhook{
		ID: &webhook.ID, URL: &webhook.URL, Secret: &webhook.Secret, Events: &webhook.Events, Updated: &webhook.Updated,
		On: webhook.Status == enabled, State: webhook.Status, Label: webhook.Description,
	}
}

// assign sets what the API assigns to a new webhook.
func (s *Server) assign(webhook *Webhook) {
	webhook.Status = cmp.Or(webhook.Status, enabled)
	webhook.Number = s.Count()
	webhook.ID = s.newID("wh")
	webhook.Secret = "whs-" + wire.Text(s.Random, 32)
	webhook.Created = s.Clock()
	webhook.Updated = webhook.Created
}

func (s *Server) createWebhook(w http.ResponseWriter, _ *http.Request, body []byte) {
	var webhook Webhook
	if err := decodeWebhook(body, &webhook, true); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if limit := s.options.WebhookLimit; limit > 0 && len(s.All()) >= limit {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("Maximum number of webhooks reached (%d)", limit))
		return
	}
	s.options.Normalize(&webhook)
	created := s.Add(webhook)
	out := created.answer()
	out["secret"] = created.Secret
	answer(w, out)
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
	s.Change(webhook, func(into *Webhook) { *into = changed })
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
	s.Drop(webhook.ID)
	answer(w, map[string]bool{"deleted": true})
}

func (s *Server) listWebhooks(w http.ResponseWriter, r *http.Request) {
	items, next, err := page(s.Seen(r), r.URL.Query(), func(w *Webhook) int { return w.Number })
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
	webhook := s.Named(r)
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
	return len(events) > 0 && !slices.ContainsFunc(events, func(kind string) bool { return kind != "*" && !wire.IsKind(kind) })
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
	limit, err := wire.Number(query, "limit", 50, 1, 200)
	after, err2 := lastServed(query)
	if err := cmp.Or(err, err2); err != nil {
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
