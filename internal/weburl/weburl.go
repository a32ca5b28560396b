// Package weburl checks, compares and prints URLs: https, equal despite normalization, and without the credentials that
// they may contain.
package weburl

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/webhook-providers/terraform-provider-webhook/internal/keytext"
)

// Check returns why text is not an absolute https URL. Plain http is allowed to a loopback host only.
func Check(text string) error {
	if err := CheckAny(text); err != nil {
		return err
	}
	if IsPlain(text) {
		return errors.New("it must be https; http is only accepted for a loopback host")
	}
	return nil
}

// CheckAny returns why text is not an absolute URL of the scheme https or http.
func CheckAny(text string) error {
	if err := checkBlanks(text); err != nil {
		return err
	}
	parsed, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("it is not a valid URL")
	case parsed.Scheme != "https" && parsed.Scheme != "http":
		return errors.New("it must start with https://")
	case parsed.Hostname() == "":
		return errors.New("it has no host")
	case !isPort(parsed.Port()):
		return errors.New("its port is not between 1 and 65535")
	}
	return nil
}

// checkBlanks names the place of white space, such as the newline at the end of a file, which is easy to miss in a quoted URL.
func checkBlanks(text string) error {
	switch inner := strings.TrimSpace(text); {
	case inner == "":
		return errors.New("it is empty")
	case strings.TrimLeftFunc(text, unicode.IsSpace) != text:
		return errors.New("it starts with white space")
	case inner != text:
		return errors.New("it ends with white space, such as the line break at the end of a file")
	case strings.ContainsFunc(text, unicode.IsSpace):
		return errors.New("it contains white space")
	}
	return nil
}

// IsPlain reports a URL whose deliveries anybody on the way can read: http to another machine.
func IsPlain(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && parsed.Scheme == "http" && !isLoopback(parsed.Hostname())
}

// CheckBase returns why text cannot be the base of an API's URLs. Every path of the API begins with /root, unless root is empty: a base
// that ends in it would double it.
func CheckBase(text, root string) error {
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
	if root != "" && strings.HasSuffix(strings.TrimRight(parsed.Path, "/"), "/"+root) {
		return fmt.Errorf("it must not end in /%[1]s, because every path of the API begins with /%[1]s; remove it", root)
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

// Same reports whether two URLs differ only in what a server may normalize: the case of scheme and host, the two forms of an
// international host, a default port, dot segments, a missing root path.
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
	parsed.Host = normalHost(parsed.Host)
	if port := map[string]string{"https": ":443", "http": ":80"}[parsed.Scheme]; port != "" {
		parsed.Host = strings.TrimSuffix(parsed.Host, port)
	}
	if parsed.Host != "" {
		parsed = parsed.ResolveReference(parsed) // this removes dot segments
	}
	if parsed.Path == "" {
		parsed.Path = "/"
	}
	return parsed.String()
}

// normalHost returns host and port in lower case and in ASCII, as names are looked up and as JavaScript's URL writes them.
func normalHost(host string) string {
	if ascii, err := idna.New(idna.MapForLookup(), idna.StrictDomainName(false)).ToASCII(host); err == nil {
		host = ascii
	}
	return strings.ToLower(host)
}

// StablePart returns the normalized part of a base URL that stays the same as long as the service exists. On loopback that is
// only the path: a service that is restarted there, such as a sandbox, has another port.
func StablePart(base string) string {
	normal := Normal(strings.TrimSuffix(base, "/"))
	parsed, err := url.Parse(normal)
	if err != nil || !isLoopback(parsed.Hostname()) {
		return normal
	}
	return "loopback" + parsed.EscapedPath()
}

const hidden = "(hidden)"

// Hide returns scheme and host of a URL, which is all that a message, a log or a note shows of it: user info, path, query and
// fragment may be credentials. If there is no host, for example without https://, it hides everything.
func Hide(text string) string {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" {
		return hidden
	}
	return parsed.Scheme + "://" + parsed.Host
}

// Quote returns what a message shows of a URL that may be malformed: the same as Hide, in quotes, with the white space that is wrong.
func Quote(text string) string {
	inner := strings.TrimSpace(text)
	before, after, _ := strings.Cut(text, inner)
	first, _, blank := strings.Cut(inner, " ")
	shown := Hide(first)
	switch {
	case inner == "":
		return strconv.Quote(text)
	case shown == hidden || blank && strings.Contains(inner, "@"):
		return hidden
	case blank:
		shown += " …"
	case shown != inner:
		shown += "/…"
	}
	return strconv.Quote(before + shown + after)
}
