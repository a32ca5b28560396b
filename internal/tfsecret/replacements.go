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

// Replacements detects what Terraform does not tell a provider: that a planned or created webhook replaces another one. For a
// tainted webhook, Terraform refreshes it and then plans a new one, as if there were none. For -replace and
// replace_triggered_by, Terraform drops the warnings of that plan, so only the apply can warn. For a renamed resource,
// Terraform plans a destroy and a create. Replacements therefore pairs webhooks of equal content, from what this process has
// read, planned, created and deleted.
type Replacements struct {
	mu      sync.Mutex
	read    map[string]reading  // by id, for webhooks that were refreshed and not planned yet
	planned chan struct{}       // closed by the next plan
	created map[string][]string // ids by content, of those that replace no known webhook
	deleted map[string][]string

	// What the plan creates and destroys, by content, without known pairs; and how many replaced webhooks Terraform has yet to
	// plan as new ones.
	toCreate  map[string]int
	toDestroy map[string][]string
	halves    map[string]int
	applies   bool // this process applies: another process made the plan
}

// reading is the result of a refresh.
type reading struct {
	content string
	at      time.Time
}

// patience is how long after its refresh a webhook may remain unplanned before it counts as tainted. Terraform plans it
// immediately, but concurrently with others. Only webhooks of the same content cause a wait.
const patience = 250 * time.Millisecond

// Read records that a webhook of the state was refreshed.
func (r *Replacements) Read(id, content string) {
	defer r.lock()()
	r.read[id] = reading{content, time.Now()}
}

// Planned records that the plan includes a webhook of the state, so it is not tainted.
func (r *Replacements) Planned(id string) {
	defer r.lock()()
	delete(r.read, id)
	close(r.planned)
	r.planned = make(chan struct{})
}

// New warns when the planned new webhook of this content most likely replaces a tainted one.
func (r *Replacements) New(ctx context.Context, content string) (diags diag.Diagnostics) {
	if ids := r.tainted(ctx, content); len(ids) > 0 {
		diags.AddWarning("Signing Secret Will Change", fmt.Sprintf("The state has a webhook with the same content that this plan "+
			"does not include so far: %s. If that webhook is tainted, the planned one replaces it and has a new signing secret. The receiver "+
			"rejects deliveries until you give it the new secret. To keep the webhook, run terraform untaint.", strings.Join(ids, ", ")))
		return diags
	}
	return r.plannedCreate(content)
}

// plannedCreate records that the plan creates a webhook, and warns if it also destroys one of the same content.
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

// PlannedDestroy records that the plan destroys a webhook, and warns if it also creates one of the same content.
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

// Replaced records a planned replacement by a webhook of this content, which Terraform then plans as a new one.
func (r *Replacements) Replaced(content string) {
	defer r.lock()()
	r.halves[content]++
}

func willMove(id string) (diags diag.Diagnostics) {
	diags.AddWarning("Signing Secret Will Change", fmt.Sprintf("This plan destroys webhook %s and creates one with the same "+
		"content. If the new one takes its place, for example because the resource's name or its key in for_each has changed, the "+
		"new one has a new signing secret. The receiver rejects deliveries until you give it the new secret. To keep the webhook "+
		"and its secret, add a moved block (moved { from = …, to = … }).", id))
	return diags
}

// tainted returns the webhooks of a content that were read but not planned in time.
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

// unplanned returns the webhooks of a content that were read but not planned, until when they may still be planned, and a
// channel that the next plan closes.
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

// Created records a new webhook, and warns if it replaces a deleted one of the same content.
func (r *Replacements) Created(id, content string) diag.Diagnostics {
	defer r.lock()()
	r.applies = true
	if former, ok := take(r.deleted, content); ok {
		return hasChanged(former, id)
	}
	r.created[content] = append(r.created[content], id)
	return nil
}

// Deleted records a deleted webhook, and warns if a new one of the same content replaces it.
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

// ours reports whether this process has created a webhook that is now deleted, and forgets it. A run of terraform test destroys
// all webhooks that it has created, equal ones too: none of them replaces another.
func (r *Replacements) ours(id string) bool {
	for content, ids := range r.created { // the content may have changed since the create
		if i := slices.Index(ids, id); i >= 0 {
			r.created[content] = slices.Delete(ids, i, i+1)
			return true
		}
	}
	return false
}

// take removes and returns one of the ids of a content.
func take(ids map[string][]string, content string) (id string, ok bool) {
	if len(ids[content]) == 0 {
		return "", false
	}
	id, ids[content] = ids[content][0], ids[content][1:]
	return id, true
}

func hasChanged(deleted, created string) (diags diag.Diagnostics) {
	diags.AddWarning("Signing Secret Has Changed", fmt.Sprintf("Webhook %s was created, and webhook %s with the same content was "+
		"deleted. If the new one takes the place of the deleted one, it has a new signing secret. Give the new secret to the "+
		"receiver, which rejects deliveries until then.", created, deleted))
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
