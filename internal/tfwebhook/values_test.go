package tfwebhook_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

func TestStringOrNull(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]types.String{"": types.StringNull(), "x": types.StringValue("x"), " ": types.StringValue(" ")} {
		if got := tfwebhook.StringOrNull(text); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// What an answer leaves out stays as it was, and is never left unknown: Terraform would fail the apply.
func TestOmittedFieldIsKept(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		former types.String
		text   string
		want   types.String
	}{
		"told":               {types.StringValue("a"), "b", types.StringValue("b")},
		"told at last":       {types.StringNull(), "b", types.StringValue("b")},
		"left out":           {types.StringValue("a"), "", types.StringValue("a")},
		"never told":         {types.StringNull(), "", types.StringNull()},
		"told by the create": {types.StringUnknown(), "b", types.StringValue("b")},
		"not told by it":     {types.StringUnknown(), "", types.StringNull()},
	} {
		if got := tfwebhook.Keep(test.former, test.text); !got.Equal(test.want) {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// Who waits until a webhook without a date is old cannot take a young one, which reads may not show, for gone.
func TestCreated(t *testing.T) {
	t.Parallel()
	null, text := types.StringNull(), types.StringValue
	for want, got := range map[string]string{
		"2026-01-01": tfwebhook.Created(text("2026-01-01"), text("u")), "unknown": tfwebhook.Created(null, text("u")),
		"": tfwebhook.Created(null, null), // an import
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMaxResults(t *testing.T) {
	t.Parallel()
	for configured, want := range map[types.Int64]int{types.Int64Null(): tfwebhook.DefaultMaxResults, types.Int64Value(7): 7, types.Int64Value(1000): 1000} {
		if got := tfwebhook.MaxResults(configured); got != want {
			t.Errorf("%s: %d, want %d", configured, got, want)
		}
	}
}

// The documentation names what holds where nothing is configured.
func TestAttributes(t *testing.T) {
	t.Parallel()
	timeouts, ok := tfwebhook.Timeouts(t.Context()).(schema.SingleNestedBlock)
	if !ok || len(timeouts.Attributes) != 4 || !strings.Contains(timeouts.MarkdownDescription, "`5m0s`") {
		t.Errorf("timeouts are %+v", timeouts)
	}
	if computed := tfwebhook.Computed("What it is."); !computed.Computed || computed.Optional || computed.MarkdownDescription != "What it is." {
		t.Errorf("a computed text is %+v", computed)
	}
}
