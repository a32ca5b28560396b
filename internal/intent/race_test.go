package intent_test

import (
	"sync"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
)

// A create of this process that is answered while another one of the same content looks at the notes does not stop that.
func TestNoteAnsweredDuringACheck(t *testing.T) {
	t.Parallel()
	log := intent.NewLog(t.TempDir())
	var creates sync.WaitGroup
	for range 4 {
		creates.Go(func() {
			for range 100 {
				if err := log.Check(t.Context(), create.Digest, intent.Lookup{}); err != nil {
					t.Error(err)
					return
				}
				note := log.Begin(create)
				note.Answered("wh-2")
				note.Remove()
			}
		})
	}
	creates.Wait()
}
