package tfwebhook

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Fate is what became of an event that was to be delivered.
type Fate int

// Pending means that an attempt will follow, Lost that none will. An event is Unclear if the API does not tell enough about it.
const (
	Unclear Fate = iota
	Delivered
	Pending
	Lost
)

// Delivery is one event, with all attempts to deliver it to one webhook.
type Delivery struct {
	Fate Fate
	// First and Last are the times of its first and of its last attempt, zero if they are not known.
	First, Last time.Time
	// DeliveredAt is when an attempt succeeded, zero if none did.
	DeliveredAt time.Time
	// FailedAt is the time of the last attempt that failed, and Error is its error.
	FailedAt time.Time
	Error    string
	// LostAt is when an attempt was overdue for too long, zero if the last attempt was the final one.
	LostAt time.Time
	// BySchedule says that the vendor's documented schedule tells Pending from Lost, because the API does not report it.
	BySchedule bool
}

// Late is how long an attempt may be overdue before it counts as one that will not be made. The vendors only name approximate
// times.
const Late = time.Hour

// Await sets the fate of an event that was not delivered, and whose next attempt is due at a time. The time is zero if no
// attempt will follow. An attempt that is overdue for too long will not come.
func (d *Delivery) Await(due time.Time, reported bool, now time.Time) {
	d.Fate, d.BySchedule = Pending, !reported
	switch tooLate := due.Add(Late); {
	case due.IsZero():
		d.Fate = Lost
	case now.After(tooLate):
		d.Fate, d.LostAt, d.BySchedule = Lost, tooLate, true
	}
}

const (
	defaultWindow   = 24 * time.Hour
	maxWindow       = 31 * 24 * time.Hour
	defaultMaxCalls = 10
	maxMaxCalls     = 50
)

// Health is the part of a data source that says whether a webhook delivers.
type Health struct {
	Window          types.String `tfsdk:"window"`
	MaxCalls        types.Int64  `tfsdk:"max_calls"`
	Delivered       types.Int64  `tfsdk:"delivered"`
	Pending         types.Int64  `tfsdk:"pending"`
	Lost            types.Int64  `tfsdk:"lost"`
	LastDeliveredAt types.String `tfsdk:"last_delivered_at"`
	OldestPendingAt types.String `tfsdk:"oldest_pending_at"`
	LastError       types.String `tfsdk:"last_error"`
	Basis           types.String `tfsdk:"basis"`
	Complete        types.Bool   `tfsdk:"complete"`
}

// Since returns when the window begins.
func (h *Health) Since(now time.Time) time.Time {
	window, _ := time.ParseDuration(h.Window.ValueString()) // the validator has accepted it
	return now.Add(-cmp.Or(window, defaultWindow))
}

// Calls returns how many calls a read may make.
func (h *Health) Calls() int { return int(cmp.Or(h.MaxCalls.ValueInt64(), defaultMaxCalls)) }

// Count sets the verdict on the deliveries of the window. An event belongs to the window if its last attempt does, or the
// moment at which it counted as lost. A pending event always does. The verdict is complete if everything was read and no event
// is unclear.
func (h *Health) Count(deliveries []Delivery, since time.Time, readAll bool) {
	count := map[Fate]int64{}
	var delivered, pending, failed time.Time
	var lastError, basis string
	for _, d := range deliveries {
		if d.Last.IsZero() && d.Fate != Pending {
			d.Fate = Unclear
		} else if d.Fate != Pending && d.Last.Before(since) && d.LostAt.Before(since) {
			continue
		}
		count[d.Fate]++
		if d.DeliveredAt.After(delivered) {
			delivered = d.DeliveredAt
		}
		if d.FailedAt.After(failed) {
			failed, lastError = d.FailedAt, d.Error
		}
		if d.Fate == Pending && !d.First.IsZero() && (pending.IsZero() || d.First.Before(pending)) {
			pending = d.First
		}
		if d.BySchedule {
			basis = "schedule"
		} else if d.Fate == Pending || d.Fate == Lost {
			basis = cmp.Or(basis, "api")
		}
	}
	h.Delivered, h.Pending = types.Int64Value(count[Delivered]), types.Int64Value(count[Pending])
	h.Lost = types.Int64Value(count[Lost])
	h.LastDeliveredAt, h.OldestPendingAt = timeOrNull(delivered), timeOrNull(pending)
	h.LastError, h.Basis = StringOrNull(lastError), StringOrNull(basis)
	h.Complete = types.BoolValue(readAll && count[Unclear] == 0)
}

func timeOrNull(at time.Time) types.String {
	if at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}

// HealthAttributes returns the attributes of Health, and a vendor's own ones.
func HealthAttributes(pending, basis string, own map[string]schema.Attribute) map[string]schema.Attribute {
	number := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	out := map[string]schema.Attribute{
		"window": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "How far to look back, such as `1h` or `72h`, at most `744h` (31 days). Defaults to " +
				"`24h`. An event counts if its last attempt, or the time at which it was lost, is in the window. A pending event " +
				"always counts.",
			Validators: []validator.String{window()},
		},
		"max_calls": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("The maximum number of API calls, each of which reads up to 200 entries, 1 to "+
				"%d. Defaults to %d. If there is more to read, `complete` is `false`.", maxMaxCalls, defaultMaxCalls),
			Validators: []validator.Int64{int64validator.Between(1, maxMaxCalls)},
		},
		"delivered":         number("The number of events that were delivered, at whichever attempt."),
		"pending":           number("The number of events that are not delivered yet and will be tried again. " + pending),
		"lost":              number("The number of events that were not delivered and will not be tried again."),
		"last_delivered_at": Computed("When the last successful attempt was made, in RFC 3339; null if there was none."),
		"oldest_pending_at": Computed("When the first attempt of the oldest pending event was made, in RFC 3339; null if " +
			"there is none."),
		"last_error": Computed("The status and the error of the last failed attempt; null if there was none."),
		"basis": Computed("What tells pending from lost: `api` if the API says of every event whether another attempt follows, " +
			"otherwise `schedule`. " + basis),
		"complete": schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether all events of the window were read, and the API said enough to judge each of them. If `false`, the " +
				"numbers cover only what was read.",
		},
	}
	maps.Copy(out, own)
	return out
}

// window returns a validator that rejects a time span for which the vendor keeps nothing.
func window() validator.String {
	return textValidator{
		summary: "Invalid Window",
		must:    "must be a duration longer than 0s and at most 744h (31 days)",
		check: func(text string) error {
			duration, err := parseDuration(text)
			if duration > maxWindow {
				return errors.New("it is longer")
			}
			return err
		},
	}
}

// Failure returns the status of a failed attempt and its error as one text. Either may be empty.
func Failure(status, message string) string {
	if status == "" || message == "" {
		return status + message
	}
	return status + ": " + message
}
