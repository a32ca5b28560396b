package tfsecret

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Replacements notices what Terraform does not tell a provider: that the webhook it has planned or made replaces another one
// because that is tainted, or because someone has asked for it (-replace, replace_triggered_by). A tainted object is
// refreshed and then planned as a new one, as if there were none. Of what is asked for nothing can be told before the apply,
// for Terraform drops what is warned of when it plans the new object. A resource that was renamed is to it one to destroy
// and one to create. So webhooks of equal content are brought together here, by what this process has read, planned, created
// and deleted.
type Replacements struct {
	mu      sync.Mutex
	read    map[string]reading  // by id, from the refresh of a webhook until its plan
	planned chan struct{}       // closed by the next plan
	created map[string][]string // ids by content, of those that are not known to replace any
	deleted map[string][]string

	// What the plan creates and destroys, by content, as far as it is not known to belong together; and how often a webhook
	// that is replaced is yet to be planned as a new one.
	toCreate  map[string]int
	toDestroy map[string][]string
	halves    map[string]int
	applies   bool // something was created or deleted: the plan was made before, by another process
}

// reading is what was read of a webhook.
type reading struct {
	content string
	at      time.Time
}

// patience is how long after its refresh a webhook may be planned, before it counts as tainted. Terraform plans it at once,
// but beside others: only where those have the same content is anything waited for.
const patience = 250 * time.Millisecond

// Read notes that a webhook of the state was refreshed.
func (r *Replacements) Read(id, content string) {
	defer r.lock()()
	r.read[id] = reading{content, time.Now()}
}

// Planned notes that the plan has to do with a webhook of the state, so that it is not tainted.
func (r *Replacements) Planned(id string) {
	defer r.lock()()
	delete(r.read, id)
	close(r.planned)
	r.planned = make(chan struct{})
}

// New warns when a webhook of this content is planned as a new one and most likely replaces one that is tainted.
func (r *Replacements) New(ctx context.Context, content string) (diags diag.Diagnostics) {
	if ids := r.tainted(ctx, content); len(ids) > 0 {
		diags.AddWarning("Signing Secret Will Change", fmt.Sprintf("The state has a webhook of the same content, which is not part "+
			"of the plan as it is: %s. If it is tainted, the planned one replaces it and has another signing secret: the receiver "+
			"refuses deliveries until it is given that. (terraform untaint keeps the webhook.)", strings.Join(ids, ", ")))
		return diags
	}
	return r.plannedCreate(content)
}

// plannedCreate notes that the plan creates a webhook, and warns when it destroys one of the same content.
func (r *Replacements) plannedCreate(content string) diag.Diagnostics {
	defer r.lock()()
	switch {
	case r.applies:
		return nil
	case r.halves[content] > 0:
		r.halves[content]--
		return nil
	}
	if id, ok := take(r.toDestroy, content); ok {
		return willMove(id)
	}
	r.toCreate[content]++
	return nil
}

// PlannedDestroy notes that the plan destroys a webhook, and warns when it creates one of the same content.
func (r *Replacements) PlannedDestroy(id, content string) diag.Diagnostics {
	r.Planned(id)
	defer r.lock()()
	switch {
	case r.applies:
		return nil
	case r.toCreate[content] > 0:
		r.toCreate[content]--
		return willMove(id)
	}
	r.toDestroy[content] = append(r.toDestroy[content], id)
	return nil
}

// Replaced notes that a webhook is planned to be replaced by one of this content, which Terraform then plans as a new one.
func (r *Replacements) Replaced(content string) {
	defer r.lock()()
	r.halves[content]++
}

func willMove(id string) (diags diag.Diagnostics) {
	diags.AddWarning("Signing Secret Will Change", fmt.Sprintf("The plan destroys webhook %s and creates one of the same content. If "+
		"that is to take its place, as after a change of the resource's name or of its key in for_each, it has another signing "+
		"secret: the receiver refuses deliveries until it is given that. A moved block (moved { from = …, to = … }) keeps the "+
		"webhook and its secret.", id))
	return diags
}

// tainted returns the webhooks of a content that were read and are not planned in time.
func (r *Replacements) tainted(ctx context.Context, content string) []string {
	for {
		ids, until, planned := r.unplanned(content)
		if len(ids) == 0 || ctx.Err() != nil {
			return nil
		}
		timer := time.NewTimer(time.Until(until))
		select {
		case <-timer.C:
			return ids
		case <-planned:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// unplanned returns the webhooks of a content that were read and not planned, until when that may change, and what tells
// of the next plan.
func (r *Replacements) unplanned(content string) (ids []string, until time.Time, planned <-chan struct{}) {
	defer r.lock()()
	for id, of := range r.read {
		if of.content == content {
			ids = append(ids, id)
			if end := of.at.Add(patience); end.After(until) {
				until = end
			}
		}
	}
	slices.Sort(ids)
	return ids, until, r.planned
}

// Created notes a new webhook, and warns when it is in place of one of the same content that was deleted before.
func (r *Replacements) Created(id, content string) diag.Diagnostics {
	defer r.lock()()
	r.applies = true
	if former, ok := take(r.deleted, content); ok {
		return hasChanged(former, id)
	}
	r.created[content] = append(r.created[content], id)
	return nil
}

// Deleted notes that a webhook was deleted, and warns when one of the same content was created in its place before.
func (r *Replacements) Deleted(id, content string) diag.Diagnostics {
	defer r.lock()()
	r.applies = true
	if !r.ours(id) {
		if latter, ok := take(r.created, content); ok {
			return hasChanged(id, latter)
		}
	}
	r.deleted[content] = append(r.deleted[content], id)
	return nil
}

// ours says whether this process has created a webhook that is deleted now, and forgets that. A run of terraform test
// destroys what it has made, with all its equals: none of them is in place of another.
func (r *Replacements) ours(id string) bool {
	for content, ids := range r.created { // its content may be another by now
		if i := slices.Index(ids, id); i >= 0 {
			r.created[content] = slices.Delete(ids, i, i+1)
			return true
		}
	}
	return false
}

// take takes one of the ids of a content.
func take(ids map[string][]string, content string) (id string, ok bool) {
	if len(ids[content]) == 0 {
		return "", false
	}
	id, ids[content] = ids[content][0], ids[content][1:]
	return id, true
}

func hasChanged(deleted, created string) (diags diag.Diagnostics) {
	diags.AddWarning("Signing Secret Has Changed", fmt.Sprintf("Webhook %s was created and %s, of the same content, deleted. Where "+
		"the one is in place of the other, it has another signing secret: give that to the receiver, which refuses deliveries "+
		"until then.", created, deleted))
	return diags
}

func (r *Replacements) lock() (unlock func()) {
	r.mu.Lock()
	if r.read == nil {
		r.read, r.planned = map[string]reading{}, make(chan struct{})
		r.created, r.deleted = map[string][]string{}, map[string][]string{}
		r.toCreate, r.toDestroy, r.halves = map[string]int{}, map[string][]string{}, map[string]int{}
	}
	return r.mu.Unlock
}
