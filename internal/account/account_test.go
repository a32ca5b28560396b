package account_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/account"
)

func TestIsAnother(t *testing.T) {
	t.Parallel()
	here, there, nowhere := account.Account{API: "here"}, account.Account{API: "there"}, account.Account{}
	known, elsewhere := account.Account{API: "here", Organization: "or-1"}, account.Account{API: "there", Organization: "or-1"}
	other := account.Account{API: "here", Organization: "or-2"}
	for pair, want := range map[[2]account.Account]bool{
		{known, known}: false, {known, elsewhere}: false, {known, other}: true,
		{known, here}: false, {known, there}: true, {here, here}: false, {here, there}: true,
		{nowhere, known}: false, {nowhere, here}: false,
	} {
		if a, b := pair[0], pair[1]; a.IsAnother(b) != want || b.IsAnother(a) != want {
			t.Errorf("%+v is not or is another than %+v, want %t", a, b, want)
		}
	}
	if got := there.String() + ", " + other.String(); got != "there, organization or-2 at here" {
		t.Error(got)
	}
}
