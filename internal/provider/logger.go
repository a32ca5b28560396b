package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logger hands the lines of the API clients, which know nothing of Terraform, to Terraform's log.
type logger struct{}

func (logger) Debug(ctx context.Context, message string, fields map[string]any) {
	tflog.Debug(ctx, message, fields)
}

func (logger) Trace(ctx context.Context, message string, fields map[string]any) {
	tflog.Trace(ctx, message, fields)
}
