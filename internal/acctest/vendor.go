package acctest

import (
	"strings"
	"testing"
)

// Vendor is an account of a vendor for the live tests, which the environment variables give.
type Vendor struct {
	// name is how the vendor writes itself. In capitals, it starts the names of the environment variables.
	name string
	// credentials are the variables that must be there. The base URL, in API_URL, may be missing.
	credentials []string
	// staging is the vendor's one host for tests, and defaultURL is where the provider finds an account without a base URL.
	staging    string
	defaultURL func(account map[string]string) string
	// production starts the first credential of an account that is not for tests. It is empty if no credential shows that.
	production string
	// list returns all webhooks of an account, or ErrNoList. remove deletes one. If the API cannot delete, remove stops its deliveries.
	list   func(t testing.TB, env *Env) ([]candidate, error)
	remove func(t testing.TB, env *Env, id string) error
}

// Name returns the vendor's name.
func (v Vendor) Name() string { return v.name }

// prefix starts the names of a vendor's environment variables.
func prefix(vendor string) string { return strings.ToUpper(vendor) + "_" }
