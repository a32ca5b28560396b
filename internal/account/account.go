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

// IsAnother reports that two accounts are not the same one: that of another organization or, where one of them tells none,
// of another API. One organization can be reached at several base URLs, a proxy's among them.
func (a Account) IsAnother(other Account) bool {
	if a.Organization != "" && other.Organization != "" {
		return a.Organization != other.Organization
	}
	return a.API != "" && other.API != "" && a.API != other.API
}
