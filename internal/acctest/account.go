package acctest

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Account is an account of a vendor for the live tests, which the environment variables give.
type Account struct {
	// Vendor is how the vendor writes itself. In capitals, it starts the names of the environment variables.
	Vendor string
	// Credentials are the variables that must be there, the token first. The base URL, in API_URL, may be missing.
	Credentials []string
	// Staging is the vendor's one host for tests, and DefaultURL is where the provider finds an account without a base URL.
	Staging    string
	DefaultURL func(account map[string]string) string
	// Production starts the token of an account that is not for tests. It is empty if no token shows that.
	Production string
}

// ErrNoAccount reports that the environment contains no account.
var ErrNoAccount = errors.New("no account is given")

// prefix starts the names of a vendor's environment variables.
func prefix(vendor string) string { return strings.ToUpper(vendor) + "_" }

// BaseURL is the name of the variable with the base URL.
func (a Account) BaseURL() string { return prefix(a.Vendor) + "API_URL" }

func (a Account) isGiven() bool {
	_, err := a.Variables(os.Getenv)
	return !errors.Is(err, ErrNoAccount)
}

// Variables returns the environment variables with the account, or why the live tests cannot or must not use it.
func (a Account) Variables(getenv func(string) string) (map[string]string, error) {
	account, missing := map[string]string{}, []string{}
	for _, name := range a.Credentials {
		account[name] = getenv(name)
		if account[name] == "" {
			missing = append(missing, name)
		}
	}
	names, baseURL := strings.Join(a.Credentials, ", "), a.BaseURL()
	switch {
	case len(missing) == len(a.Credentials) && getenv(baseURL) == "":
		return nil, fmt.Errorf("%w: for %s set %s and, where it is not the default, %s", ErrNoAccount, a.Vendor, names, baseURL)
	case len(missing) > 0:
		return nil, fmt.Errorf("half an account at %s is given: set %s too", a.Vendor, strings.Join(missing, ", "))
	}
	account[baseURL] = cmp.Or(getenv(baseURL), a.DefaultURL(account))
	base, err := url.Parse(account[baseURL])
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("the host of the %s account is not known: set %s to an absolute URL", a.Vendor, baseURL)
	}
	if err := a.agreed(getenv, base, account); err != nil {
		return nil, err
	}
	return account, nil
}

// agreed returns an error unless the account is known to be for tests, or both variables allow its use. An unknown host may be a proxy
// before production, and counts as production.
func (a Account) agreed(getenv func(string) string, base *url.URL, account map[string]string) error {
	harmless := base.Hostname() == a.Staging || base.Hostname() == "localhost" || net.ParseIP(base.Hostname()).IsLoopback()
	if harmless && (a.Production == "" || !strings.HasPrefix(account[a.Credentials[0]], a.Production)) {
		return nil
	}
	var missing []string
	if getenv("TF_ACC_LIVE") != "1" {
		missing = append(missing, "TF_ACC_LIVE=1")
	}
	if !slices.Contains(strings.Split(getenv("TF_ACC_LIVE_PRODUCTION"), ","), base.Host) {
		missing = append(missing, "TF_ACC_LIVE_PRODUCTION="+base.Host)
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the %s account at %s is a production account for all that is known, and the live tests make, change and "+
		"delete webhooks in it. To agree to that, set %s", a.Vendor, base.Host, strings.Join(missing, " and "))
}
