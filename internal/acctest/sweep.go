package acctest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// minimumAge protects the webhooks of a run in progress from a sweep.
const minimumAge = time.Hour

// ErrNoList reports that the webhooks to sweep cannot be listed.
var ErrNoList = errors.New("this API has no call to list subscriptions, which EnfinitOS does not document: look in the console " +
	"for paused ones whose label starts with " + NamePrefix)

// candidate is a webhook of either vendor in a sweep.
type candidate struct {
	id, url, name, created string
}

// leftover reports whether a live test made the webhook long ago. In doubt it belongs to somebody else.
func (c candidate) leftover(now time.Time) bool {
	created, err := time.Parse(time.RFC3339, c.created)
	return err == nil && now.Sub(created) > minimumAge &&
		strings.HasPrefix(c.url, receivers+NamePrefix) && (c.name == "" || strings.HasPrefix(c.name, NamePrefix))
}

// SweepDfns deletes the webhooks that killed runs of the live tests have left, and returns their ids.
func (e *Env) SweepDfns(ctx context.Context, client *dfns.Client, now time.Time) ([]string, error) {
	var all []candidate
	for webhook, err := range client.ListWebhooks(ctx, 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, candidate{webhook.ID, webhook.URL, webhook.Description, webhook.DateCreated})
	}
	return sweep(all, now, func(id string) error {
		err := client.DeleteWebhook(ctx, id, "")
		if dfns.IsNotFound(err) {
			return nil
		}
		return err
	})
}

// SweepEnfinitos does the same for subscriptions. If the API cannot delete, it pauses them. If the API cannot list, it returns
// ErrNoList.
func (e *Env) SweepEnfinitos(ctx context.Context, client *enfinitos.Client, now time.Time) ([]string, error) {
	subscriptions, err := e.subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	var all []candidate
	for _, s := range subscriptions {
		all = append(all, candidate{s.ID, s.URL, s.Label, s.CreatedAt})
	}
	return sweep(all, now, func(id string) error {
		_, err := client.Remove(ctx, id, "")
		return err
	})
}

// sweep continues after a failure: one webhook that cannot be deleted must not protect the others.
func sweep(all []candidate, now time.Time, remove func(id string) error) (swept []string, err error) {
	for _, found := range all {
		if !found.leftover(now) {
			continue
		}
		if failed := remove(found.id); failed != nil {
			err = errors.Join(err, fmt.Errorf("sweeping %s: %w", found.id, failed))
			continue
		}
		swept = append(swept, found.id)
	}
	return swept, err
}

// subscriptions lists by the conventional call, which only a sweep needs.
func (e *Env) subscriptions(ctx context.Context) ([]enfinitos.Subscription, error) {
	config := calls(e.Env()["ENFINITOS_API_URL"], e.Env()[enfinitosKey])
	config.DecodeError = func([]byte) (code, message string, ok bool) { return "", "", false }
	client, err := httpapi.New(config)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(ctx, httpapi.Request{Method: http.MethodGet, Path: []string{"v1", "webhooks"}})
	switch status := httpapi.Status(err); {
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return nil, ErrNoList
	case err != nil:
		return nil, err
	}
	var answer struct {
		Data struct {
			Subscriptions []enfinitos.Subscription `json:"subscriptions"`
		} `json:"data"`
	}
	err = json.Unmarshal(response.Body, &answer)
	return answer.Data.Subscriptions, err
}
