package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// stateFormat identifies a state file of this program and its version.
const stateFormat = "webhook-sandbox state 2"

// state is the content of the file at Config.StatePath.
type state struct {
	Format string
	// Starts counts the starts from this file. It is part of the seed, so that a seeded sandbox does not issue the ids of its
	// last run again.
	Starts int
	// Vendors are the states of the vendors by name.
	Vendors map[string]json.RawMessage
}

// lockState makes sure that no other sandbox keeps its state in the file. The lock is a file of its own, because the state file is
// replaced by each save. It stays: whoever removed it could remove the lock of another.
func lockState(path string) (*flock.Flock, error) {
	lock := flock.New(path + ".lock")
	if path == "" {
		return lock, nil
	}
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("the state file cannot be used: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("another sandbox keeps its state in %s: stop it, or use another path", path)
	}
	return lock, nil
}

// readState reads the state file, and returns nothing if it does not exist yet. A file that is not a complete state is an error
// and is not changed.
func readState(path string) (*state, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the user names it
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the state file cannot be read: %w", err)
	}
	var out state
	if err := wire.DecodeStrictly(text, &out); err != nil {
		return nil, fmt.Errorf("%s is not a state file of webhook-sandbox, or it is damaged (%w); the file was not changed: "+
			"use another path, or delete the file to start with a new state", path, err)
	}
	if out.Format != stateFormat {
		return nil, fmt.Errorf("%s has the format %q instead of %q; the file was not changed: use another path", path, out.Format, stateFormat)
	}
	if len(out.Vendors) == 0 {
		return nil, fmt.Errorf("%s is a damaged state file of webhook-sandbox: it has no vendors; the file was not changed", path)
	}
	return &out, nil
}

// store keeps the state file up to date. Its zero value keeps nothing.
type store struct {
	lock     *flock.Flock
	path     string
	snapshot func() ([]byte, error)
	// failed is called if a save in the background fails.
	failed func(error)

	asked atomic.Uint64
	soon  chan struct{}
	stop  chan struct{}
	saver sync.WaitGroup

	mu    sync.Mutex
	saved uint64 // the latest Save call whose changes are on disk
	err   error
}

// Save returns when all changes before the call are on disk. Calls that arrive during a write share the next write.
func (s *store) Save() error {
	if s.path == "" {
		return nil
	}
	ticket := s.asked.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.saved >= ticket {
		return s.err
	}
	covered := s.asked.Load()
	text, err := s.snapshot()
	if err == nil {
		err = replaceFile(s.path, text)
	}
	if err != nil {
		err = fmt.Errorf("the state could not be saved: %w", err)
	}
	s.saved, s.err = covered, err
	return err
}

// Soon saves the state in the background. It never waits.
func (s *store) Soon() {
	select {
	case s.soon <- struct{}{}:
	default: // a save that has not begun yet covers this change too
	}
}

// start begins to save in the background.
func (s *store) start() {
	s.soon, s.stop = make(chan struct{}, 1), make(chan struct{})
	s.saver.Go(func() {
		for {
			select {
			case <-s.stop:
				return
			case <-s.soon:
				s.saveUnasked()
			}
		}
	})
}

// close ends the saving in the background and saves once more.
func (s *store) close() {
	close(s.stop)
	s.saver.Wait()
	s.saveUnasked()
	_ = s.lock.Unlock()
}

func (s *store) saveUnasked() {
	if err := s.Save(); err != nil {
		s.failed(err)
	}
}

// replaceFile writes text to path so that a crash leaves either the old or the new file, complete. The temporary file always has
// the same name, so that crashes do not leave many of them.
func replaceFile(path string, text []byte) error {
	draft := path + ".draft"
	file, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(draft, path)
	}
	if err != nil {
		_ = os.Remove(draft)
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

// syncDirectory makes a rename durable. If directories cannot be synced, as on Windows, the rename must suffice.
func syncDirectory(path string) error {
	directory, err := os.Open(path) //nolint:gosec // the user names it
	if err != nil {
		return err
	}
	defer func() { _ = directory.Close() }()
	if err := directory.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}
