// Package intent keeps a note on disk of every create, from before it is sent until a saved state names what it has made. If the
// process or its CLI is killed in between, or the outcome stays unknown, the note tells the next process in the same directory.
// Nothing else could, because Terraform saves nothing about a create that was not answered, and saves a remote state late.
package intent

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Create is the content of a note. It must not contain secrets, and no path of a url.
type Create struct {
	// Object names the object and the vendor to a person.
	Object string `json:"object"`
	// Digest is equal for creates that make indistinguishable objects.
	Digest string `json:"digest"`
	// Others are the ids of the objects that this create has not made.
	Others []string `json:"others,omitempty"`
	// ID is what it has made, empty until the vendor answers.
	ID string `json:"id,omitempty"`
	// Run is a random name of the process.
	Run string `json:"run,omitempty"`
	// Pending says that the vendor has accepted the create and waits for somebody's approval.
	Pending bool `json:"pending,omitempty"`
}

// Digest identifies content whose parts may be secret.
func Digest(parts ...string) string {
	text, _ := json.Marshal(parts) // strings only
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Log is a directory of notes. A nil Log keeps none. It is safe for concurrent use.
type Log struct {
	dir, run string

	mu      sync.Mutex
	made    map[string][]*Note // the notes with an id, by that id; nil until the directory was read
	problem error
	said    bool // Problem has returned the problem
}

// NewLog returns the log in a directory. The first note creates the directory.
func NewLog(dir string) *Log { return &Log{dir: dir, run: rand.Text()} }

// Note is the note of one create. A nil Note could not be written.
type Note struct {
	Create
	// Path is the file.
	Path string
	// Sent is when the create was last sent, or was answered, by the clock of this machine.
	Sent time.Time

	log  *Log
	lock *flock.Flock
	held bool // when it was found, a living process had not finished with it
}

// Date returns Sent as an API shows the date of an object.
func (n *Note) Date() string { return n.Sent.Format(time.RFC3339Nano) }

// Begin writes the note of a create that is about to be sent. It is held until its outcome is known or the process ends. A create
// goes on without a note if none can be written: Problem then says why.
func (l *Log) Begin(create Create) *Note {
	if l == nil {
		return nil
	}
	note := l.note(rand.Text() + ".json")
	note.Create, note.Run = create, l.run
	err := os.MkdirAll(l.dir, 0o700)
	if err == nil { // locked before it exists: a note that nobody holds belongs to a process that has ended
		_, err = note.lock.TryLock()
	}
	if err == nil {
		err = note.write()
	}
	if err != nil {
		note.Remove()
		l.fail(err)
		return nil
	}
	return note
}

// fail keeps why a note could not be written.
func (l *Log) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.problem = err
}

// Problem returns, once in the life of the log, why a note could not be written.
func (l *Log) Problem() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.said {
		return nil
	}
	l.said = l.problem != nil
	return l.problem
}

// Unanswered returns the notes of creates that ended without an answer, except those that a process holds.
func (l *Log) Unanswered() (out []*Note) {
	for _, note := range l.read() {
		if note.ID == "" && !note.held {
			out = append(out, note)
		}
	}
	return out
}

// RemoveFor removes the note of what a create has made: a saved state names it, or the vendor has deleted it. It looks only into
// memory after the first call.
func (l *Log) RemoveFor(id string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.made == nil {
		l.made = map[string][]*Note{}
		for _, note := range l.read() {
			l.made[note.ID] = append(l.made[note.ID], note)
		}
		delete(l.made, "")
	}
	for _, note := range l.made[id] {
		note.Remove()
	}
	delete(l.made, id)
}

// read returns the notes. One that nobody holds and that cannot be read was not fully written, so its create was never sent: it is
// removed.
func (l *Log) read() (out []*Note) {
	if l == nil {
		return nil
	}
	files, _ := os.ReadDir(l.dir) // usually it does not exist
	for _, file := range files {
		if filepath.Ext(file.Name()) != ".json" {
			continue
		}
		note := l.note(file.Name())
		note.held = note.isHeld() // before it is read, because it changes until nobody holds it
		switch {
		case note.load() == nil:
			out = append(out, note)
		case !note.held:
			note.Remove()
		}
	}
	return out
}

func (l *Log) note(name string) *Note {
	path := filepath.Join(l.dir, name)
	return &Note{Path: path, Sent: time.Now(), log: l, lock: flock.New(path + ".lock")}
}

func (n *Note) load() error {
	text, err := os.ReadFile(n.Path)
	if err == nil {
		err = json.Unmarshal(text, &n.Create)
	}
	if info, err := os.Stat(n.Path); err == nil {
		n.Sent = info.ModTime()
	}
	return err
}

// isHeld reports that a living process has not finished with the note.
func (n *Note) isHeld() bool {
	free, err := n.lock.TryRLock()
	if free {
		_ = n.lock.Unlock()
	}
	return err == nil && !free
}

// write replaces the file as a whole, because another process must find it complete.
func (n *Note) write() error {
	text, _ := json.Marshal(n.Create) // strings and a boolean only
	draft := n.Path + ".draft"
	err := os.WriteFile(draft, text, 0o600)
	if err == nil {
		err = os.Rename(draft, n.Path)
	}
	if err != nil {
		_ = os.Remove(draft)
	}
	return err
}

// Sending records that the create is being sent, now.
func (n *Note) Sending() {
	if n != nil {
		n.Sent = time.Now()
		_ = os.Chtimes(n.Path, time.Time{}, n.Sent)
	}
}

// Answered records what the create has made, until a saved state names it.
func (n *Note) Answered(id string) {
	if n == nil {
		return
	}
	n.ID, n.Others = id, nil
	n.update()
	n.log.mu.Lock()
	defer n.log.mu.Unlock()
	if n.log.made != nil {
		n.log.made[id] = append(n.log.made[id], n)
	}
}

// Pend records that the create waits for approval.
func (n *Note) Pend() {
	if n != nil {
		n.Pending = true
		n.update()
	}
}

func (n *Note) update() {
	if err := n.write(); err != nil {
		n.log.fail(err)
	}
	n.Unlock()
}

// Unlock keeps the note for the next process, because the outcome of the create is unknown.
func (n *Note) Unlock() {
	if n != nil {
		_ = n.lock.Unlock()
	}
}

// Remove removes the note, because the create has made nothing, or what it has made is saved.
func (n *Note) Remove() {
	if n != nil {
		_ = os.Remove(n.Path) // before unlocking, or another process could see it as left
		n.Unlock()
		_ = os.Remove(n.lock.Path())
	}
}
