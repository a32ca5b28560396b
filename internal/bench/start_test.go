package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// The provider as it is built answers a CLI, and writes a log only where somebody reads it.
func TestStartToSchema(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "provider")
	if err := goBuild(t.Context(), program, module); err != nil {
		t.Fatal(err)
	}
	for environment, logs := range map[string]bool{"TF_LOG=": false, "TF_LOG=trace": true} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			if _, err := startToSchema(t.Context(), program, &log, environment, "TF_LOG_PROVIDER=", "TF_LOG_SDK="); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(log.String(), "GetProviderSchema"); got != logs {
				t.Errorf("that the schema was asked for is in the log: %v, want %v:\n%s", got, logs, log.String())
			}
		})
	}
}
