package sandbox

// vendors are the simulated APIs. A further one is a line here, and a file beside vendor_dfns.go.
var vendors = []registration{dfnsVendor, enfinitosVendor}

// byName are the vendors that Go code reaches as fields of a Sandbox. A vendor can do without: At finds each.
type byName struct {
	dfnsFields
	enfinitosFields
}
