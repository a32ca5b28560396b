package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	// regionRow is a row of the table of regions: the host of the API, and the rest, which contains the addresses.
	regionRow = regexp.MustCompile("(?m)^\\|.*?`(api\\.[a-z0-9.-]+)`(.*)$")
	ipv4      = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
)

// originDifferences compares the addresses from which a vendor delivers with those on the page of its regions.
func (v vendor) originDifferences(ctx context.Context) (out []string, err error) {
	if v.regions == "" {
		return nil, nil
	}
	address := strings.TrimSuffix(v.index, "/llms.txt") + v.regions
	text, err := get(ctx, address)
	if err != nil {
		return nil, err
	}
	published := map[string][]string{}
	for _, row := range regionRow.FindAllStringSubmatch(text, -1) {
		if addresses := ipv4.FindAllString(row[2], -1); len(addresses) > 0 {
			published[row[1]] = addresses
		}
	}
	if len(published) == 0 {
		return nil, fmt.Errorf("%s lists no address from which webhooks are delivered; has the page changed?", address)
	}
	hosts := maps.Clone(published)
	maps.Copy(hosts, v.origins)
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		if theirs, ours := published[host], v.origins[host]; !slices.Equal(theirs, ours) {
			out = append(out, fmt.Sprintf("Webhooks of `%s` are documented to come from %q, but `internal/dfns/origins.go` "+
				"has %q.",
				host, theirs, ours))
		}
	}
	return out, nil
}
