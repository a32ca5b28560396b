package tfwebhook

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// IDFormat is what is known of the ids of one kind of object. The vendor defines the rest.
type IDFormat struct {
	// Object names the kind, such as "a Dfns webhook".
	Object string
	// Prefix is how all ids begin, empty if the vendor does not say it.
	Prefix string
	// Foreign are prefixes of the ids of other objects, each with the name of the kind.
	Foreign map[string]string
}

// Validator returns a validator for such an id.
func (f IDFormat) Validator() validator.String { return f.validator() }

func (f IDFormat) validator() textValidator {
	must := "must be the id of " + f.Object
	if f.Prefix != "" {
		must += ", " + f.Prefix + "…"
	}
	return textValidator{summary: "Invalid Id", must: must, check: f.check, quote: quoteID}
}

// check returns why a text is no such id, and what is, if the text contains it.
func (f IDFormat) check(text string) error {
	last := text[strings.LastIndex(text, "/")+1:]
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return errors.New("it is empty")
	case strings.Contains(text, "://") && (f.Prefix == "" || f.check(last) != nil): // its path may be a credential
		return errors.New("it is a url")
	case strings.Contains(text, "://"):
		return fmt.Errorf("it is a url, so write only its last part, %q", last)
	case trimmed != text && f.check(trimmed) == nil:
		return fmt.Errorf("it has white space around it, so write %q", trimmed)
	case last != text && f.check(last) == nil:
		return fmt.Errorf("it is a path, so write only its last part, %q", last)
	case strings.ContainsAny(text, " \t\r\n/"):
		return errors.New("it contains white space or a slash, which no id has")
	}
	for prefix, object := range f.Foreign {
		if strings.HasPrefix(text, prefix) {
			return fmt.Errorf("it is the id of %s", object)
		}
	}
	if !strings.HasPrefix(text, f.Prefix) || text == f.Prefix {
		return fmt.Errorf("it does not begin with %s", f.Prefix)
	}
	return nil
}

// quoteID quotes an id. Of a url, whose path may be a credential, it shows what every message shows.
func quoteID(text string) string {
	if strings.Contains(text, "://") {
		return weburl.Quote(text)
	}
	return strconv.Quote(text)
}

// ImportState implements resource.ResourceWithImportState: by an id, or by an identity that holds only the id. The read that follows warns
// of what the import brings.
func (r *Resource[C]) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resource.ImportStatePassthroughWithIdentity(ctx, path.Root("id"), path.Root("id"), req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	var id types.String
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("id"), &id)...)
	resp.Diagnostics.Append(r.IDs.validator().validate(path.Root("id"), id.ValueString())...)
}
