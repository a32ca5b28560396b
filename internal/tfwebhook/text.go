package tfwebhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var _ validator.String = textValidator{}

// textValidator rejects what a text must not be. All such errors have the same form.
type textValidator struct {
	summary string
	// must completes the sentence "The value …".
	must string
	// check returns why a text is rejected, or what to write instead.
	check func(text string) error
	// quote shows a rejected text. The default shows all of it in quotes.
	quote func(text string) string
}

// Description implements validator.Describer.
func (v textValidator) Description(context.Context) string { return v.must }

// MarkdownDescription implements validator.Describer.
func (v textValidator) MarkdownDescription(context.Context) string { return v.must }

// ValidateString implements validator.String.
func (v textValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() {
		resp.Diagnostics.Append(v.validate(req.Path, req.ConfigValue.ValueString())...)
	}
}

func (v textValidator) validate(at path.Path, text string) (diags diag.Diagnostics) {
	quote := v.quote
	if quote == nil {
		quote = strconv.Quote
	}
	if err := v.check(text); err != nil {
		diags.AddAttributeError(at, v.summary, fmt.Sprintf("The value %s: %s. Got: %s.", v.must, err, quote(text)))
	}
	return diags
}

// Length returns a validator for the number of characters of a text, as JavaScript counts them. The vendors' own validators do.
func Length(least, most int) validator.String {
	return textValidator{
		summary: "Invalid Length",
		must:    fmt.Sprintf("must have %d to %d characters, counted as JavaScript does, where an emoji counts as two or more", least, most),
		check: func(text string) error {
			if length := len(utf16.Encode([]rune(text))); length < least || length > most {
				return fmt.Errorf("it has %d", length)
			}
			return nil
		},
		quote: shorten,
	}
}

// OneOf returns a validator for a text that is one of those known. It rejects what differs from one only in case or white space, which
// the API would refuse. It accepts any other: the API may know more than this version does.
func OneOf(known ...string) validator.String {
	return textValidator{
		summary: "Invalid Value",
		must:    fmt.Sprintf("must be one of %q", known),
		check: func(text string) error {
			trimmed := strings.TrimSpace(text)
			right := slices.IndexFunc(known, func(one string) bool { return strings.EqualFold(one, trimmed) })
			switch {
			case trimmed == "":
				return errors.New("it is empty")
			case right >= 0 && known[right] != text:
				return fmt.Errorf("write %q", known[right])
			}
			return nil
		},
	}
}

// UnknownStatus warns of a status that this version does not know.
func UnknownStatus(vendor, status string, known []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Unknown Status: "+status, fmt.Sprintf(
		"This version of the provider does not know this status. It knows %q. If %s has added the status recently, ignore this warning.",
		known, vendor))
}

// StatusFilter returns the validators of a status that selects something. They warn of one that is not known in every plan: it finds
// nothing, and a data source has no memory.
func StatusFilter(vendor string, known []string) []validator.String {
	unknown := func(texts []string) (diags diag.Diagnostics) {
		for _, status := range texts {
			if status != "" && !slices.Contains(known, status) {
				diags.Append(UnknownStatus(vendor, status, known))
			}
		}
		return diags
	}
	return []validator.String{OneOf(known...), Warnings{Should: "should be a known status", Of: unknown}}
}
