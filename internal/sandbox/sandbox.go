// Package sandbox serves stand-ins for the vendors' APIs on loopback, with a journal of every call and faults on request.
//
// It imports no client and nothing of the provider: what the two sides agree on is the vendor's contract alone.
package sandbox

import (
	"context"
	cryptorand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/enfinitos"
)

// Config says how a sandbox is started. The zero value serves every vendor on a free loopback port.
type Config struct {
	// DfnsAddress is the host and port the Dfns stand-in listens on. The host must be loopback; empty means a free port.
	DfnsAddress string
	// EnfinitosAddress is the same for the EnfinitOS stand-in.
	EnfinitosAddress string
	// Latency is added to every answer.
	Latency time.Duration
	// Seed makes ids, secrets and keys the same in every run. Zero means they differ.
	Seed uint64
	// Clock tells the time to the stand-ins. Nil means the real clock.
	Clock func() time.Time
	// Log receives one line for every call. Nil means no lines.
	Log io.Writer

	// DfnsWebhookLimit and DfnsSecretOnUpdate are handed to the Dfns stand-in.
	DfnsWebhookLimit   int
	DfnsSecretOnUpdate bool
	// EnfinitosConventional adds the calls that EnfinitOS does not document.
	EnfinitosConventional bool
}

// Sandbox is a running set of stand-ins.
type Sandbox struct {
	// Dfns is the state behind the Dfns listener, for tests to look into and to change from outside.
	Dfns *dfns.Server
	// DfnsCalls are the journal and the faults of the Dfns listener.
	DfnsCalls *Calls

	// DfnsURL is the base URL of the Dfns listener.
	DfnsURL string

	// Enfinitos, EnfinitosCalls and EnfinitosURL are the same for EnfinitOS.
	Enfinitos      *enfinitos.Server
	EnfinitosCalls *Calls
	EnfinitosURL   string

	servers []*http.Server
	serving sync.WaitGroup
}

// Start opens the listeners and serves until Close.
func Start(config Config) (*Sandbox, error) {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Log == nil {
		config.Log = io.Discard
	}
	config.Log = &lockedWriter{to: config.Log}
	s := &Sandbox{
		Dfns: dfns.New(dfns.Options{
			Clock:          config.Clock,
			Random:         random(config.Seed, "dfns"),
			WebhookLimit:   config.DfnsWebhookLimit,
			SecretOnUpdate: config.DfnsSecretOnUpdate,
		}),
		Enfinitos: enfinitos.New(enfinitos.Options{
			Clock:        config.Clock,
			Random:       random(config.Seed, "enfinitos"),
			Conventional: config.EnfinitosConventional,
		}),
	}
	s.DfnsCalls = &Calls{vendor: s.Dfns, name: "dfns", clock: config.Clock, latency: config.Latency, log: config.Log}
	s.EnfinitosCalls = &Calls{vendor: s.Enfinitos, name: "enfinitos", clock: config.Clock, latency: config.Latency, log: config.Log}
	var err, err2 error
	s.DfnsURL, err = s.listen(config.DfnsAddress, s.DfnsCalls)
	s.EnfinitosURL, err2 = s.listen(config.EnfinitosAddress, s.EnfinitosCalls)
	if err := errors.Join(err, err2); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Env returns the environment variables by which a client finds every stand-in.
func (s *Sandbox) Env() map[string]string {
	env := s.Dfns.Env(s.DfnsURL)
	maps.Copy(env, s.Enfinitos.Env(s.EnfinitosURL))
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

// WriteEnvFile puts EnvFile at path, readable by its owner alone. The file appears whole or not at all, so that a
// script may wait for it.
func (s *Sandbox) WriteEnvFile(path string) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".env-*")
	if err != nil {
		return err
	}
	_, err = draft.WriteString(s.EnvFile())
	if closeErr := draft.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		_ = os.Remove(draft.Name())
	}
	return err
}

// Close stops the listeners and cuts open connections. Once it returns, the addresses are free again.
func (s *Sandbox) Close() {
	for _, server := range s.servers {
		_ = server.Close()
	}
	s.serving.Wait()
}

func (s *Sandbox) listen(address string, handler http.Handler) (url string, err error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("listening on %q: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", fmt.Errorf("listening on %q: the sandbox has no protection of its own, so its host must be loopback", address)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	s.serving.Go(func() { _ = server.Serve(listener) })
	return "http://" + listener.Addr().String(), nil
}

// random returns the source of one vendor's ids, so that the calls of one vendor never change the ids of the other.
func random(seed uint64, vendor string) *rand.ChaCha8 {
	var key [32]byte
	if seed == 0 {
		_, _ = cryptorand.Read(key[:])
	}
	copy(key[8:], vendor)
	if seed != 0 {
		binary.LittleEndian.PutUint64(key[:8], seed)
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
