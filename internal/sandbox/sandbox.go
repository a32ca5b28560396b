// Package sandbox serves stand-ins for the vendors' APIs on loopback, with a journal of every call and faults on request.
//
// It imports no client and nothing of the provider, so both sides agree only on the vendor's contract.
package sandbox

import (
	"cmp"
	"context"
	cryptorand "crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
)

// Config configures a sandbox. The zero value serves every vendor on a free loopback port.
type Config struct {
	// DfnsAddress is the host and port the Dfns stand-in listens on. The host must be loopback; empty means a free port.
	DfnsAddress string
	// EnfinitosAddress is the same for the EnfinitOS stand-in.
	EnfinitosAddress string
	// Latency is added to every answer.
	Latency time.Duration
	// Seed makes ids, secrets and keys the same in every run. Zero means they differ.
	Seed uint64
	// Clock is the clock of the stand-ins. Nil means the real clock.
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
	// Log receives one line for every call. Nil means no lines.
	Log io.Writer

	// DfnsWebhookLimit, DfnsSecretOnUpdate, DfnsBareEvents and DfnsNormalize are passed to the Dfns stand-in.
	DfnsWebhookLimit   int
	DfnsSecretOnUpdate bool
	DfnsBareEvents     bool
	DfnsNormalize      func(*dfns.Webhook)
	// EnfinitosConventional adds the calls that EnfinitOS does not document.
	EnfinitosConventional bool
}

// Sandbox is a running set of stand-ins.
type Sandbox struct {
	// Dfns is the state behind the Dfns listener. Tests can read and change it.
	Dfns *dfns.Server
	// DfnsCalls are the journal and the faults of the Dfns listener.
	DfnsCalls *Calls

	// DfnsURL is the base URL of the Dfns listener.
	DfnsURL string

	// Enfinitos, EnfinitosCalls and EnfinitosURL are the same for EnfinitOS.
	Enfinitos      *enfinitos.Server
	EnfinitosCalls *Calls
	EnfinitosURL   string

	// ReceiverURL is the URL of the receiver, empty if there is none.
	ReceiverURL string

	engine     *delivery.Engine
	store      *store
	background *background
	servers    []*http.Server
	serving    sync.WaitGroup
	closing    sync.Once
}

// New returns a sandbox without listeners, which serves calls through Calls.Transport until Close. Its URLs lead nowhere else.
func New(config Config) (*Sandbox, error) {
	s, err := build(&config)
	if err != nil {
		return nil, err
	}
	s.DfnsURL, s.EnfinitosURL = "http://127.0.0.1:1", "http://127.0.0.1:2"
	s.resume()
	return s, nil
}

// Start opens the listeners and serves until Close.
func Start(config Config) (*Sandbox, error) {
	s, err := build(&config)
	if err != nil {
		return nil, err
	}
	if err := s.open(config); err != nil {
		s.discard()
		return nil, err
	}
	s.resume()
	return s, nil
}

// build completes the configuration and returns a sandbox that does not serve yet.
func build(config *Config) (*Sandbox, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	kept, err := readState(config.StatePath)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{background: newBackground()}
	s.store = &store{path: config.StatePath, failed: func(err error) { _, _ = fmt.Fprintf(config.Log, "sandbox   %v\n", err) }}
	s.store.start()
	s.engine = delivery.New(delivery.Options{Now: config.Clock, Wait: config.Wait, Timeout: config.DeliveryTimeout})
	s.addVendors(*config, kept)
	if err := s.load(kept, config.StatePath); err != nil {
		s.discard()
		return nil, err
	}
	return s, nil
}

// discard closes what did not start, and so has nothing to save.
func (s *Sandbox) discard() {
	s.store.path = ""
	s.Close()
}

// resume takes up the deliveries of a loaded state.
func (s *Sandbox) resume() {
	s.Dfns.Resume()
	s.Enfinitos.Resume()
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

func (s *Sandbox) addVendors(config Config, kept *state) {
	starts := 0
	if kept != nil {
		starts = kept.Starts + 1
	}
	scale := delivery.Scale(config.TimeScale)
	s.Dfns = dfns.New(dfns.Options{
		Clock:          config.Clock,
		Random:         random(config.Seed, "dfns", starts),
		WebhookLimit:   config.DfnsWebhookLimit,
		SecretOnUpdate: config.DfnsSecretOnUpdate,
		BareEvents:     config.DfnsBareEvents,
		Normalize:      config.DfnsNormalize,
		Engine:         s.engine, Scale: scale, Changed: s.store.Soon,
	})
	s.Enfinitos = enfinitos.New(enfinitos.Options{
		Clock:        config.Clock,
		Random:       random(config.Seed, "enfinitos", starts),
		Conventional: config.EnfinitosConventional,
		Engine:       s.engine, Scale: scale, Changed: s.store.Soon,
	})
	calls := func(vendor vendor, name string) *Calls {
		return &Calls{
			vendor: vendor, name: name, clock: config.Clock, wait: config.Wait, latency: config.Latency, log: config.Log,
			save: s.store.Save, background: s.background,
		}
	}
	s.DfnsCalls, s.EnfinitosCalls = calls(s.Dfns, "dfns"), calls(s.Enfinitos, "enfinitos")
	s.store.snapshot = func() ([]byte, error) { return s.snapshot(starts) }
}

// snapshot returns the content of the state file.
func (s *Sandbox) snapshot(starts int) ([]byte, error) {
	dfnsState, err := s.Dfns.Save()
	enfinitosState, err2 := s.Enfinitos.Save()
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	return json.Marshal(state{Format: stateFormat, Starts: starts, Dfns: dfnsState, Enfinitos: enfinitosState})
}

// load passes the saved state to the vendors, and saves it again immediately: a file that cannot be written must be an error
// before anything is acknowledged.
func (s *Sandbox) load(kept *state, path string) error {
	if kept != nil {
		if err := errors.Join(s.Dfns.Load(kept.Dfns), s.Enfinitos.Load(kept.Enfinitos)); err != nil {
			return fmt.Errorf("%s is a damaged state file of webhook-sandbox (%w); the file was not changed", path, err)
		}
	}
	return s.store.Save()
}

func (s *Sandbox) open(config Config) (err error) {
	if config.ReceiverAddress != "" {
		s.ReceiverURL, err = s.listen(config.ReceiverAddress, &receiver.Receiver{
			Dfns: s.Dfns.Secrets, Enfinitos: s.Enfinitos.Secrets, Now: config.Clock, Log: config.Log,
		})
	}
	var err1, err2 error
	s.DfnsURL, err1 = s.listen(config.DfnsAddress, s.DfnsCalls)
	s.EnfinitosURL, err2 = s.listen(config.EnfinitosAddress, s.EnfinitosCalls)
	return errors.Join(err, err1, err2)
}

// Env returns the environment variables for clients of all stand-ins.
func (s *Sandbox) Env() map[string]string {
	env := s.Dfns.Env(s.DfnsURL)
	maps.Copy(env, s.Enfinitos.Env(s.EnfinitosURL))
	if s.ReceiverURL != "" {
		env["WEBHOOK_RECEIVER_URL"] = s.ReceiverURL
	}
	return env
}

// EnvFile returns Env as lines for a shell to source.
func (s *Sandbox) EnvFile() string {
	env := s.Env()
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(&out, "export %s='%s'\n", name, env[name])
	}
	return out.String()
}

// WriteEnvFile writes EnvFile to path, readable only by its owner. The file appears atomically, so that a script can wait for
// it.
func (s *Sandbox) WriteEnvFile(path string) error {
	return replaceFile(path, []byte(s.EnvFile()))
}

// Close stops the listeners and cuts open connections and deliveries in progress, which the next start from the same state
// makes again. When it returns, the addresses are free. Closing twice is harmless.
func (s *Sandbox) Close() {
	s.closing.Do(func() {
		s.engine.Close()
		s.background.close()
		for _, server := range s.servers {
			_ = server.Close()
		}
		s.serving.Wait()
		s.store.close()
	})
}

func (s *Sandbox) listen(address string, handler http.Handler) (url string, err error) {
	address = cmp.Or(address, "127.0.0.1:0")
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("listening on %q: %w", address, err)
	}
	if !delivery.IsLoopback(host) {
		return "", fmt.Errorf("listening on %q: the host must be loopback, because the sandbox has no access control", address)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	s.servers = append(s.servers, server)
	s.serving.Go(func() { _ = server.Serve(listener) })
	return "http://" + listener.Addr().String(), nil
}

// random returns the random source of one vendor, so that the calls of one vendor do not change the ids of the other. Each
// start from one state has a different source, or a seeded sandbox would issue the same ids twice.
func random(seed uint64, vendor string, starts int) *rand.ChaCha8 {
	var key [32]byte
	if seed == 0 {
		_, _ = cryptorand.Read(key[:])
	}
	copy(key[8:], vendor)
	if seed != 0 {
		binary.LittleEndian.PutUint64(key[:8], seed)
		binary.LittleEndian.PutUint32(key[28:], uint32(starts)) //nolint:gosec // nobody starts it so often
	}
	return rand.NewChaCha8(key)
}

// lockedWriter lets both listeners write their lines to one place.
type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

// Write implements io.Writer.
func (w *lockedWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(line)
}
