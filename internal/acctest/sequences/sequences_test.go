// Package sequences_test changes webhooks at random in a hostile world, in virtual time, and looks after every step for one that is
// lost, doubled or a stranger's.
package sequences_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"weak"

	"filippo.io/age"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
)

// recipient can decrypt the secrets of all worlds, and protocol has the schemas of the provider.
var (
	recipient, _ = age.GenerateX25519Identity()
	protocol     *acctest.Protocol
)

// TestSequences runs SEQUENCES random sequences, or the one of SEED.
func TestSequences(t *testing.T) {
	t.Parallel()
	protocol = acctest.NewProtocol(t, nil)
	sequences, first := setting(t, "SEQUENCES", 300), setting(t, "SEED", 1)
	if os.Getenv("SEED") != "" && os.Getenv("SEQUENCES") == "" {
		sequences = 1
	}
	counts := &counts{of: map[string]int{}}
	var next atomic.Uint64
	t.Run("workers", func(t *testing.T) {
		for worker := range 2 {
			t.Run(strconv.Itoa(worker), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				t.Cleanup(func() { // the first failure ends the run
					if t.Failed() {
						next.Store(sequences)
					}
				})
				for n := next.Add(1); n <= sequences; n = next.Add(1) {
					sequence(t, first+n-1, dir, counts)
				}
			})
		}
	})
	counts.report(t, sequences)
	runtime.GC()
	if slices.ContainsFunc(counts.worlds, func(w weak.Pointer[world]) bool { return w.Value() != nil }) {
		t.Error("a world is still in memory: what keeps it grows with every provider that is configured")
	}
}

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func sequence(t *testing.T, seed uint64, dir string, counts *counts) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, seed, dir, counts)
		counts.began(w)
		defer func() { _ = os.RemoveAll(filepath.Join(dir, "webhook")) }()
		for range steps {
			w.step()
		}
		w.checkAtRest()
		if os.Getenv("SEED") != "" && os.Getenv("SEQUENCES") == "" {
			t.Log(strings.Join(w.story, "\n"))
		}
	})
}

func (w *world) fail(format string, arguments ...any) {
	w.t.Helper()
	w.t.Fatalf("SEED=%d: %s\n%s", w.seed, fmt.Sprintf(format, arguments...), strings.Join(w.story, "\n"))
}

// counts count what struck while a change was in flight.
type counts struct {
	mu sync.Mutex
	of map[string]int
	// creates are those in which only the wire failed, unknown those of them that ended so.
	creates, unknown int
	worlds           []weak.Pointer[world]
}

func (c *counts) began(w *world) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.worlds = append(c.worlds, weak.Make(w))
}

func (c *counts) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[name]++
}

// report prints the counts. It fails if anything struck in fewer than a hundredth of many sequences, or if more than one in twenty of
// many creates ended as unknown although nothing but the wire had failed.
func (c *counts) report(t *testing.T, sequences uint64) {
	for _, name := range kinds {
		t.Logf("%8d %s", c.of[name], name)
		if sequences >= 1000 && uint64(c.of[name])*100 < sequences {
			t.Errorf("%q struck too seldom", name)
		}
	}
	t.Logf("%d of %d creates in which only the wire failed ended as unknown", c.unknown, c.creates)
	if c.creates >= 1000 && c.unknown*20 > c.creates {
		t.Error("too many creates ended as unknown")
	}
}

// ended counts how the creates of an operation ended.
func (c *counts) ended(o *operation) {
	if o.resource.vendor.Sendings == 1 || o.creates == 0 || !o.wire || o.stopped || o.process.odd.Load() || o.process.crowded.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.creates++
	if strings.Contains(o.report.Problems, "it is unknown whether the change was made") {
		c.unknown++
	}
}
