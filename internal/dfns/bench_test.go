package dfns_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

func BenchmarkSign(b *testing.B) {
	message := []byte(`{"challenge":"MWM0MmI0ZmEtMzhmYS00OWNmLWFhZWItMTkxZWRhMzJlNGM1","type":"key.get"}`)
	for kind, key := range keys() {
		signer, err := dfns.ParsePrivateKey(key.forms["PKCS#8"])
		if err != nil {
			b.Fatal(err)
		}
		b.Run("key="+kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := signer.Sign(b.Context(), message); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkList lists one page of the largest size, and five of them.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{dfns.MaxPage, 5 * dfns.MaxPage} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			client := listed(b, n)
			b.ReportAllocs()
			for b.Loop() {
				count := 0
				for _, err := range client.ListWebhooks(b.Context(), dfns.MaxPage) {
					if err != nil {
						b.Fatal(err)
					}
					count++
				}
				if count != n {
					b.Fatalf("%d webhooks were listed", count)
				}
			}
		})
	}
}

// listed returns a client of an API that answers at once and has n webhooks.
func listed(b *testing.B, n int) *dfns.Client {
	b.Helper()
	var items []map[string]any
	for i := range dfns.MaxPage {
		items = append(items, map[string]any{
			"id": fmt.Sprintf("wh-1vs8g-c1ub1-%016d", i), "url": fmt.Sprintf("https://hooks.example.com/%d", i),
			"events": []string{"wallet.transfer.confirmed", "wallet.transfer.failed"}, "status": "Enabled",
			"description": "ledger", "dateCreated": nowText, "dateUpdated": nowText,
		})
	}
	pages := make([][]byte, n/dfns.MaxPage)
	for i := range pages {
		page := map[string]any{"items": items}
		if i+1 < len(pages) {
			page["nextPageToken"] = strconv.Itoa(i + 1)
		}
		pages[i] = must(json.Marshal(page))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("paginationToken"))
		_, _ = w.Write(pages[page])
	}))
	b.Cleanup(server.Close)
	return must(dfns.New(dfns.Config{HTTP: httpapi.Config{BaseURL: server.URL, BearerToken: "token", Logger: silent{}}}))
}

// silent is a log that nobody reads.
type silent struct{}

func (silent) Debug(context.Context, string, map[string]any) {}
func (silent) Trace(context.Context, string, map[string]any) {}
