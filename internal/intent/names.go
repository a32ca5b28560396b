package intent

import "sync"

// Names are the ids that plans, states and answers have named in this process. A create cannot have made what was named before
// its answer. It is safe for concurrent use.
type Names struct {
	log *Log

	mu    sync.Mutex
	saved map[string]bool // by id, whether the first that named it was a saved state
}

// NewNames returns Names that forget the notes of what a saved state names.
func NewNames(log *Log) *Names { return &Names{log: log, saved: map[string]bool{}} }

// Add records an id, and reports whether it was named before. A saved state that names it ends its note, unless this process has
// first heard of the id from something that is not saved: an answer, or an import, perhaps in a plan that is never applied.
func (n *Names) Add(id string, saved bool) (known bool) {
	n.mu.Lock()
	first, was := n.saved[id]
	if !was {
		n.saved[id] = saved
	}
	n.mu.Unlock()
	if saved && (first || !was) {
		n.log.RemoveFor(id)
	}
	return was
}

// Has reports whether an id was named.
func (n *Names) Has(id string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, known := n.saved[id]
	return known
}
