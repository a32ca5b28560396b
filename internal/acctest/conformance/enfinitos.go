package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	api "github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

var enfinitosConfig = Values{
	"url": acctest.String("https://hooks.example.com/Enfinitos"), "events": acctest.StringSet("right.issued", "right.revoked"),
	"label": acctest.String("rights"), "active": flag(true),
}

// enfinitosBlank is said of a label that the API may trim. It is no error, because what was imported may have it.
var enfinitosBlank = []string{"Label With Outer White Space: The label "}

const enfinitosStored = "(?s)EnfinitOS Webhook Stored With Different Values: .*every later apply replaces.*"

// Enfinitos documents neither how to read nor how to delete a subscription, and has no key that makes a create safe to send again.
var Enfinitos = Vendor{
	Name: "EnfinitOS", Type: "webhook_enfinitos", Rotates: true,
	Config: enfinitosConfig,
	Off:    Values{"active": flag(false)},
	Replacements: []Values{
		{"url": acctest.String("https://elsewhere.example.com/Enfinitos")}, {"events": acctest.StringSet("*")},
		{"label": acctest.String("other")},
	},
	Omittable: map[string]string{
		"url": "url", "events": "events", "label": "label", "active": "active", "developer_id": "developerId", "created_at": "createdAt",
	},
	Profiles: map[string]Profile{
		"documented":   {},
		"conventional": {Sandbox: sandbox.Config{EnfinitosConventional: true}, Reads: true, Deletes: true},
	},
	Sendings: 1,
	Create:   []string{"POST /v1/webhooks 201"},
	Update:   []string{"POST /v1/webhooks/ID/active 200"},
	Delete:   []string{"DELETE /v1/webhooks/ID 200"},
	Calls: map[string][][2]string{
		"create":     {{"POST", "/v1/webhooks"}},
		"create off": {{"POST", "/v1/webhooks"}, {"", "/v1/webhooks/*/active"}},
		"read":       {{"GET", "/v1/webhooks/*"}, {"GET", "/v1/webhooks/*/deliveries"}, {"GET", ""}},
		"update":     {{"", "/v1/webhooks/*/active"}},
		"delete":     {{"DELETE", ""}, {"", "/v1/webhooks/*/active"}},
	},
	Strange: strange(`{"ok":true,"data":`, `{"ok":false}`, `<html>`,
		`{"ok":true,"data":{"subscription":{"subscriptionId":"STRANGER","active":false}},"contractVersion":"v1.0"}`),
	Odd:     []string{`{"data":{"subscription":{"active":"$n"}}}`},
	Foreign: foreign(`404 page not found`, `{"error":{"message":"Unknown endpoint"}}`),
	Faults: []sandbox.Fault{
		{Method: "GET", Path: "/v1/webhooks/*", Effect: sandbox.Status, Status: 404},
		{Method: "DELETE", Path: "/v1/webhooks/*", Effect: sandbox.Status, Status: 404},
		{Method: "DELETE", Path: "/v1/webhooks/*", Effect: sandbox.Status, Status: 204, Body: new("")},
		{Effect: sandbox.Status, Status: 404, Body: new(`{"code":404,"error":"not found"}`)},
		{Effect: sandbox.Patch, Patch: json.RawMessage(
			`{"data":{"subscription":{"developerId":7,"lastDeliveredAt":[]}},"contractVersion":2}`,
		)},
	},
	Patch:    func(fields string) string { return `{"data":{"subscription":` + fields + `}}` },
	Secret:   func(secret string) string { return `{"data":{"signingSecret":"` + secret + `"}}` },
	OddTypes: `{"data":{"subscription":{"createdAt":1,"label":{},"url":7,"events":"*","developerId":[],"lastDeliveredAt":false}}}`,
	Home:     map[string]string{"ENFINITOS_API_URL": "http://127.0.0.1:3"},
	Elsewhere: map[string]Place{
		"another path": {
			Settings: map[string]string{"ENFINITOS_API_URL": "http://127.0.0.1:3/other"}, Path: "/other",
			Want: []string{"Last seen in: loopback/\n", "now: loopback/other\n"},
		},
		"another port": {Settings: map[string]string{"ENFINITOS_API_URL": "http://127.0.0.1:4"}},
	},
	Data:     "data \"webhook_enfinitos_deliveries\" \"test\" { subscription_id = ADDRESS.id }\n",
	DataCall: "/deliveries", Deleted: `{"ok":true,"data":{}}`,
	Invalid: []Remark{
		{text("url", "http://u:hunter2@h.example.com?k=hunter2"), []string{
			`Invalid URL: .*must be an absolute https URL .*: it must be https; .* Got: "http://h.example.com/…".`,
		}},
		{kinds(), []string{"Invalid Event Kind: .*it is empty"}},
		{kinds("Right Issued"), []string{`must contain event kinds.*"right.issued".*Got: "Right Issued"`}},
		{text("label", ""), []string{"1 to 60 characters.*it has 0"}},
		{text("label", strings.Repeat("é", 61)), []string{"1 to 60 characters.*it has 61"}},
	},
	Unusual: []Remark{
		{nil, nil}, {text("url", "http://localhost:8080"), nil}, {text("label", "x"), nil},
		{text("label", " rights"), enfinitosBlank}, {text("label", "rights\n"), enfinitosBlank},
		{text("label", "\u00a0rights"), enfinitosBlank}, {text("label", "  "), enfinitosBlank},
		{kinds("right.isued"), []string{
			`Unknown Event Kind: right.isued: .*does not know this kind. The most similar known kind is "right.issued". If EnfinitOS`,
		}},
	},
	Stored: map[string]Remark{
		`{"label":"rights"}`: {text("label", "rights "), []string{
			enfinitosBlank[0], enfinitosStored + `  label = "rights" .configured: "rights ".`,
		}},
		`{"label":null}`: {nil, nil},
		`{"events":["right.revoked","right.issued"]}`: {nil, nil},
		`{"events":["*"]}`: {kinds("right.issued"), []string{
			enfinitosStored + `  events = .".". .configured: ."right.issued".`,
		}},
		`{"url":"https://u:hunter2@hooks.example.com"}`: {text("url", "https://u:hunter2@hooks.example.com/a/"), []string{
			enfinitosStored + `  url = "https://hooks.example.com/…" .configured: "https://hooks.example.com/…"`,
		}},
		`{"url":"https://hooks.example.com/"}`: {text("url", "https://hooks.example.com"), nil},
	},

	NamedBy: "label", Account: enfinitosAccount, Connect: connectEnfinitos,

	Webhooks: func(env *acctest.Env) Webhooks {
		return webhooksIn(env.Enfinitos, env.Enfinitos.Subscriptions, func(s *enfinitos.Subscription) Object {
			return Object{ID: s.ID, Secret: s.Secret, URL: s.URL, Name: s.Label, On: s.Active, Created: s.Created}
		})
	},
	Examples: func(env *acctest.Env) []string {
		id := env.Enfinitos.Register(enfinitos.Subscription{
			URL: env.ReceiverURL + "/enfinitos", Events: []string{"right.issued", "right.revoked"}, Label: "rights ledger",
		})
		lost := env.Enfinitos.AddDelivery(enfinitos.Delivery{
			WebhookID: id, Status: enfinitos.DeadLettered, Attempts: 5, Payload: `{"kind": "right.issued"}`,
		})
		return []string{"SUBSCRIPTION_ID", id, "dlv_4s9g2p3v1c8m0q6t2k5r", lost}
	},
}

var enfinitosAccount = acctest.Account{
	Vendor: "EnfinitOS", Credentials: []string{"ENFINITOS_API_KEY"}, Staging: "sandbox.api.enfinitos.com", Production: "sk_live_",
	DefaultURL: func(account map[string]string) string {
		environment, _ := api.EnvironmentURL(account["ENFINITOS_API_KEY"])
		return environment
	},
}

type enfinitosClient struct {
	*api.Client

	calls httpapi.Config
}

func connectEnfinitos(env *acctest.Env) (Client, error) {
	calls := env.Calls(enfinitosAccount)
	client, err := api.New(calls)
	return enfinitosClient{client, calls}, err
}

// List implements Client. It makes the conventional call, which only a sweep needs.
func (c enfinitosClient) List(ctx context.Context) (all []acctest.Candidate, err error) {
	c.calls.DecodeError = func([]byte) (code, message string, ok bool) { return "", "", false }
	client, err := httpapi.New(c.calls)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(ctx, httpapi.Request{Method: http.MethodGet, Path: []string{"v1", "webhooks"}})
	switch status := httpapi.Status(err); {
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return nil, fmt.Errorf("%w, which EnfinitOS does not document: look in the console for paused subscriptions whose label starts with %s",
			acctest.ErrNoList, acctest.NamePrefix)
	case err != nil:
		return nil, err
	}
	var answer struct {
		Data struct {
			Subscriptions []api.Subscription `json:"subscriptions"`
		} `json:"data"`
	}
	err = json.Unmarshal(response.Body, &answer)
	for _, s := range answer.Data.Subscriptions {
		all = append(all, acctest.Candidate{ID: s.ID, URL: s.URL, Name: s.Label, Created: s.CreatedAt})
	}
	return all, err
}

// Find implements Client.
func (c enfinitosClient) Find(ctx context.Context, id string) (on bool, err error) {
	found, presence, err := c.Client.Find(ctx, id, "")
	if err == nil && presence != api.Readable {
		err = errors.ErrUnsupported
	}
	return err == nil && (found.Active.Value == nil || *found.Active.Value), err
}

// TurnOff implements Client.
func (c enfinitosClient) TurnOff(ctx context.Context, id string) error {
	_, err := c.SetActive(ctx, id, "", false)
	return err
}

// Delete implements Client.
func (c enfinitosClient) Delete(ctx context.Context, id string) error {
	if _, err := c.Find(ctx, id); err != nil { // an API that reads also deletes
		return err
	}
	_, err := c.Remove(ctx, id, "")
	return err
}
