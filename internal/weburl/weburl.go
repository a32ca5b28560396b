// Package weburl checks, compares and prints URLs: https only, equal despite normalization, and without the credentials that
// they may contain.
package weburl

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/keytext"
)

// Check returns why text is not an absolute https URL. Plain http is allowed to a loopback host only.
func Check(text string) error {
	parsed, err := url.Parse(text)
	switch {
	case strings.ContainsAny(text, " \t\r\n"): // such as the newline at the end of a file, which is easy to miss in the quoted url
		return errors.New("it contains white space, possibly at its start or end")
	case err != nil:
		return errors.New("it is not a valid URL")
	case parsed.Scheme != "https" && parsed.Scheme != "http":
		return errors.New("it must start with https://")
	case parsed.Hostname() == "":
		return errors.New("it has no host")
	case !isPort(parsed.Port()):
		return errors.New("its port is not between 1 and 65535")
	case parsed.Scheme == "http" && !isLoopback(parsed.Hostname()):
		return errors.New("it must be https; http is only accepted for a loopback host")
	}
	return nil
}

// CheckBase returns why text cannot be the base of an API's URLs.
func CheckBase(text string) error {
	if err := Check(text); err != nil {
		return err
	}
	if strings.ContainsFunc(text, keytext.Invisible) {
		return errors.New("it contains an invisible character; type it instead of pasting it")
	}
	parsed, err := url.Parse(text)
	if err != nil || parsed.User != nil || strings.ContainsAny(text, "?#") {
		return errors.New("it must not have user info, a query or a fragment")
	}
	return nil
}

// isPort reports whether a port is valid or absent.
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

// Normal returns the normalized form of a URL, which is equal for all URLs that are the Same.
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

// Lasting returns the normalized part of a base URL that stays the same as long as the service exists. On loopback that is only
// the path: a service that is restarted there, such as a sandbox, has another port.
func Lasting(base string) string {
	normal := Normal(strings.TrimSuffix(base, "/"))
	parsed, err := url.Parse(normal)
	if err != nil || !isLoopback(parsed.Hostname()) {
		return normal
	}
	return "loopback" + parsed.EscapedPath()
}

// Hide returns scheme and host of a URL, which is all that a message, a log or a note shows of it: user info, path, query and
// fragment may be credentials. If there is no host, for example without https://, it hides everything.
func Hide(text string) string {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" {
		return "(hidden)"
	}
	return parsed.Scheme + "://" + parsed.Host
}
