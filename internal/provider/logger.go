package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logger passes the log lines of the API clients, which do not depend on Terraform, to Terraform's log.
type logger struct{}

func (logger) Debug(ctx context.Context, message string, fields map[string]any) {
	tflog.Debug(ctx, message, fields)
}

func (logger) Trace(ctx context.Context, message string, fields map[string]any) {
	tflog.Trace(ctx, message, fields)
}

// LogLevels returns environment variables that turn off a log that nobody reads. By default a plugin logs every step of every
// call, and Terraform parses each line only to drop it.
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
