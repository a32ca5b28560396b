package httpapi_test

import (
	"slices"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

func TestFieldNames(t *testing.T) {
	t.Parallel()
	type settings struct {
		URL string `json:"url"`
	}
	type answer struct {
		settings
		Label  string         `json:"label,omitempty"`
		Secret httpapi.Secret `json:"secret"`
	}
	if got := httpapi.FieldNames[answer](); !slices.Equal(got, []string{"url", "label"}) {
		t.Errorf("they are %q", got)
	}
}
