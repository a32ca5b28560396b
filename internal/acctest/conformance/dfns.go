package conformance

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	api "github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// dfnsSigned are the calls that sign a change.
var dfnsSigned = [][2]string{{"", "/auth/action/init"}, {"", "/auth/action"}}

var dfnsConfig = Values{
	"url": acctest.String("https://hooks.example.com/Dfns"), "events": acctest.StringSet("wallet.created", "wallet.transfer.confirmed"),
	"status": acctest.String("Enabled"), "description": acctest.String(" Ledger"),
}

const dfnsStored = "(?s)Dfns Webhook Stored With Different Values: .*"

// Dfns signs every change with a token that works once, so a change without an answer is sent again.
var Dfns = Vendor{
	Name: "Dfns", Type: "webhook_dfns",
	Config: dfnsConfig,
	Off:    Values{"status": acctest.String("Disabled")},
	Updates: []Values{
		{"url": acctest.String("https://elsewhere.example.com/Dfns")}, {"events": acctest.StringSet("*")},
		{"description": acctest.String("other")}, {"description": null()},
	},
	Omittable: map[string]string{"events": "events", "status": "status", "date_created": "dateCreated"},
	Profiles:  map[string]Profile{"": {Sandbox: sandbox.Config{DfnsSecretOnUpdate: true}, Reads: true, Deletes: true}},
	Lists:     true, Sendings: 5,
	Create: []string{"POST /auth/action/init 200", "POST /auth/action 200", "POST /webhooks 200"},
	Update: []string{"POST /auth/action/init 200", "POST /auth/action 200", "PUT /webhooks/ID 200"},
	Delete: []string{"POST /auth/action/init 200", "POST /auth/action 200", "DELETE /webhooks/ID 200"},
	Calls: map[string][][2]string{
		"create":     append([][2]string{{"POST", "/webhooks"}, {"GET", "/webhooks"}, {"", "/webhooks"}}, dfnsSigned...),
		"read":       {{"GET", "/webhooks/*"}, {"GET", ""}},
		"read again": {{"GET", "/webhooks"}, {"GET", ""}}, // which lists
		"update":     append([][2]string{{"PUT", ""}, {"", "/webhooks/*"}, {"", ""}}, dfnsSigned...),
		"delete":     append([][2]string{{"DELETE", ""}, {"", "/webhooks/*"}, {"", ""}}, dfnsSigned...),
	},
	Strange: strange(`{"deleted":null}`, `[]`),
	Odd:     []string{`{"id":"STRANGER"}`},
	Foreign: foreign(``),
	Faults: []sandbox.Fault{
		{Method: "GET", Path: "/webhooks/*", Effect: sandbox.Status, Status: 404, Message: "Webhook not found"},
		{Method: "DELETE", Path: "/webhooks/*", Effect: sandbox.Status, Status: 200, Body: new(`{"deleted":false}`)},
		{Method: "POST", Path: "/webhooks", Effect: sandbox.Status, Status: 202, Body: new(`{"id":"ap-1"}`)},
		{Effect: sandbox.Patch, Patch: json.RawMessage(`{"dateCreated":7,"dateUpdated":{"at":null}}`)},
	},
	Patch:    func(fields string) string { return fields },
	Secret:   func(secret string) string { return `{"secret":"` + secret + `"}` },
	OddTypes: `{"dateCreated":1,"dateUpdated":true,"events":"x","status":{},"description":[]}`,
	Endless:  []string{`{"nextPageToken":"$n"}`, `{"nextPageToken":"same"}`},
	Forms: map[string]sandbox.Config{
		"slash":   {DfnsNormalize: func(w *dfns.Webhook) { w.URL = strings.TrimRight(w.URL, "/") + "/" }},
		"trimmed": {DfnsNormalize: func(w *dfns.Webhook) { w.Description = strings.TrimSpace(w.Description) }},
		"case":    {DfnsNormalize: func(w *dfns.Webhook) { w.URL = strings.ToLower(w.URL) }},
	},
	Home: map[string]string{"DFNS_API_URL": "http://127.0.0.1:3", "DFNS_AUTH_TOKEN": dfnsToken("or-1")},
	Elsewhere: map[string]Place{
		"another organization": {
			Settings: map[string]string{"DFNS_API_URL": "http://127.0.0.1:3", "DFNS_AUTH_TOKEN": dfnsToken("or-2")},
			Want:     []string{"Last seen in: organization or-1 at loopback/\n", "now: organization or-2 at loopback/\n"},
		},
		"another way to the same": {
			Settings: map[string]string{"DFNS_API_URL": "http://127.0.0.1:3/other", "DFNS_AUTH_TOKEN": dfnsToken("or-1")}, Path: "/other",
		},
		"another path, without an organization in the token": {
			Settings: map[string]string{"DFNS_API_URL": "http://127.0.0.1:3/other", "DFNS_AUTH_TOKEN": "opaque"}, Path: "/other",
			Want: []string{"Last seen in: organization or-1 at loopback/\n", "now: loopback/other\n"},
		},
		"another port": {Settings: map[string]string{"DFNS_API_URL": "http://127.0.0.1:4", "DFNS_AUTH_TOKEN": dfnsToken("or-1")}},
		"without an organization in the token": {
			Settings: map[string]string{"DFNS_API_URL": "http://127.0.0.1:3", "DFNS_AUTH_TOKEN": "opaque"},
		},
	},
	Data: `
data "webhook_dfns" "test" { id = ADDRESS.id }
data "webhook_dfns_webhooks" "test" { url = data.webhook_dfns.test.url }
data "webhook_dfns_events" "test" { webhook_id = ADDRESS.id }
`,
	DataCall: "/events",
	Invalid: []Remark{
		{text("url", "https://u:hunter2@h.example.com:0/?key=hunter2"), []string{
			`Invalid URL: .*Got: "https://h.example.com:0/…".`,
		}},
		{kinds(), []string{"Invalid Event Kind: .*it is empty"}},
		{kinds("walet.*"), []string{`for a pattern, write events = provider::webhook::dfns_event_kinds\("wallet.\*"\)`}},
		{text("status", "enabled"), []string{`must be one of \["Enabled" "Disabled"\]: write "Enabled". Got: "enabled"`}},
		{text("description", strings.Repeat("é", 257)), []string{"0 to 256 characters.*it has 257"}},
		{text("description", strings.Repeat("🔑", 129)), []string{"as JavaScript does.*it has 258"}},
	},
	Unusual: []Remark{
		{text("description", strings.Repeat("é", 256)), nil},
		{Values{"events": acctest.StringSet("*"), "status": acctest.String("Disabled")}, nil},
		{text("url", "http://localhost:8080"), nil},
		{text("url", "http://hooks.example.com/hunter2"), []string{
			"Deliveries Without TLS: The url at http://hooks.example.com is http",
		}},
		{kinds("*", "wallet.created"), []string{`Redundant Event Kinds: "\*" subscribes to all kinds`}},
		{kinds("wallet.transfer.confirmd", "swap.started"), []string{
			"Unknown Event Kind: swap.started: ",
			`Unknown Event Kind: wallet.transfer.confirmd: .*The most similar known kind is "wallet.transfer.confirmed". If Dfns`,
		}},
		{kinds("wallet.exported"), []string{"Deprecated Event Kind: wallet.exported: Dfns has deprecated this kind"}},
		{text("status", "Paused"), []string{
			`Unknown Status: Paused: .*does not know this status. It knows \["Enabled" "Disabled"\]`,
		}},
	},
	Stored: map[string]Remark{
		`{"url":"https://hooks.example.com/Dfns/"}`: {nil, []string{
			dfnsStored + `  url = "https://hooks.example.com/…" .configured: "https://hooks.example.com/…"; the next plan`,
		}},
		`{"url":"https://HOOKS.example.com/Dfns"}`: {nil, nil},
		`{"description":"Ledger"}`: {nil, []string{
			dfnsStored + `  description = "Ledger" .configured: " Ledger".`,
		}},
		`{"events":["*"]}`: {kinds("wallet.created"), []string{
			dfnsStored + `  events = .".". .configured: ."wallet.created".`,
		}},
	},

	NamedBy: "description", Account: dfnsAccount, Connect: connectDfns,

	Webhooks: func(env *acctest.Env) Webhooks {
		return webhooksIn(env.Dfns, env.Dfns.Webhooks, func(w *dfns.Webhook) Object {
			return Object{ID: w.ID, Secret: w.Secret, URL: w.URL, Name: w.Description, On: w.Status == "Enabled", Created: w.Created}
		})
	},
	MoreSecrets: func(env *acctest.Env) []string {
		return append(env.Dfns.ActionTokens(), strings.Split(env.Env()["DFNS_PRIVATE_KEY"], "\n")[1])
	},
	Examples: func(env *acctest.Env) []string {
		webhook := env.Dfns.Register(dfns.Webhook{
			URL: env.ReceiverURL + "/dfns", Events: []string{"wallet.transfer.confirmed", "wallet.transfer.failed"},
			Status: "Enabled", Description: "ledger",
		})
		_ = env.Dfns.RecordEvent("wallet.transfer.confirmed", json.RawMessage(`{"transferRequest": {"id": "xfr-1"}}`))
		return []string{
			"cr-6uunn-bm6ja-f6rmod5kqrk5rbel", env.Env()["DFNS_CRED_ID"],
			"wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d", webhook,
			"whe-2b7k1-9d4f6-3h8m0q5s1v7x2z4c", env.Dfns.Events()[0].ID,
		}
	},
}

var dfnsAccount = acctest.Account{
	Vendor: "Dfns", Credentials: []string{"DFNS_AUTH_TOKEN", "DFNS_CRED_ID", "DFNS_PRIVATE_KEY"},
	Staging: "api.dfns.ninja", DefaultURL: func(map[string]string) string { return api.DefaultURL },
}

type dfnsClient struct{ *api.Client }

func connectDfns(env *acctest.Env) (Client, error) {
	signer, err := api.ParsePrivateKey(env.Env()["DFNS_PRIVATE_KEY"])
	if err != nil {
		return nil, err
	}
	client, err := api.New(api.Config{CredentialID: env.Env()["DFNS_CRED_ID"], Signer: signer, HTTP: env.Calls(dfnsAccount)})
	return dfnsClient{client}, err
}

// Find implements Client.
func (c dfnsClient) Find(ctx context.Context, id string) (on bool, err error) {
	webhook, err := c.GetWebhook(ctx, id)
	return err == nil && webhook.Status == api.StatusEnabled, err
}

// TurnOff implements Client.
func (c dfnsClient) TurnOff(ctx context.Context, id string) error {
	webhook, err := c.GetWebhook(ctx, id)
	if err == nil {
		off := webhook.Settings
		off.Status = api.StatusDisabled
		_, err = c.UpdateWebhook(ctx, webhook, off)
	}
	return err
}

// List implements Client.
func (c dfnsClient) List(ctx context.Context) (all []acctest.Candidate, err error) {
	for webhook, err := range c.ListWebhooks(ctx, 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, acctest.Candidate{ID: webhook.ID, URL: webhook.URL, Name: webhook.Description, Created: webhook.DateCreated})
	}
	return all, nil
}

// Delete implements Client.
func (c dfnsClient) Delete(ctx context.Context, id string) error { return c.DeleteWebhook(ctx, id, "") }

// dfnsToken returns a token that belongs to an organization.
func dfnsToken(organization string) string {
	encode := base64.RawURLEncoding.EncodeToString
	claims := `{"sub":"us-1","https://custom/app_metadata":{"userId":"us-1","orgId":"` + organization + `"}}`
	return encode([]byte(`{"alg":"EdDSA"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte("signature"))
}
