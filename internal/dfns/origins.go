package dfns

import "slices"

// Regions returns the names of the regions of Dfns.
func Regions() []string { return []string{"eu", "uae", "staging"} }

// OriginIPs returns the addresses from which Dfns delivers to webhooks of a region, none for a region that is not known. Dfns
// calls staging deprecated, and the second address of the UAE temporary.
//
// https://docs.dfns.co/api-reference/regions
func OriginIPs(region string) []string { return slices.Clone(originIPs[region]) }

var originIPs = map[string][]string{
	"eu":      {"35.181.116.68"},
	"uae":     {"40.172.249.100", "51.45.23.79"},
	"staging": {"52.47.197.63"},
}
