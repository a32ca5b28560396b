package delivery

import "time"

// Scale divides the waits between attempts. The zero value keeps the vendor's waits.
type Scale float64

// Shorten returns a wait divided by the scale.
func (s Scale) Shorten(d time.Duration) time.Duration {
	if s <= 0 {
		return d
	}
	return time.Duration(float64(d) / float64(s))
}
