// Package intent keeps a note on disk of every create, from before it is sent until it is known what became of it. A process
// that is killed in between, or that has to give up, leaves word of it that way to the next one in the same directory:
// nothing else could tell it, for Terraform saves nothing of a create that was not answered.
package intent

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
)

// Log is a directory of notes. A nil Log keeps none and has none.
type Log struct {
	dir string
}

// NewLog returns the log of a directory, which is made when the first note is written.
func NewLog(dir string) *Log {
	return &Log{dir: dir}
}

// Create is what a note says of a create. It must hold nothing that is secret.
type Create struct {
	// Object tells a person what is created, and at which vendor.
	Object string `json:"object"`
	// Digest is equal for creates that make objects which cannot be told apart.
	Digest string `json:"digest"`
	// Since is what the vendor's clock showed before the create was sent. Zero means that it does not tell.
	Since time.Time `json:"since,omitzero"`
	// Others are the ids of objects with the same digest that this create has not made, or that somebody knows of.
	Others []string `json:"others,omitempty"`
}

// Digest returns what identifies content of which the parts may be secret.
func Digest(parts ...string) string {
	text, _ := json.Marshal(parts) // strings only
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Note is the note of one create. A nil Note is one that could not be kept.
type Note struct {
	Create
	// Path is the file.
	Path string
	// Written is when it was written, by the clock of this machine.
	Written time.Time

	lock *flock.Flock
}

// IsYounger reports that the note was written less than a time ago. One that seems to come from the future is not: the clock
// was set back, or the file restored.
func (n *Note) IsYounger(than time.Duration) bool {
	age := time.Since(n.Written)
	return age >= 0 && age < than
}

// Exclude notes of a left note that an object was not made by its create, or is lost no longer.
func (n *Note) Exclude(id string) {
	n.Others = append(n.Others, id)
	draft := n.Path + ".draft" // whoever reads the note meanwhile must find it whole
	text, err := json.Marshal(n.Create)
	if err == nil && os.WriteFile(draft, text, 0o600) == nil && os.Chtimes(draft, time.Time{}, n.Written) == nil {
		_ = os.Rename(draft, n.Path) // where this fails, the note names one too many
	}
}

// Begin writes the note of a create that is about to be sent. It stays that of this process until it is forgotten or left.
func (l *Log) Begin(create Create) (*Note, error) {
	if l == nil {
		return nil, nil
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, err
	}
	note := l.note(rand.Text() + ".json")
	// Locked before it is there: a note that nobody holds is one whose process has ended.
	if _, err := note.lock.TryLock(); err != nil {
		return nil, err
	}
	note.Create = create
	text, err := json.Marshal(create)
	if err == nil {
		err = os.WriteFile(note.Path, text, 0o600)
	}
	if err != nil {
		note.Forget()
		return nil, err
	}
	return note, nil
}

// Left returns the notes that nobody holds: of creates of which it was never known what became of them.
func (l *Log) Left() []*Note {
	if l == nil {
		return nil
	}
	files, _ := os.ReadDir(l.dir) // mostly there is none
	var out []*Note
	for _, file := range files {
		if filepath.Ext(file.Name()) != ".json" {
			continue
		}
		if note := l.note(file.Name()); note.isLeft() {
			out = append(out, note)
		}
	}
	return out
}

// LeftOf returns those of creates with a digest.
func (l *Log) LeftOf(digest string) []*Note {
	return slices.DeleteFunc(l.Left(), func(note *Note) bool { return note.Digest != digest })
}

func (l *Log) note(name string) *Note {
	path := filepath.Join(l.dir, name)
	return &Note{Path: path, lock: flock.New(path + ".lock")}
}

// isLeft reads the note if nobody holds it. One that cannot be read was not written to its end, so its create was not sent.
func (n *Note) isLeft() bool {
	if free, err := n.lock.TryRLock(); err != nil || !free {
		return false
	}
	defer func() { _ = n.lock.Unlock() }()
	text, err := os.ReadFile(n.Path)
	if err != nil || json.Unmarshal(text, &n.Create) != nil {
		return false
	}
	if info, err := os.Stat(n.Path); err == nil {
		n.Written = info.ModTime()
	}
	return true
}

// Leave keeps the note for whoever comes next, because it is not known what became of the create.
func (n *Note) Leave() {
	if n != nil {
		_ = n.lock.Unlock()
	}
}

// Forget removes the note, because it is known what became of the create.
func (n *Note) Forget() {
	if n == nil {
		return
	}
	_ = os.Remove(n.Path) // before the lock, or it would look left for a moment
	_ = n.lock.Unlock()
	_ = os.Remove(n.lock.Path())
}
