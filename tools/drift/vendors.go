package main

import (
	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
)

// vendor is what this project knows of one API.
type vendor struct {
	name string
	// index lists the pages of the vendor's documentation.
	index string
	// kinds are the catalogued event kinds, and where they are kept.
	kinds []string
	file  string
	// operations are the documented calls that the client makes.
	operations []operation
	// origins are the addresses from which the vendor delivers, by the host of the API, and regions is the path of the page
	// that lists them. Not every vendor documents any.
	origins map[string][]string
	regions string
}

// operation is one call. The names in the JSON of the client's types are compared with the published schemas.
type operation struct {
	method, path string
	// request is what the client sends, nil for no body.
	request any
	// answers are what it reads and where in the answer: the fields on the way, parted by dots. Of a list the items count.
	// What lies below a field is compared only where it is named here.
	answers map[string]any
}

// fields are names for which the client has no exported type.
type fields []string

func vendors() []vendor { return []vendor{dfnsWebhooks(), enfinitosWebhooks()} }

func dfnsWebhooks() vendor {
	page := fields{"items", "nextPageToken"}
	webhook, event := dfns.Webhook{}, dfns.WebhookEvent{}
	return vendor{
		name: "Dfns", index: "https://docs.dfns.co/llms.txt", kinds: dfns.EventKinds(), file: "internal/dfns/kinds.go",
		operations: []operation{
			{"POST", "/webhooks", dfns.Settings{}, map[string]any{"": webhook}},
			{"GET", "/webhooks", nil, map[string]any{"": page, "items": webhook}},
			{"GET", "/webhooks/{webhookId}", nil, map[string]any{"": webhook}},
			{"PUT", "/webhooks/{webhookId}", dfns.Settings{}, map[string]any{"": webhook}},
			{"DELETE", "/webhooks/{webhookId}", nil, map[string]any{"": fields{"deleted"}}},
			{"POST", "/webhooks/{webhookId}/ping", nil, map[string]any{"": dfns.PingResult{}}},
			{"GET", "/webhooks/{webhookId}/events", nil, map[string]any{"": page, "items": event}},
			{"GET", "/webhooks/{webhookId}/events/{webhookEventId}", nil, map[string]any{"": event}},
		},
		regions: "/api-reference/regions.md",
		origins: map[string][]string{
			"api.dfns.io": dfns.OriginIPs("eu"), "api.uae.dfns.io": dfns.OriginIPs("uae"), "api.dfns.ninja": dfns.OriginIPs("staging"),
		},
	}
}

func enfinitosWebhooks() vendor {
	const one = "/v1/webhooks/{subscriptionId}"
	subscription, delivery := enfinitos.Subscription{}, enfinitos.Delivery{}
	return vendor{
		name: "EnfinitOS", index: "https://docs.enfinitos.com/llms.txt", kinds: enfinitos.EventKinds(), file: "internal/enfinitos/kinds.go",
		operations: []operation{
			{"POST", "/v1/webhooks", enfinitos.Settings{}, map[string]any{
				"": fields{"ok", "data", "contractVersion"}, "data": enfinitos.CreatedSubscription{}, "data.subscription": subscription,
			}},
			{"POST", one + "/active", fields{"active"}, map[string]any{"data.subscription": subscription}},
			{"GET", one + "/deliveries", nil, map[string]any{
				"data": fields{"deliveries", "nextCursor", "total"}, "data.deliveries": delivery,
			}},
			{"POST", one + "/deliveries/{deliveryId}/replay", nil, map[string]any{
				"data": enfinitos.ReplayResult{}, "data.replay": fields{"ok", "errorMessage"}, "data.delivery": delivery,
			}},
			{"POST", "/v1/webhooks/deliveries/process-due", fields{"limit"}, map[string]any{"data": enfinitos.DrainResult{}}},
		},
	}
}
