package wire_test

import (
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// TestHistory makes a random change each second, and compares the list as it is seen with every lag with the list as it was.
func TestHistory(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var history wire.History[int]
	var items []*int
	past := [][]int{nil}
	add := func(now time.Time, value int) {
		history.Added(now, len(items))
		items = append(items, &value)
	}
	for second := 1; second <= 300; second++ {
		now := epoch.Add(time.Duration(second) * time.Second)
		if len(items) == 0 {
			add(now, second)
		}
		switch index := random.IntN(len(items)); random.IntN(4) {
		case 0:
			history.Removed(now, index, items[index])
			items = slices.Delete(slices.Clone(items), index, index+1)
		case 1:
			old := *items[index]
			history.Changed(now, index, &old)
			*items[index] = second
		default:
			add(now, second)
		}
		past = append(past, values(items))
		for lag := range min(second, int(wire.MaxLag/time.Second)+1) {
			want, got := past[second-lag], seen(&history, now, time.Duration(lag)*time.Second, items)
			if !slices.Equal(got, want) {
				t.Fatalf("after %d s, with a lag of %d s: %v, want %v", second, lag, got, want)
			}
		}
	}
}

// A history does not grow with time: a longer lag than the longest shows the oldest state that is known.
func TestHistoryForgets(t *testing.T) {
	t.Parallel()
	var history wire.History[int]
	items := make([]*int, 600)
	for second := range items {
		items[second] = &second
		history.Added(epoch.Add(time.Duration(second)*time.Second), second)
	}
	if got := len(seen(&history, epoch.Add(599*time.Second), time.Hour, items)); got != 539 {
		t.Errorf("of 600 items %d are older than what is remembered, want 539", got)
	}
}

func seen(history *wire.History[int], now time.Time, lag time.Duration, items []*int) []int {
	request := httptest.NewRequest("GET", "/", nil)
	return values(history.Seen(wire.WithLag(request, lag), now, items))
}

func values(items []*int) (out []int) {
	for _, item := range items {
		out = append(out, *item)
	}
	return out
}
