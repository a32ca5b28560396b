// Package weburl holds what the project asks of every URL it is given: https, comparable, and printable without the
// credentials it may carry.
package weburl

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Check returns why text is not an absolute https URL. Plain http is allowed to a loopback host only.
func Check(text string) error {
	parsed, err := url.Parse(text)
	switch {
	case strings.ContainsAny(text, " \t\r\n"): // as of a file's last line, which no one sees in what is quoted
		return errors.New("it has white space in it or at an end")
	case err != nil:
		return errors.New("it is not a valid URL")
	case parsed.Scheme != "https" && parsed.Scheme != "http":
		return errors.New("it must start with https://")
	case parsed.Hostname() == "":
		return errors.New("it has no host")
	case !isPort(parsed.Port()):
		return errors.New("its port is not between 1 and 65535")
	case parsed.Scheme == "http" && !isLoopback(parsed.Hostname()):
		return errors.New("it must be https; plain http is accepted for a loopback host only")
	}
	return nil
}

// CheckBase returns why text cannot be the base of an API's URLs.
func CheckBase(text string) error {
	if err := Check(text); err != nil {
		return err
	}
	parsed, err := url.Parse(text)
	if err != nil || parsed.User != nil || strings.ContainsAny(text, "?#") {
		return errors.New("it must not have user info, a query or a fragment")
	}
	return nil
}

// isPort reports whether a port is one, or left to the scheme.
func isPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && port > 0
}

func isLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// Same reports whether two URLs differ only in what a server may normalize: the case of scheme and host, a default
// port, a missing root path.
func Same(a, b string) bool {
	return Normal(a) == Normal(b)
}

// Normal returns the form that every URL which is the Same has in common.
func Normal(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return text
	}
	parsed.Scheme = strings.ToLower(parsed.Scheme)
	parsed.Host = strings.ToLower(parsed.Host)
	if port := map[string]string{"https": ":443", "http": ":80"}[parsed.Scheme]; port != "" {
		parsed.Host = strings.TrimSuffix(parsed.Host, port)
	}
	if parsed.Path == "" {
		parsed.Path = "/"
	}
	return parsed.String()
}

// Lasting returns what of a base URL names the same service for as long as that lives, in the form that all which are the
// Same have in common. On loopback only the path does: what is started there anew, such as a sandbox, has another port.
func Lasting(base string) string {
	normal := Normal(strings.TrimSuffix(base, "/"))
	parsed, err := url.Parse(normal)
	if err != nil || !isLoopback(parsed.Hostname()) {
		return normal
	}
	return "loopback" + parsed.EscapedPath()
}

// Hide returns a URL without what may be a credential in it: user info, query and fragment. Where user info cannot be
// told from the rest, as in one whose https:// is missing, nothing is left.
func Hide(text string) string {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" && strings.Contains(text, "@") {
		return "(hidden)"
	}
	parsed.User, parsed.Fragment = nil, ""
	if parsed.RawQuery != "" {
		parsed.RawQuery = "(hidden)"
	}
	return parsed.String()
}
