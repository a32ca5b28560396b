// Package intent keeps a note on disk of every create, from before it is sent until its outcome is known. If the process is
// killed in between, or has to give up, the note tells the next process in the same directory. Nothing else could, because
// Terraform saves nothing about a create that was not answered.
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

// Log is a directory of notes. A nil Log keeps no notes.
type Log struct {
	dir string
}

// NewLog returns the log in a directory. The first note creates the directory.
func NewLog(dir string) *Log {
	return &Log{dir: dir}
}

// Create is the content of a note. It must not contain secrets.
type Create struct {
	// Object names the object and the vendor to a person.
	Object string `json:"object"`
	// Digest is equal for creates that make indistinguishable objects.
	Digest string `json:"digest"`
	// Since is the time of the vendor's clock before the create was sent. Zero means unknown.
	Since time.Time `json:"since,omitzero"`
	// Others are the ids of objects with the same digest that this create has not made, or that a state names.
	Others []string `json:"others,omitempty"`
}

// Digest identifies content whose parts may be secret.
func Digest(parts ...string) string {
	text, _ := json.Marshal(parts) // strings only
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Note is the note of one create. A nil Note could not be written.
type Note struct {
	Create
	// Path is the file.
	Path string
	// Written is when it was written, by the clock of this machine.
	Written time.Time

	lock *flock.Flock
}

// IsYounger reports that the note is younger than a duration. A note from the future is not: the clock was set back, or the file
// was restored.
func (n *Note) IsYounger(than time.Duration) bool {
	age := time.Since(n.Written)
	return age >= 0 && age < than
}

// Exclude records in the note that its create has not made an object, or that a state names the object.
func (n *Note) Exclude(id string) {
	n.Others = append(n.Others, id)
	draft := n.Path + "." + rand.Text() // other processes, which may do the same, must find the note complete
	text, err := json.Marshal(n.Create)
	if err == nil && os.WriteFile(draft, text, 0o600) == nil && os.Chtimes(draft, time.Time{}, n.Written) == nil {
		_ = os.Rename(draft, n.Path) // if this fails, the note only leaves one candidate too many
	}
	_ = os.Remove(draft)
}

// Begin writes the note of a create that is about to be sent. This process holds it until Forget or Leave.
func (l *Log) Begin(create Create) (*Note, error) {
	if l == nil {
		return nil, nil
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, err
	}
	note := l.note(rand.Text() + ".json")
	// Locked before it exists: a note that nobody holds belongs to a process that has ended.
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

// Left returns the notes that nobody holds, of creates whose outcome is unknown.
func (l *Log) Left() []*Note {
	if l == nil {
		return nil
	}
	files, _ := os.ReadDir(l.dir) // usually it does not exist
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

// LeftOf returns the notes of Left with a digest.
func (l *Log) LeftOf(digest string) []*Note {
	return slices.DeleteFunc(l.Left(), func(note *Note) bool { return note.Digest != digest })
}

func (l *Log) note(name string) *Note {
	path := filepath.Join(l.dir, name)
	return &Note{Path: path, lock: flock.New(path + ".lock")}
}

// isLeft reads the note if nobody holds it. A note that cannot be read was not fully written, so its create was not sent.
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

// Leave keeps the note for the next process, because the outcome of the create is unknown.
func (n *Note) Leave() {
	if n != nil {
		_ = n.lock.Unlock()
	}
}

// Forget removes the note, because the outcome of the create is known.
func (n *Note) Forget() {
	if n == nil {
		return
	}
	_ = os.Remove(n.Path) // before unlocking, or another process could see it as left
	_ = n.lock.Unlock()
	_ = os.Remove(n.lock.Path())
}
