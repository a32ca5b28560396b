// Package sandbox simulates the vendors' APIs on loopback, with a journal of every call and faults on request.
//
// It imports no client and nothing of the provider, so both sides agree only on the vendor's contract.
package sandbox

import (
	"cmp"
	"context"
	cryptorand "crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/delivery"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
)

// Sandbox simulates all vendors.
type Sandbox struct {
	byName

	// ReceiverURL is the URL of the receiver, empty if there is none.
	ReceiverURL string

	sites      []*Site
	receiver   *receiver.Receiver
	console    *console
	authority  *authority
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
	for i, site := range s.sites {
		s.serveAt(site, fmt.Sprintf("http://127.0.0.1:%d", i+1))
	}
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
	lock, err := lockState(config.StatePath)
	if err != nil {
		return nil, err
	}
	kept, err := readState(config.StatePath)
	if err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	s := &Sandbox{background: newBackground()}
	s.console = newConsole(s)
	s.store = &store{lock: lock, path: config.StatePath, failed: func(err error) { _, _ = fmt.Fprintf(config.Log, "sandbox   %v\n", err) }}
	s.store.start()
	s.engine = delivery.New(delivery.Options{Now: config.Clock, Wait: config.Wait, Timeout: config.DeliveryTimeout})
	starts := 0
	if kept != nil {
		starts = kept.Starts + 1
	}
	s.addVendors(*config, starts)
	s.store.snapshot = func() ([]byte, error) { return s.snapshot(starts) }
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
	for _, site := range s.sites {
		site.Vendor.Resume()
	}
}

// snapshot returns the content of the state file.
func (s *Sandbox) snapshot(starts int) ([]byte, error) {
	out := state{Format: stateFormat, Starts: starts, Vendors: map[string]json.RawMessage{}}
	for _, site := range s.sites {
		saved, err := site.Vendor.Save()
		if err != nil {
			return nil, err
		}
		out.Vendors[site.name] = saved
	}
	return json.Marshal(out)
}

// load passes the saved state to the vendors, and saves it again immediately: a file that cannot be written must be an error
// before anything is acknowledged. A vendor that an earlier edition did not have begins without a state.
func (s *Sandbox) load(kept *state, path string) error {
	if kept == nil {
		return s.store.Save()
	}
	for name, saved := range kept.Vendors {
		err := errors.New("it has a vendor that this edition does not know")
		if site := s.At(name); site != nil {
			err = site.Vendor.Load(saved)
		}
		if err != nil {
			return fmt.Errorf("%s is a damaged state file of webhook-sandbox (%s: %w); the file was not changed", path, name, err)
		}
	}
	return s.store.Save()
}

func (s *Sandbox) open(config Config) (err error) {
	if config.TLS {
		if s.authority, err = newAuthority(); err != nil {
			return err
		}
	}
	if config.ReceiverAddress != "" {
		s.receiver = &receiver.Receiver{Now: config.Clock, Log: config.Log}
		for _, site := range s.sites {
			signer := receiver.Signer{Vendor: site.name, Scheme: site.verify, Secrets: site.Vendor.Secrets}
			s.receiver.Signers = append(s.receiver.Signers, signer)
		}
		if s.ReceiverURL, err = s.listen(config.ReceiverAddress, s.receiver); err != nil {
			return err
		}
	}
	for _, site := range s.sites {
		url, err := s.listen(config.Addresses[site.name], site.Calls)
		if err != nil {
			return err
		}
		s.serveAt(site, url)
	}
	return nil
}

// Env returns the environment variables for clients of all vendors.
func (s *Sandbox) Env() map[string]string {
	env := map[string]string{}
	for _, site := range s.sites {
		maps.Copy(env, site.Vendor.Env(site.URL))
	}
	if s.ReceiverURL != "" {
		env["WEBHOOK_RECEIVER_URL"] = s.ReceiverURL
	}
	if s.authority != nil {
		maps.Copy(env, s.authority.env())
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
		if s.authority != nil {
			s.authority.close()
		}
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
	server := &http.Server{Handler: s.console.over(handler), ReadHeaderTimeout: time.Minute}
	s.servers = append(s.servers, server)
	if s.authority == nil {
		s.serving.Go(func() { _ = server.Serve(listener) })
		return "http://" + listener.Addr().String(), nil
	}
	server.TLSConfig = s.authority.config()
	server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){} // over HTTP/2, faults could not cut a connection
	server.ErrorLog = log.New(io.Discard, "", 0)                                   // a client that does not trust it says so itself
	s.serving.Go(func() { _ = server.ServeTLS(listener, "", "") })
	return "https://" + listener.Addr().String(), nil
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
