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

// LogLevels returns the environment variables that keep a log from being written which nobody reads. Terraform drops it
// unless asked for it, but a plugin that is told nothing writes every step of every call, and Terraform takes each line apart.
func LogLevels(getenv func(string) string) map[string]string {
	out := map[string]string{}
	if getenv("TF_LOG") != "" || getenv("TF_LOG_PROVIDER") != "" {
		return out
	}
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_WEBHOOK"} {
		if getenv(name) == "" {
			out[name] = "off"
		}
	}
	return out
}
