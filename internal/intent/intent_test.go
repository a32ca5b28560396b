package intent_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

var create = intent.Create{
	Object: "a webhook", Digest: intent.Digest("a", "b"), Since: time.Date(2026, 10, 1, 12, 30, 0, 0, time.UTC), Others: []string{"wh-1"},
}

// A note is left when its process lets go of it, and until it is forgotten.
func TestNote(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data [1]", "webhook")
	log := intent.NewLog(dir)
	if got := log.Left(); len(got) != 0 {
		t.Errorf("before there is one, %v is left", got)
	}
	first, second := begin(t, log, create), begin(t, log, intent.Create{Digest: "other"})
	if got := intent.NewLog(dir).Left(); len(got) != 0 {
		t.Errorf("%v is left while it is held", got)
	}
	first.Leave()
	left := intent.NewLog(dir).Left()
	if len(left) != 1 || left[0].Path != first.Path || time.Since(left[0].Written).Abs() > time.Hour {
		t.Fatalf("%v is left", left)
	}
	if diff := cmp.Diff(create, left[0].Create); diff != "" {
		t.Errorf("the note (-want +got):\n%s", diff)
	}
	if got, other := log.LeftOf(create.Digest), log.LeftOf("other"); len(got) != 1 || len(other) != 0 {
		t.Errorf("of the digest %v is left, of another %v", got, other)
	}
	left[0].Forget()
	second.Forget()
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("there still is %v, %v", files, err)
	}
}

// What a create is known not to have made is kept with its note, which grows no younger by that.
func TestExclude(t *testing.T) {
	t.Parallel()
	log := intent.NewLog(t.TempDir())
	note := begin(t, log, create)
	note.Leave()
	written := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(note.Path, written, written); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(note.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	log.Left()[0].Exclude("wh-2")
	var read intent.Create
	if err := json.NewDecoder(reader).Decode(&read); err != nil || !cmp.Equal(create, read) {
		t.Errorf("a process that was about to read the note gets %+v, %v", read, err)
	}
	left := log.Left()[0]
	if diff := cmp.Diff([]string{"wh-1", "wh-2"}, left.Others); diff != "" || !left.Written.Equal(written) {
		t.Errorf("written %s, others (-want +got):\n%s", left.Written, diff)
	}
}

// Two providers of one configuration, each a process of its own, may do so at the same time. The note is never lost by that.
func TestExcludeAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	note := begin(t, intent.NewLog(dir), create)
	note.Leave()
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for range 20 {
				left := intent.NewLog(dir).Left()
				if len(left) != 1 {
					t.Errorf("%v is left", left)
					return
				}
				left[0].Exclude("wh-2")
			}
		})
	}
	running.Wait()
	intent.NewLog(dir).Left()[0].Forget()
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("there still is %v, %v", files, err)
	}
}

func TestIsYounger(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration]bool{time.Second: true, 2 * time.Minute: false, -time.Hour: false} {
		if got := (&intent.Note{Written: time.Now().Add(-age)}).IsYounger(time.Minute); got != want {
			t.Errorf("%s: %t", age, got)
		}
	}
}

// A note that was not written to its end is of a create that was not sent.
func TestUnfinishedNote(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"empty.json": "", "half.json": `{"digest": "x`, "README": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := intent.NewLog(dir).Left(); len(got) != 0 {
		t.Errorf("%v is left", got)
	}
}

// Nobody else can read a note.
func TestNoteIsPrivate(t *testing.T) {
	t.Parallel()
	note := begin(t, intent.NewLog(filepath.Join(t.TempDir(), "webhook")), create)
	for path, want := range map[string]os.FileMode{note.Path: 0o600, filepath.Dir(note.Path): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v, %v", path, info.Mode(), err)
		}
	}
}

// What cannot be written is an error, and whoever goes on without a note need not ask whether there is one.
func TestNoNote(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	note, err := intent.NewLog(filepath.Join(file, "webhook")).Begin(create)
	if err == nil || note != nil {
		t.Errorf("a note in a file: %v, %v", note, err)
	}
	var none *intent.Log
	if note, err = none.Begin(create); err != nil || note != nil || none.Left() != nil {
		t.Errorf("a note in no log: %v, %v", note, err)
	}
	note.Leave()
	note.Forget()
}

// The parts of a digest do not run into one another.
func TestDigest(t *testing.T) {
	t.Parallel()
	if intent.Digest("a", "b") != create.Digest || intent.Digest("ab") == create.Digest || intent.Digest("a", "b", "") == create.Digest {
		t.Error("the digest does not tell one content from another")
	}
}

func begin(t *testing.T, log *intent.Log, create intent.Create) *intent.Note {
	t.Helper()
	note, err := log.Begin(create)
	if err != nil {
		t.Fatal(err)
	}
	return note
}
