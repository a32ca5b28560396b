package main

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// serve has a vendor's index point at its sample pages in testdata, in which every old text was replaced.
func serve(t *testing.T, v vendor, replace ...string) vendor {
	t.Helper()
	pages, replaced := fstest.MapFS{}, 0
	server := httptest.NewServer(http.FileServerFS(pages))
	t.Cleanup(server.Close)
	samples := os.DirFS(path.Join("testdata", strings.ToLower(v.name)))
	err := fs.WalkDir(samples, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(samples, name)
		for i := 0; i < len(replace); i += 2 {
			replaced += strings.Count(string(text), replace[i])
		}
		replacer := strings.NewReplacer(append(slices.Clone(replace), strings.TrimSuffix(v.index, "/llms.txt"), server.URL)...)
		pages[name] = &fstest.MapFile{Data: []byte(replacer.Replace(string(text)))}
		return err
	})
	if err != nil || replaced < len(replace)/2 {
		t.Fatalf("the samples do not hold all of %q: %v", replace, err)
	}
	v.index = server.URL + "/llms.txt"
	return v
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		vendor  vendor
		replace []string
		want    []string
	}{
		"dfns, as known":      {vendor: dfnsWebhooks()},
		"enfinitos, as known": {vendor: enfinitosWebhooks()},
		"a new kind in a schema": {dfnsWebhooks(), []string{"- key.created\n", "- key.created\n              - key.rotated\n"},
			[]string{"Event kind `key.rotated` is documented, but not in `internal/dfns/kinds.go`."}},
		"a new kind in prose": {dfnsWebhooks(), []string{"| swap.failed |", "| `swap.expired` | New. |\n| swap.failed |"},
			[]string{"Event kind `swap.expired` is documented, but not in `internal/dfns/kinds.go`."}},
		"a kind less": {enfinitosWebhooks(), []string{"        - key.revoked\n", ""},
			[]string{"Event kind `key.revoked` is in `internal/enfinitos/kinds.go`, but not documented."}},
		"part of a longer name is no mention": {enfinitosWebhooks(), []string{"- key.revoked\n", "- key.revoked.late\n"}, []string{
			"Event kind `key.revoked.late` is documented, but not in `internal/enfinitos/kinds.go`.",
			"Event kind `key.revoked` is in `internal/enfinitos/kinds.go`, but not documented.",
		}},
		"a new operation": {dfnsWebhooks(), []string{"  /webhooks/{webhookId}/ping:\n    post:",
			"  /webhooks/{webhookId}/rotate:\n    post: {}\n  /webhooks/{webhookId}/ping:\n    post:"},
			[]string{"`POST /webhooks/{}/rotate` is documented, but the client does not have it."}},
		"an operation less": {enfinitosWebhooks(), []string{"/deliveries/process-due:", "/deliveries/process:"}, []string{
			"`POST /v1/webhooks/deliveries/process-due` is not documented.",
			"`POST /v1/webhooks/deliveries/process` is documented, but the client does not have it.",
		}},
		"a new field of a request": {dfnsWebhooks(), []string{"        url: { type: string }\n        events:\n          type: array",
			"        url: { type: string }\n        retries: { type: integer }\n        events:\n          type: array"}, []string{
			"`POST /webhooks`: field `retries` of the request is documented, but the client does not have it.",
			"`PUT /webhooks/{webhookId}`: field `retries` of the request is documented, but the client does not have it.",
		}},
		"a new field deep in an answer": {enfinitosWebhooks(), []string{"signingSecret:", "keyId: { type: string }\n                          signingSecret:"},
			[]string{"`POST /v1/webhooks`: field `keyId` of the answer's `data` is documented, but the client does not have it."}},
		"a field less": {enfinitosWebhooks(), []string{"        signatureHeader: { type: string }\n", ""}, []string{
			"`GET /v1/webhooks/{subscriptionId}/deliveries`: the client has field `signatureHeader` of the answer's `data.deliveries`, which is not documented.",
			"`POST /v1/webhooks/{subscriptionId}/deliveries/{deliveryId}/replay`: the client has field `signatureHeader` of the answer's `data.delivery`, which is not documented.",
		}},
		"another address": {dfnsWebhooks(), []string{"`40.172.249.100`<br />`Temporary 51.45.23.79`", "`40.172.249.100`"},
			[]string{"Webhooks of `api.uae.dfns.io` are documented to come from [\"40.172.249.100\"], but `internal/dfns/origins.go` has [\"40.172.249.100\" \"51.45.23.79\"]."}},
		"another region": {dfnsWebhooks(), []string{"`api.dfns.ninja`", "`api.us.dfns.io`"}, []string{
			"Webhooks of `api.dfns.ninja` are documented to come from [], but `internal/dfns/origins.go` has [\"52.47.197.63\"].",
			"Webhooks of `api.us.dfns.io` are documented to come from [\"52.47.197.63\"], but `internal/dfns/origins.go` has [].",
		}},
		"a schema that is not found": {dfnsWebhooks(), []string{"schemas/Ping'", "schemas/Pong'"},
			[]string{"`POST /webhooks/{webhookId}/ping`: the fields of the answer are not documented."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := serve(t, test.vendor, test.replace...).differences(t.Context())
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// What cannot be read must not pass for what has not changed.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		replace []string
		want    string
	}{
		"no pages":           {[]string{"/openapi.yaml", "/open.yaml", "/webhook", "/hook"}, "names no page with an OpenAPI document"},
		"no documents":       {[]string{"/openapi.yaml", "/open.yaml", "````yaml", "````json"}, "names no page with an OpenAPI document"},
		"an index is gone":   {[]string{"/guides.md", "/guide.md"}, "/guide.md: 404 Not Found"},
		"a document is gone": {[]string{"/openapi.yaml", "/openapi.json"}, "/openapi.json: 404 Not Found"},
		"a page is gone":     {[]string{"/webhook-events.md", "/webhook-event.md"}, "/webhook-event.md: 404 Not Found"},
		"no addresses":       {[]string{"35.181", "", "40.172", "", "51.45", "", "52.47", ""}, "/api-reference/regions.md lists no address"},
		"not YAML":           {[]string{"paths:\n", "paths: {\n"}, "/openapi.yaml: yaml: "},
		"no known kind":      {nil, "no page lists a known event kind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := serve(t, dfnsWebhooks(), test.replace...)
			if test.replace == nil { // a page whose lists hold no kind that is known here was misread, or everything has changed
				v.kinds = []string{"no.such.kind"}
			}
			_, err := v.differences(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	same, changed := serve(t, enfinitosWebhooks()), serve(t, dfnsWebhooks(), "| swap.failed |", "| swap.expired |")
	unreadable := serve(t, enfinitosWebhooks(), "````yaml", "````json")
	for name, test := range map[string]struct {
		vendors []vendor
		code    int
		report  string
	}{
		"nothing new": {[]vendor{same}, 0, ""},
		"something":   {[]vendor{changed, same}, 1, "## Dfns\n\nRead from <" + changed.index + ">.\n\n- Event kind `swap.expired` is documented, but not in `internal/dfns/kinds.go`.\n- Event kind `swap.failed` is in `internal/dfns/kinds.go`, but not documented.\n\n"},
		"unreadable":  {[]vendor{unreadable, same}, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var report, complaints strings.Builder
			code := run(t.Context(), test.vendors, &report, &complaints)
			if code != test.code || (code == 2) != strings.HasPrefix(complaints.String(), "drift: EnfinitOS: ") {
				t.Errorf("it exits with %d, want %d, and complains %q", code, test.code, complaints.String())
			}
			if diff := cmp.Diff(test.report, report.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
