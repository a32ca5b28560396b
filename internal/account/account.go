// Package account identifies the account that a client calls, without any secret.
package account

// Account is where a webhook exists. An empty field is unknown.
type Account struct {
	// API is the lasting part of the base URL.
	API string `json:"api,omitempty"`
	// Organization is the organization of the credentials, if they contain it.
	Organization string `json:"organization,omitempty"`
}

// String names the account to a person.
func (a Account) String() string {
	if a.Organization == "" {
		return a.API
	}
	return "organization " + a.Organization + " at " + a.API
}

// IsAnother reports that two accounts differ: in the organization or, if one of them has none, in the API. One organization can
// be reached at several base URLs, for example through a proxy.
func (a Account) IsAnother(other Account) bool {
	if a.Organization != "" && other.Organization != "" {
		return a.Organization != other.Organization
	}
	return a.API != "" && other.API != "" && a.API != other.API
}
