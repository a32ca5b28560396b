package provider_test

import (
	"fmt"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
)

func TestLogLevels(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, value string // the variable that is set
		want        string
	}{
		{"", "", "map[TF_LOG_PROVIDER_WEBHOOK:off TF_LOG_SDK:off]"},
		{"TF_LOG_CORE", "trace", "map[TF_LOG_PROVIDER_WEBHOOK:off TF_LOG_SDK:off]"},
		{"TF_LOG", "error", "map[]"},
		{"TF_LOG_PROVIDER", "debug", "map[]"},
		{"TF_LOG_SDK", "warn", "map[TF_LOG_PROVIDER_WEBHOOK:off]"},
	} {
		got := provider.LogLevels(func(name string) string { return map[string]string{test.name: test.value}[name] })
		if fmt.Sprint(got) != test.want {
			t.Errorf("with %s=%s: got %v, want %s", test.name, test.value, got, test.want)
		}
	}
}
