package intent

import "sync"

// Names are the ids that plans, states and answers have named in this process. A create cannot have made what was named before
// its answer. It is safe for concurrent use.
type Names struct {
	log *Log

	mu       sync.Mutex
	saved    map[string]bool // by id, whether the first that named it was a saved state
	answered map[string]bool // ids whose first was an answer
}

// NewNames returns Names that forget the notes of what a saved state names.
func NewNames(log *Log) *Names {
	return &Names{log: log, saved: map[string]bool{}, answered: map[string]bool{}}
}

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

// Answered is Add for the answer to a create.
func (n *Names) Answered(id string) (known bool) {
	known = n.Add(id, false)
	if !known {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.answered[id] = true
	}
	return known
}

// HasOwner reports whether an answer or a saved state was the first to name an id. An import may fail, and a plan that imports may never
// be applied.
func (n *Names) HasOwner(id string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.answered[id] || n.saved[id]
}

// Has reports whether an id was named.
func (n *Names) Has(id string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, known := n.saved[id]
	return known
}
