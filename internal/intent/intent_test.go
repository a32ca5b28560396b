package intent_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

var create = intent.Create{Object: "a webhook", Digest: intent.Digest("a", "b"), Others: []string{"wh-1"}}

// What becomes of a create, and what the vendor says, decides what its note does to the next process. It stops this one only while its
// outcome is unknown: Terraform is about to save what it has made.
func TestNote(t *testing.T) {
	t.Parallel()
	answered := func(_ *intent.Log, n *intent.Note) { n.Answered("wh-2") }
	left := func(_ *intent.Log, n *intent.Note) { n.Unlock() }
	pending := func(_ *intent.Log, n *intent.Note) { n.Pend() }
	exists := func(exists bool, err error) intent.Lookup {
		return intent.Lookup{Exists: func(_ context.Context, note *intent.Note) (bool, error) { return exists && note.ID == "wh-2", err }}
	}
	candidates := func(err error, ids ...string) intent.Lookup {
		return intent.Lookup{Candidates: func(_ context.Context, note *intent.Note) ([]string, error) {
			if diff := cmp.Diff(create, note.Create, cmpopts.IgnoreFields(intent.Create{}, "Run")); diff != "" {
				t.Errorf("looked for (-want +got):\n%s", diff)
			}
			return ids, err
		}}
	}
	const failed, unanswered, stays = "looking for its result failed: permission denied", true, true
	for name, test := range map[string]struct {
		end        func(*intent.Log, *intent.Note)
		api        intent.Lookup
		want       string // a part of the error that stops the next create, empty if nothing does
		unanswered bool
		stays      bool
	}{
		"exists":                   {answered, exists(true, nil), "made wh-2, which still exists", false, stays},
		"proved gone":              {answered, exists(false, nil), "", false, false},
		"not known whether exists": {answered, exists(false, os.ErrPermission), failed, false, stays},
		"one candidate":            {left, candidates(nil, "wh-3", "wh-4"), "was not answered and may have made wh-3, wh-4", unanswered, stays},
		"no candidate":             {left, candidates(nil), "", unanswered, false},
		"candidates not known":     {left, candidates(os.ErrPermission, "wh-3"), failed, unanswered, stays},
		"cannot be listed":         {left, intent.Lookup{}, "was not answered, so it is unknown", unanswered, false},
		"waits for approval":       {pending, candidates(nil), "waits for the approval", unanswered, stays},
		"in progress":              {func(*intent.Log, *intent.Note) {}, candidates(nil), "is in progress in another process", false, stays},
		"nothing was made":         {func(_ *intent.Log, n *intent.Note) { n.Remove() }, intent.Lookup{}, "", false, false},
		"saved":                    {func(l *intent.Log, n *intent.Note) { n.Answered("wh-2"); l.RemoveFor("wh-2") }, intent.Lookup{}, "", false, false},
		"saved, after another":     {func(l *intent.Log, n *intent.Note) { l.RemoveFor("x"); n.Answered("wh-2"); l.RemoveFor("wh-2") }, intent.Lookup{}, "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data [1]", "webhook")
			log := intent.NewLog(dir)
			other := log.Begin(intent.Create{Digest: "other"})
			note := log.Begin(create)
			note.Sending()
			test.end(log, note)
			other.Remove()
			if got := len(intent.NewLog(dir).Unanswered()) == 1; got != test.unanswered {
				t.Errorf("unanswered: %t", got)
			}
			for range 2 {
				next := intent.NewLog(dir)
				if err := next.Check(t.Context(), intent.Digest("c"), intent.Lookup{}); err != nil {
					t.Errorf("another create is stopped: %v", err)
				}
				err := next.Check(t.Context(), create.Digest, test.api)
				if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
					t.Fatalf("%v, want %q", err, test.want)
				}
				unfinished, ok := errors.AsType[*intent.UnfinishedError](err)
				if ok && (unfinished.Note.Path != note.Path || time.Since(unfinished.Note.Sent) > time.Minute) {
					t.Errorf("%+v", unfinished)
				}
				if !test.stays {
					test.want = ""
				}
			}
			if got := len(files(t, dir)) > 0; got != test.stays {
				t.Errorf("the note stays: %t", got)
			}
			if err := log.Check(t.Context(), create.Digest, test.api); (err != nil) != (test.unanswered && test.stays) {
				t.Errorf("in this process: %v", err)
			}
		})
	}
}

// A note is held until its process ends, however that ends. This test runs itself as such a process.
func TestHeldByAnotherProcess(t *testing.T) {
	t.Parallel()
	const variable = "WEBHOOK_TEST_NOTES"
	if dir := os.Getenv(variable); dir != "" {
		intent.NewLog(dir).Begin(create)
		_, _ = os.Stdout.WriteString("held\n")
		_, _ = os.Stdin.Read(make([]byte, 1)) // until it is killed
		return
	}
	dir := t.TempDir()
	holder := exec.Command(os.Args[0], "-test.run=^TestHeldByAnotherProcess$")
	holder.Env = append(os.Environ(), variable+"="+dir)
	_, inErr := holder.StdinPipe()
	out, outErr := holder.StdoutPipe()
	startErr := holder.Start()
	_, readErr := out.Read(make([]byte, 5))
	if err := errors.Join(inErr, outErr, startErr, readErr); err != nil {
		t.Fatal(err)
	}
	reason := func() any {
		unfinished, _ := errors.AsType[*intent.UnfinishedError](intent.NewLog(dir).Check(t.Context(), create.Digest, intent.Lookup{}))
		return unfinished.Reason
	}
	if got := reason(); got != intent.InProgress || len(intent.NewLog(dir).Unanswered()) != 0 {
		t.Errorf("while the process lives: %v", got)
	}
	_ = holder.Process.Kill()
	_ = holder.Wait()
	unanswered := intent.NewLog(dir).Unanswered()
	if got := reason(); got != intent.Unlisted || len(unanswered) != 1 {
		t.Errorf("after its end: %v, and %v is unanswered", got, unanswered)
	}
}

// A note that was not written to its end is of a create that was not sent. It goes, unless a process is just writing it.
func TestUnfinishedNoteFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	held := intent.NewLog(dir).Begin(create)
	for path, text := range map[string]string{
		filepath.Join(dir, "empty.json"): "", filepath.Join(dir, "half.json"): `{"digest": "x`, filepath.Join(dir, "README"): "{}", held.Path: "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log := intent.NewLog(dir)
	if err := log.Check(t.Context(), "", intent.Lookup{}); err != nil || len(log.Unanswered()) != 0 {
		t.Errorf("%v, and %v is unanswered", err, log.Unanswered())
	}
	got, note := files(t, dir), filepath.Base(held.Path)
	if len(got) != 3 || !slices.Contains(got, "README") || !slices.Contains(got, note) || !slices.Contains(got, note+".lock") {
		t.Errorf("there is %q", got)
	}
}

// Nobody else can read a note. Whoever reads it while it changes gets the old or the new one, whole. An answer that cannot be noted is a
// problem.
func TestNoteFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "webhook")
	log := intent.NewLog(dir)
	note := log.Begin(create)
	for path, want := range map[string]os.FileMode{note.Path: 0o600, dir: 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v, %v", path, info.Mode(), err)
		}
	}
	before, _ := os.ReadFile(note.Path)
	reader, err := os.Open(note.Path)
	if err != nil {
		t.Fatal(err)
	}
	note.Answered("wh-2")
	read, _ := io.ReadAll(reader)
	if got := files(t, dir); string(read) != string(before) || len(got) != 2 { // the note and its lock
		t.Errorf("an open note became %q, and there is %q", read, got)
	}
	if err := errors.Join(log.Problem(), reader.Close(), os.RemoveAll(dir)); err != nil {
		t.Fatal(err)
	}
	if note.Answered("wh-2"); log.Problem() == nil {
		t.Error("nothing is said")
	}
}

// Forgetting looks at the disk once.
func TestRemoveForReadsOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	former := intent.NewLog(dir)
	for _, id := range []string{"wh-2", "wh-2", "wh-3"} {
		former.Begin(create).Answered(id)
	}
	log := intent.NewLog(dir)
	log.RemoveFor("wh-2")
	left := files(t, dir)
	former.Begin(create).Answered("wh-4")
	log.RemoveFor("wh-4")
	if got := files(t, dir); len(left) != 2 || len(got) != 4 {
		t.Errorf("there is %q and then, because the directory was read again, %q", left, got)
	}
}

// What cannot be written is reported once. Whoever goes on without a note need not ask whether there is one.
func TestNoteNotWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var none *intent.Log
	for log, fails := range map[*intent.Log]bool{intent.NewLog(filepath.Join(file, "webhook")): true, none: false} {
		var said []bool
		for range 3 {
			said = append(said, log.Problem() != nil)
			note := log.Begin(create)
			note.Sending()
			note.Answered("wh-2")
			note.Pend()
			note.Unlock()
			note.Remove()
			log.RemoveFor("wh-2")
		}
		if want := []bool{false, fails, false}; !slices.Equal(said, want) {
			t.Errorf("a problem is reported %v, want %v", said, want)
		}
		if err := log.Check(t.Context(), create.Digest, intent.Lookup{}); err != nil || log.Unanswered() != nil {
			t.Errorf("%v, %v", err, log.Unanswered())
		}
	}
}

// The parts of a digest do not run into one another.
func TestDigest(t *testing.T) {
	t.Parallel()
	if intent.Digest("a", "b") != create.Digest || intent.Digest("ab") == create.Digest || intent.Digest("a", "b", "") == create.Digest {
		t.Error("the digest does not tell one content from another")
	}
}

// An id has an owner if an answer or a saved state was the first to name it.
func TestOwners(t *testing.T) {
	t.Parallel()
	names := intent.NewNames(nil)
	names.Add("saved", true)
	names.Add("imported", false)
	names.Answered("answered")
	if !names.Answered("answered") || !names.Answered("imported") {
		t.Error("what was named before is not known")
	}
	for id, want := range map[string]bool{"saved": true, "imported": false, "answered": true, "unknown": false} {
		if names.HasOwner(id) != want {
			t.Errorf("%s: it has an owner: %t", id, !want)
		}
	}
}

// A note goes when a saved state names what its create has made, unless an import or an answer of this process named that first.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, first := range []bool{true, false} {
		dir := t.TempDir()
		intent.NewLog(dir).Begin(create).Answered("wh-2")
		names := intent.NewNames(intent.NewLog(dir))
		for i, saved := range []bool{first, !first} {
			known := names.Add("wh-2", saved)
			if gone := len(files(t, dir)) == 0; gone != first || known != (i > 0) || !names.Has("wh-2") || names.Has("wh-3") {
				t.Errorf("first saved %t, now %t: the note is gone: %t, named before: %t", first, saved, gone, known)
			}
		}
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	names, err := fs.Glob(os.DirFS(dir), "*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}
