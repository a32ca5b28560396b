package tfenfinitos_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// A rotation is told to those who hold the secret that no longer signs, and to nobody else.
func TestWhenARotationIsTold(t *testing.T) {
	t.Parallel()
	const known, later = "2026-10-01T12:00:00Z", "2026-10-02T12:00:00Z"
	for name, test := range map[string]struct {
		held          bool
		state, server string
		warns         bool
	}{
		"rotated since":                  {true, known, later, true},
		"rotated for the first time":     {true, "", later, true},
		"as known":                       {true, known, known, false},
		"the API does not tell any more": {true, known, "", false},
		"an imported one":                {false, known, later, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, sandbox.Config{EnfinitosConventional: true})
			id := register(env)
			provider := readAs(t, env, func(subscription map[string]any) {
				delete(subscription, "secretLastRotatedAt")
				if test.server != "" {
					subscription["secretLastRotatedAt"] = test.server
				}
			})
			attributes := state(id)
			if test.state != "" {
				attributes["secret_last_rotated_at"] = acctest.String(test.state)
			}
			if !test.held {
				delete(attributes, "secret")
			}
			got := acctest.Text(provider.Read("webhook_enfinitos", attributes))
			if strings.Contains(got, "Rotated Outside") != test.warns || !test.warns && got != "" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// readAs returns a provider for which a subscription is changed on its way when it is read.
func readAs(t *testing.T, env *acctest.Env, change func(subscription map[string]any)) *acctest.Protocol {
	t.Helper()
	acctest.Rewrite(t, &env.EnfinitosURL, func(response *http.Response) error {
		if response.Request.Method != http.MethodGet {
			return nil
		}
		var envelope struct {
			OK              bool                      `json:"ok"`
			Data            map[string]map[string]any `json:"data"`
			ContractVersion string                    `json:"contractVersion"`
		}
		if err := json.NewDecoder(response.Body).Decode(&envelope); err != nil {
			return err
		}
		change(envelope.Data["subscription"])
		body, err := json.Marshal(envelope)
		response.Body = io.NopCloser(bytes.NewReader(body))
		response.ContentLength = int64(len(body))
		response.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return err
	})
	environment := env.Env()
	environment["ENFINITOS_API_URL"] = env.EnfinitosURL
	provider := acctest.NewProtocol(t, environment)
	if problems := provider.Configure(nil); len(problems) != 0 {
		t.Fatal(acctest.Text(problems))
	}
	return provider
}
