package sandbox

import "sync"

// feed notes what has changed for the pages that are open. A page asks what has changed since it asked last, so an update costs what
// has changed, however much there is.
type feed struct {
	mu      sync.Mutex
	count   uint64    // all changes so far
	changes []touched // the latest of them
	changed chan struct{}
}

// touched names what has changed: a webhook or a delivery by its id, a call by its number, or the faults.
type touched struct {
	site *Site
	what kindOfChange
	id   string
	call int
}

type kindOfChange int

const (
	changedObject kindOfChange = iota
	changedCall
	changedFaults
	changedAll // a reset
)

// maxChanges is how many changes the feed holds. A page that misses more reads everything again.
const maxChanges = 10_000

func newFeed() *feed { return &feed{changed: make(chan struct{})} }

// touch notes a change and wakes the pages.
func (f *feed) touch(change touched) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	f.changes = append(f.changes, change)
	if len(f.changes) > 2*maxChanges {
		f.changes = append([]touched{}, f.changes[maxChanges:]...)
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

// now returns the number of changes so far, and a channel that is closed by the next.
func (f *feed) now() (count uint64, next <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count, f.changed
}

// since returns the changes after a number of them, or false if not all are known any more.
func (f *feed) since(count uint64) (changes []touched, known bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	missed := f.count - count
	if missed > uint64(len(f.changes)) {
		return nil, false
	}
	return append([]touched{}, f.changes[uint64(len(f.changes))-missed:]...), true
}
