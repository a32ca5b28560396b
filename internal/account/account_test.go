package account_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
)

func TestIsAnother(t *testing.T) {
	t.Parallel()
	const here, there = "https://api.example.com/", "https://api.example.com/other"
	tests := map[string]struct {
		a, b account.Account
		want bool
	}{
		"the same":                 {account.Account{API: here, Organization: "or-1"}, account.Account{API: here, Organization: "or-1"}, false},
		"without organizations":    {account.Account{API: here}, account.Account{API: here}, false},
		"another organization":     {account.Account{API: here, Organization: "or-1"}, account.Account{API: here, Organization: "or-2"}, true},
		"an organization not told": {account.Account{API: here, Organization: "or-1"}, account.Account{API: here}, false},
		"another API":              {account.Account{API: here}, account.Account{API: there}, true},
		"another way to it":        {account.Account{API: here, Organization: "or-1"}, account.Account{API: there, Organization: "or-1"}, false},
		"another API, not told":    {account.Account{API: here, Organization: "or-1"}, account.Account{API: there}, true},
		"nothing told":             {account.Account{}, account.Account{API: here, Organization: "or-1"}, false},
	}
	for name, test := range tests {
		if there, back := test.a.IsAnother(test.b), test.b.IsAnother(test.a); there != test.want || back != test.want {
			t.Errorf("%s: IsAnother is %t, the other way round %t", name, there, back)
		}
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	if got := (account.Account{API: "https://api.example.com/"}).String(); got != "https://api.example.com/" {
		t.Error(got)
	}
	if got := (account.Account{API: "loopback/", Organization: "or-1"}).String(); got != "organization or-1 at loopback/" {
		t.Error(got)
	}
}
