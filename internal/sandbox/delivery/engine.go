// Package delivery makes the deliveries of the simulated vendors: with a fixed number of workers, from a bounded queue, only to
// loopback addresses, and with retries.
//
// It is independent of the vendors: the job decides what is sent, what counts as success, when to retry and what is recorded.
package delivery

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/clock"
)

// Options configure an engine. The sandbox uses the zero value.
type Options struct {
	// Now and Wait are the clock of the retries. Nil means the real one.
	Now  func() time.Time
	Wait clock.Wait
	// Workers is how many deliveries are made at the same time, PerReceiver how many of them to one receiver: a receiver
	// that hangs must not block the others. Zero means 32 and 4.
	Workers     int
	PerReceiver int
	// Backlog is how many deliveries may be queued before Admit makes its caller wait. Zero means 10,000.
	Backlog int
	// Timeout limits one attempt, from dialing to the answer. Zero means 10 seconds.
	Timeout time.Duration
}

// Job is one delivery to one receiver. The engine calls its methods from any goroutine, one after the other.
type Job interface {
	// Receiver identifies the receiver. Jobs to one receiver share its part of the workers.
	Receiver() string
	// Attempt is called when an attempt is due, and returns its request, or false if no attempt must be made any more.
	Attempt() (Request, bool)
	// Done is called with the result of an attempt, and returns when the next one is due, or the zero time for never. It is
	// not called for an attempt that Close has cut.
	Done(Result) time.Time
}

// The reasons why no more deliveries are accepted.
var (
	ErrClosed = errors.New("the sandbox is being stopped")
	ErrFull   = errors.New("too many deliveries are waiting to be made; try again later")
)

// Engine makes deliveries until Close. It is safe for concurrent use.
type Engine struct {
	options Options
	client  *http.Client
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	// rescheduled wakes the scheduler when an earlier time was set than the one it waits for.
	rescheduled chan struct{}

	mu      sync.Mutex
	work    *sync.Cond // there is a turn to take, or the engine is closed
	room    *sync.Cond // the backlog has shrunk, or someone who waited for it has given up
	lanes   map[string]*lane
	turns   []*lane // lanes of which a worker may take a job, each at most once
	backlog int
	later   schedule
}

// lane holds the jobs to one receiver that are due.
type lane struct {
	receiver string
	jobs     []Job
	busy     int  // how many of its jobs are being worked on
	inTurns  bool // it stands in Engine.turns
}

// New starts an engine.
func New(options Options) *Engine {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Wait == nil {
		options.Wait = clock.WaitBy(options.Now)
	}
	options.Workers = cmp.Or(options.Workers, 32)
	options.PerReceiver = cmp.Or(options.PerReceiver, 4)
	options.Backlog = cmp.Or(options.Backlog, 10_000)
	options.Timeout = cmp.Or(options.Timeout, 10*time.Second)
	e := &Engine{
		options: options, client: newClient(options.Workers), lanes: map[string]*lane{}, rescheduled: make(chan struct{}, 1),
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.work, e.room = sync.NewCond(&e.mu), sync.NewCond(&e.mu)
	for range options.Workers {
		e.running.Go(e.deliver)
	}
	e.running.Go(e.keepTime)
	return e
}

// Close cuts the attempts in progress and returns when nothing runs any more. Closing twice is harmless.
func (e *Engine) Close() {
	e.mu.Lock()
	e.cancel()
	e.work.Broadcast()
	e.room.Broadcast()
	e.mu.Unlock()
	e.running.Wait()
	e.client.CloseIdleConnections()
}

// Admit waits until the backlog has room, or until the context ends. Callers with new deliveries call it first. Enqueue then
// never refuses a delivery, so that nothing is left half done.
func (e *Engine) Admit(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.room.Broadcast()
	})()
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.backlog >= e.options.Backlog && ctx.Err() == nil && e.ctx.Err() == nil {
		e.room.Wait()
	}
	switch {
	case e.ctx.Err() != nil:
		return ErrClosed
	case ctx.Err() != nil:
		return ErrFull
	}
	return nil
}

// Enqueue makes the attempts of jobs as soon as it is their turn.
func (e *Engine) Enqueue(jobs ...Job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, job := range jobs {
		e.enqueue(job)
	}
}

// Schedule makes the attempt of a job at a time, or immediately if that has passed.
func (e *Engine) Schedule(at time.Time, job Job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	heap.Push(&e.later, entry{at: at, job: job})
	if e.later[0].job == job {
		select {
		case e.rescheduled <- struct{}{}:
		default: // it has been woken already and has not looked yet
		}
	}
}

func (e *Engine) enqueue(job Job) {
	receiver := job.Receiver()
	l := e.lanes[receiver]
	if l == nil {
		l = &lane{receiver: receiver}
		e.lanes[receiver] = l
	}
	l.jobs = append(l.jobs, job)
	e.backlog++
	e.offer(l)
}

// offer adds a lane to the turns if a worker may take a job from it.
func (e *Engine) offer(l *lane) {
	if len(l.jobs) > 0 && l.busy < e.options.PerReceiver && !l.inTurns {
		l.inTurns = true
		e.turns = append(e.turns, l)
		e.work.Signal()
	}
}

// deliver is one worker.
func (e *Engine) deliver() {
	for {
		l, job := e.take()
		if job == nil {
			return
		}
		e.attempt(job)
		e.release(l)
	}
}

// take waits for a turn. It returns nothing once the engine is closed. Lanes take turns, so that a long lane does not delay the
// others.
func (e *Engine) take() (*lane, Job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.turns) == 0 && e.ctx.Err() == nil {
		e.work.Wait()
	}
	if e.ctx.Err() != nil {
		return nil, nil
	}
	l := e.turns[0]
	e.turns = e.turns[1:]
	l.inTurns = false
	job := l.jobs[0]
	l.jobs[0] = nil
	l.jobs = l.jobs[1:]
	l.busy++
	e.backlog--
	e.room.Broadcast()
	e.offer(l)
	return l, job
}

func (e *Engine) release(l *lane) {
	e.mu.Lock()
	defer e.mu.Unlock()
	l.busy--
	e.offer(l)
	if l.busy == 0 && len(l.jobs) == 0 {
		delete(e.lanes, l.receiver)
	}
}

func (e *Engine) attempt(job Job) {
	request, wanted := job.Attempt()
	if !wanted {
		return
	}
	result, err := e.Post(e.ctx, request)
	if err != nil {
		return
	}
	if next := job.Done(result); !next.IsZero() {
		e.Schedule(next, job)
	}
}

// keepTime moves jobs to the queue when they are due.
func (e *Engine) keepTime() {
	for {
		var alarm <-chan time.Time
		if next := e.enqueueDue(); !next.IsZero() {
			alarm = e.options.Wait(next)
		}
		select {
		case <-alarm:
		case <-e.rescheduled:
		case <-e.ctx.Done():
			return
		}
	}
}

// enqueueDue queues the jobs that are due, and returns when the next one is due.
func (e *Engine) enqueueDue() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.options.Now()
	for len(e.later) > 0 {
		if e.later[0].at.After(now) {
			return e.later[0].at
		}
		e.enqueue(heap.Pop(&e.later).(entry).job) //nolint:forcetypeassert // Push takes nothing else
	}
	return time.Time{}
}

// entry is a job that waits for its time.
type entry struct {
	at  time.Time
	job Job
}

// schedule is a heap of entries, the earliest first.
type schedule []entry

func (s *schedule) Len() int           { return len(*s) }
func (s *schedule) Less(i, j int) bool { return (*s)[i].at.Before((*s)[j].at) }
func (s *schedule) Swap(i, j int)      { (*s)[i], (*s)[j] = (*s)[j], (*s)[i] }
func (s *schedule) Push(x any)         { *s = append(*s, x.(entry)) } //nolint:forcetypeassert // only Schedule pushes

func (s *schedule) Pop() any {
	last := len(*s) - 1
	out := (*s)[last]
	(*s)[last] = entry{}
	*s = (*s)[:last]
	return out
}
