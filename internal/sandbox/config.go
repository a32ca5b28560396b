package sandbox

import (
	"fmt"
	"io"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
)

// Config configures a sandbox. The zero value serves every vendor on a free loopback port.
type Config struct {
	// Addresses are the hosts and ports of the listeners by the vendor's name, such as "dfns". The host must be loopback; without
	// an address the port is a free one.
	Addresses map[string]string
	// Latency is added to every answer.
	Latency time.Duration
	// Seed makes ids, secrets and keys the same in every run. Zero means they differ.
	Seed uint64
	// Clock is the clock of the vendors. Nil means the real clock.
	Clock func() time.Time
	// Wait waits for the retries of deliveries and for late calls. Nil means real waiting, for as long as Clock says.
	Wait clock.Wait
	// TimeScale divides the vendors' waits between attempts. Zero means 1.
	TimeScale float64
	// DeliveryTimeout is how long a receiver has to answer. Zero means the vendors' 10 seconds.
	DeliveryTimeout time.Duration
	// StatePath is a file that keeps the state across restarts. Empty means that nothing is kept.
	StatePath string
	// ReceiverAddress is the host and port of a receiver that verifies deliveries and logs them. Empty means there is none.
	ReceiverAddress string
	// TLS serves https, with a certificate authority whose file Env names.
	TLS bool
	// Log receives one line for every call. Nil means no lines.
	Log io.Writer

	// DfnsWebhookLimit, DfnsSecretOnUpdate and DfnsNormalize are passed to Dfns.
	DfnsWebhookLimit   int
	DfnsSecretOnUpdate bool
	DfnsNormalize      func(*dfns.Webhook)
	// EnfinitosConventional adds the calls that EnfinitOS does not document.
	EnfinitosConventional bool
}

// complete fills in defaults and rejects invalid values.
func (config *Config) complete() error {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Wait == nil {
		config.Wait = clock.WaitBy(config.Clock)
	}
	if config.Log == nil {
		config.Log = io.Discard
	}
	config.Log = &lockedWriter{to: config.Log}
	if scale := config.TimeScale; scale != 0 && !(scale >= 1 && scale <= 1e9) {
		return fmt.Errorf("the time scale is %v, but must be at least 1", scale)
	}
	return nil
}
