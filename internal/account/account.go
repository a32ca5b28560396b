// Package account tells the account that a client calls from every other one, without any secret.
package account

// Account is where a webhook lives. A field that is empty is not told.
type Account struct {
	// API is the lasting part of the base URL.
	API string `json:"api,omitempty"`
	// Organization is the one that the credentials belong to, where they tell it.
	Organization string `json:"organization,omitempty"`
}

// String names the account to a person.
func (a Account) String() string {
	if a.Organization == "" {
		return a.API
	}
	return "organization " + a.Organization + " at " + a.API
}

// IsAnother reports that two accounts are not the same one. What either of them does not tell is not compared.
func (a Account) IsAnother(other Account) bool {
	return differ(a.API, other.API) || differ(a.Organization, other.Organization)
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }
