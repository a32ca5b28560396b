package tfwebhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var (
	_ validator.Set    = Warnings{}
	_ validator.String = Warnings{}
)

// Warnings is a validator that warns of strings that are allowed but probably unintended. It rejects nothing.
type Warnings struct {
	// Should completes the sentence "The value …".
	Should string
	// Of returns the warnings of the known strings of a value: of one string, or of all elements of a set.
	Of func(texts []string) diag.Diagnostics
}

// Description implements validator.Describer.
func (v Warnings) Description(context.Context) string { return v.Should }

// MarkdownDescription implements validator.Describer.
func (v Warnings) MarkdownDescription(context.Context) string { return v.Should }

// ValidateString implements validator.String.
func (v Warnings) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	resp.Diagnostics.Append(v.at(req.Path, req.ConfigValue)...)
}

// ValidateSet implements validator.Set.
func (v Warnings) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	resp.Diagnostics.Append(v.at(req.Path, req.ConfigValue.Elements()...)...)
}

func (v Warnings) at(attribute path.Path, values ...attr.Value) (diags diag.Diagnostics) {
	for _, warning := range v.Of(texts(values...)) {
		diags.Append(diag.WithPath(attribute, warning))
	}
	return diags
}
