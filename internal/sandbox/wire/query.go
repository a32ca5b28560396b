package wire

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
)

// Number returns the number in a field of a query, or the usual one if the query lacks it. A most of math.MaxInt is no limit.
func Number(query url.Values, name string, usual, least, most int) (int, error) {
	text := query.Get(name)
	if text == "" {
		return usual, nil
	}
	number, err := strconv.Atoi(text)
	switch {
	case err == nil && least <= number && number <= most:
		return number, nil
	case most == math.MaxInt:
		return 0, fmt.Errorf("%s must be at least %d", name, least)
	}
	return 0, fmt.Errorf("%s must be between %d and %d", name, least, most)
}
