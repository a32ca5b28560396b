package provider_test

import (
	"fmt"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/provider"
)

func TestLogLevels(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		env  map[string]string
		want string
	}{
		"nobody reads":        {nil, "map[TF_LOG_PROVIDER_WEBHOOK:off TF_LOG_SDK:off]"},
		"only the core's":     {map[string]string{"TF_LOG_CORE": "trace"}, "map[TF_LOG_PROVIDER_WEBHOOK:off TF_LOG_SDK:off]"},
		"everything":          {map[string]string{"TF_LOG": "error"}, "map[]"},
		"the providers'":      {map[string]string{"TF_LOG_PROVIDER": "debug"}, "map[]"},
		"levels that are set": {map[string]string{"TF_LOG_SDK": "warn"}, "map[TF_LOG_PROVIDER_WEBHOOK:off]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := provider.LogLevels(func(name string) string { return test.env[name] })
			if fmt.Sprint(got) != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}
