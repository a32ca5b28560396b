package acctest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

const enfinitosKey = "ENFINITOS_API_KEY"

// AtEnfinitos is an EnfinitOS account.
var AtEnfinitos = Vendor{
	name: "EnfinitOS", credentials: []string{enfinitosKey}, staging: "sandbox.api.enfinitos.com", production: "sk_live_",
	defaultURL: func(account map[string]string) string {
		environment, _ := enfinitos.EnvironmentURL(account[enfinitosKey])
		return environment
	},
	list: func(t testing.TB, env *Env) (all []candidate, err error) {
		subscriptions, err := env.subscriptions(t)
		for _, s := range subscriptions {
			all = append(all, candidate{s.ID, s.URL, s.Label, s.CreatedAt})
		}
		return all, err
	},
	remove: func(t testing.TB, env *Env, id string) error {
		_, err := env.EnfinitosClient(t).Remove(t.Context(), id, "")
		return err
	},
}

// EnfinitosClient is what DfnsClient is, for EnfinitOS.
func (e *Env) EnfinitosClient(t testing.TB) *enfinitos.Client {
	t.Helper()
	client, err := enfinitos.New(calls(e.Env()["ENFINITOS_API_URL"], e.Env()[enfinitosKey]))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// subscriptions lists by the conventional call, which only a sweep needs.
func (e *Env) subscriptions(t testing.TB) ([]enfinitos.Subscription, error) {
	t.Helper()
	config := calls(e.Env()["ENFINITOS_API_URL"], e.Env()[enfinitosKey])
	config.DecodeError = func([]byte) (code, message string, ok bool) { return "", "", false }
	client, err := httpapi.New(config)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(t.Context(), httpapi.Request{Method: http.MethodGet, Path: []string{"v1", "webhooks"}})
	switch status := httpapi.Status(err); {
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return nil, fmt.Errorf("%w, which EnfinitOS does not document: look in the console for paused subscriptions whose label starts with %s",
			ErrNoList, NamePrefix)
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
