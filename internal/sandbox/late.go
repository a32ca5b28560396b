package sandbox

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// background runs what may go on after its caller has gone: late calls, and calls through Transport. close ends and awaits all of it.
type background struct {
	ctx     context.Context
	cancel  context.CancelFunc
	mu      sync.Mutex
	running sync.WaitGroup
}

func newBackground() *background {
	b := &background{}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// start runs a function, and reports whether it does: it does not after close.
func (b *background) start(run func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() != nil {
		return false
	}
	b.running.Go(run)
	return true
}

func (b *background) close() {
	b.mu.Lock()
	b.cancel()
	b.mu.Unlock()
	b.running.Wait()
}

// carryOutLate carries a call out after a time, although its caller has gone. A reset or the end of the sandbox drops it.
func (c *Calls) carryOutLate(r *http.Request, body []byte, after time.Duration) {
	call := r.Clone(c.background.ctx)
	resets := c.countResets()
	due := c.wait(c.clock().Add(after))
	c.background.start(func() {
		select {
		case <-due:
			if c.countResets() == resets {
				c.acknowledge(call, c.carryOut(call, body))
			}
		case <-c.background.ctx.Done():
		}
	})
}

func (c *Calls) countResets() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resets
}
