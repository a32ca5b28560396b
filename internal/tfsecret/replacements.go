package tfsecret

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Replacements notices what Terraform does not tell a provider: that the webhook it has planned or made replaces another
// one because that is tainted, or because someone has asked for it (-replace). A tainted object is refreshed and then
// planned as a new one, as if there were none. Of -replace nothing can be told before the apply, for Terraform drops what is
// warned of when it plans the new object. So webhooks of equal content are brought together here, by what this process has
// read, planned, created and deleted.
type Replacements struct {
	mu      sync.Mutex
	read    map[string]string   // content by id, from the refresh of a webhook until its plan
	created map[string][]string // ids by content
	deleted map[string][]string
}

// Read notes that a webhook of the state was refreshed.
func (r *Replacements) Read(id, content string) {
	defer r.lock()()
	r.read[id] = content
}

// Planned notes that a plan goes on with a webhook of the state, so that it is not tainted.
func (r *Replacements) Planned(id string) {
	defer r.lock()()
	delete(r.read, id)
}

// New warns when a webhook of this content is planned as a new one and most likely replaces one that is tainted.
func (r *Replacements) New(content string) (diags diag.Diagnostics) {
	defer r.lock()()
	var ids []string
	for id, of := range r.read {
		if of == content {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		slices.Sort(ids)
		diags.AddWarning("Signing Secret Will Change", fmt.Sprintf("The state has a webhook of the same content, which is not part "+
			"of the plan as it is: %s. If it is tainted, the planned one replaces it and has another signing secret: the receiver "+
			"refuses deliveries until it is given that. (terraform untaint keeps the webhook.)", strings.Join(ids, ", ")))
	}
	return diags
}

// Created notes a new webhook, and warns when it is in place of one of the same content that was deleted before.
func (r *Replacements) Created(id, content string) diag.Diagnostics {
	defer r.lock()()
	r.created[content] = append(r.created[content], id)
	return hasChanged(r.deleted[content], []string{id})
}

// Deleted notes that a webhook was deleted, and warns when one of the same content was created in its place before.
func (r *Replacements) Deleted(id, content string) diag.Diagnostics {
	defer r.lock()()
	r.deleted[content] = append(r.deleted[content], id)
	return hasChanged([]string{id}, r.created[content])
}

func hasChanged(deleted, created []string) (diags diag.Diagnostics) {
	if len(deleted) > 0 && len(created) > 0 {
		diags.AddWarning("Signing Secret Has Changed", fmt.Sprintf("Webhook %s was created in place of %s, with another signing "+
			"secret. Give it to the receiver, which refuses deliveries until then.",
			strings.Join(created, ", "), strings.Join(deleted, ", ")))
	}
	return diags
}

func (r *Replacements) lock() (unlock func()) {
	r.mu.Lock()
	if r.read == nil {
		r.read, r.created, r.deleted = map[string]string{}, map[string][]string{}, map[string][]string{}
	}
	return r.mu.Unlock
}
