package acctest

import (
	"crypto/rand"
	"errors"
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

// Live returns an Env with an account from the environment. It skips the test if only others of all accounts are given.
func Live(t *testing.T, account Account, all []Account) *Env {
	t.Helper()
	variables, err := account.Variables(os.Getenv)
	if errors.Is(err, ErrNoAccount) && slices.ContainsFunc(all, Account.isGiven) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &Env{account: variables, Name: NamePrefix + strings.ToLower(rand.Text()[:12])}
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

// Calls is the configuration of a client for changes outside Terraform, in the sandbox or the account.
func (e *Env) Calls(account Account) httpapi.Config {
	env := e.Env()
	return httpapi.Config{
		BaseURL: env[account.BaseURL()], BearerToken: env[account.Credentials[0]], UserAgent: "terraform-provider-webhook/test",
		MaxRetries: 4, RequestTimeout: 30 * time.Second,
	}
}
