package acctest

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// NamePrefix starts the name of every webhook of a live test, so that leftovers of a killed run can be distinguished from everything
// else in the account.
const NamePrefix = "tf-acc-webhook-"

// receivers is the base URL of those webhooks. The host does not exist.
const receivers = "https://hooks.example.com/"

// ErrNoAccount reports that the environment contains no account.
var ErrNoAccount = errors.New("no account is given")

// Live returns an Env with the account of a vendor from the environment. It skips the test if there is only an account of another
// one of all vendors.
func Live(t *testing.T, vendor Vendor, all []Vendor) *Env {
	t.Helper()
	account, err := vendor.Account(os.Getenv)
	if errors.Is(err, ErrNoAccount) && slices.ContainsFunc(all, Vendor.isGiven) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &Env{account: account, Name: NamePrefix + strings.ToLower(rand.Text()[:12])}
}

func (v Vendor) isGiven() bool {
	_, err := v.Account(os.Getenv)
	return !errors.Is(err, ErrNoAccount)
}

// Account returns the environment variables with the account, or why the live tests cannot or must not use it.
func (v Vendor) Account(getenv func(string) string) (map[string]string, error) {
	account, missing := map[string]string{}, []string{}
	for _, name := range v.credentials {
		account[name] = getenv(name)
		if account[name] == "" {
			missing = append(missing, name)
		}
	}
	names, baseURL := strings.Join(v.credentials, ", "), prefix(v.name)+"API_URL"
	switch {
	case len(missing) == len(v.credentials) && getenv(baseURL) == "":
		return nil, fmt.Errorf("%w: for %s set %s and, where it is not the default, %s", ErrNoAccount, v.name, names, baseURL)
	case len(missing) > 0:
		return nil, fmt.Errorf("half an account at %s is given: set %s too", v.name, strings.Join(missing, ", "))
	}
	account[baseURL] = cmp.Or(getenv(baseURL), v.defaultURL(account))
	base, err := url.Parse(account[baseURL])
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("the host of the %s account is not known: set %s to an absolute URL", v.name, baseURL)
	}
	if err := v.agreed(getenv, base, account); err != nil {
		return nil, err
	}
	return account, nil
}

// agreed returns an error unless the account is known to be for tests, or both variables allow its use. An unknown host may be a proxy
// before production, and counts as production.
func (v Vendor) agreed(getenv func(string) string, base *url.URL, account map[string]string) error {
	harmless := base.Hostname() == v.staging || base.Hostname() == "localhost" || net.ParseIP(base.Hostname()).IsLoopback()
	if harmless && (v.production == "" || !strings.HasPrefix(account[v.credentials[0]], v.production)) {
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
		"delete webhooks in it. To agree to that, set %s", v.name, base.Host, strings.Join(missing, " and "))
}

// URL is the url of the webhooks in a test that runs with both sandbox and account. It contains the name, which stays when a
// description is cleared.
func (e *Env) URL() string { return receivers + e.Name }

// Env returns the environment variables with the sandbox or the account.
func (e *Env) Env() map[string]string {
	if e.Sandbox == nil {
		return e.account
	}
	return e.Sandbox.Env()
}

// ForgetCalls empties the journals of a sandbox.
func (e *Env) ForgetCalls() {
	if e.Sandbox == nil {
		return
	}
	for _, site := range e.Sites() {
		site.Calls.ForgetCalls()
	}
}

// calls is the configuration of a client for changes outside Terraform.
func calls(url, token string) httpapi.Config {
	return httpapi.Config{
		BaseURL: url, BearerToken: token, UserAgent: "terraform-provider-webhook/test", MaxRetries: 4, RequestTimeout: 30 * time.Second,
	}
}
