package weburl_test

import (
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// texts compares what a function makes of URLs.
func texts(t *testing.T, of func(string) string, want map[string]string) {
	t.Helper()
	for url, want := range want {
		if got := of(url); got != want {
			t.Errorf("%q gives %q, want %q", url, got, want)
		}
	}
}

// problem is the whole message of a check, which never quotes the URL.
func problem(check func(string) error) func(string) string {
	return func(url string) string {
		if err := check(url); err != nil {
			return err.Error()
		}
		return ""
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const plain, relative, host = "it must be https; http is only accepted for a loopback host", "it must start with https://", "it has no host"
	const inside, end = "it contains white space", "it ends with white space, such as the line break at the end of a file"
	const invalid, port = "it is not a valid URL", "its port is not between 1 and 65535"
	texts(t, problem(weburl.Check), map[string]string{
		"HTTPS://hooks.example.com":                 "",
		"https://hooks.example.com:65535/a%20b?c=d": "",
		"https://[2001:db8::1]/":                    "",
		"https://user:pass@hooks.example.com":       "",
		"http://LOCALHOST:8080/":                    "",
		"http://127.8.9.10":                         "",
		"http://[::1]:80/x":                         "",
		"http://u:hunter2@hooks.example.com":        plain,
		"http://10.0.0.1":                           plain,
		"http://localhost.example.com":              plain,
		"http://127.0.0.1.example.com":              plain,
		"http://user@evil.example.com/localhost":    plain,
		"hooks.example.com":                         relative,
		"//hooks.example.com":                       relative,
		"ftp://u:hunter2@hooks.example.com":         relative,
		"":                                          "it is empty",
		" \n":                                       "it is empty",
		"https://":                                  host,
		"https:hooks.example.com":                   host,
		"https:///path":                             host,
		"https://u:hunter2@:443":                    host,
		"https://hooks.example.com/a b":             inside,
		"https://u:hunter2@hooks .example.com":      inside,
		" https://hooks.example.com":                "it starts with white space",
		"https://hooks.example.com\n":               end,
		"https://hooks.example.com/\t":              end,
		"https://u:hunter2@hooks.example.com/%zz":   invalid,
		"https://hooks.example.com:port":            invalid,
		"https://[::1":                              invalid,
		"https://hooks.example.com:0":               port,
		"https://hooks.example.com:65536":           port,
	})
	const invisible = "it contains an invisible character; type it instead of pasting it"
	const more = "it must not have user info, a query or a fragment"
	of := func(root string) func(string) error {
		return func(text string) error { return weburl.CheckBase(text, root) }
	}
	const doubled = "it must not end in /v1, because every path of the API begins with /v1; remove it"
	texts(t, problem(of("v1")), map[string]string{
		"https://h.example/": "", "https://h.example/v1/x": "", "https://v1/": "", "https://h.example/v1?x=1": more,
		"https://h.example/v1/": doubled, "https://h.example//v1//": doubled,
	})
	texts(t, problem(of("")), map[string]string{
		"HTTPS://api.dfns.io/": "", "https://h.example/ä/{x}": "", "http://127.0.0.1:1/a": "", "h.example": relative,
		"https://u@h.example": more, "https://@h.example": more, "https://h.example?": more, "https://h.example/?a=b": more,
		"https://h.example#": more, "https://h.exa\u200bmple": invisible, "https://h.example/\u00ad": invisible,
	})
}

func TestSame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"https://h.example", "https://h.example/", true},
		{"HTTPS://H.Example:443/p", "https://h.example/p", true},
		{"http://h.example:80", "http://h.example/", true},
		{"https://[::1]:443/", "https://[::1]", true},
		{"https://h.example?a=b", "https://h.example/?a=b", true},
		{"https://BÜCHER.example/p", "https://xn--bcher-kva.example/p", true},
		{"https://b%C3%BCcher.example:443/p", "https://xn--bcher-kva.example/p", true},
		{"https://bücher.example:8443", "https://XN--bcher-kva.example:8443/", true},
		{"https://bücher_1.example", "https://xn--bcher_1-n2a.example/", true},
		{"https://stra\u00dfe.example", "https://strasse.example", false},
		{"https://h.example/a/../b/./c", "https://h.example/b/c", true},
		{"https://h.example/..", "https://h.example", true},
		{"https://h.example/a/.", "https://h.example/a/", true},
		{"https://h.example/a/.", "https://h.example/a", false},
		{"https://h.example/a//b", "https://h.example/a/b", false},
		{"https://h.example/a%2F../b", "https://h.example/b", false},
		{"https://h.example/P", "https://h.example/p", false},
		{"https://h.example:80/", "https://h.example/", false},
		{"http://h.example:443/", "http://h.example/", false},
		{"http://h.example/", "https://h.example/", false},
		{"https://h.example/?a=B", "https://h.example/?a=b", false},
		{"https://h.example/#a", "https://h.example/", false},
		{"https://User@h.example/", "https://user@h.example/", false},
		{"https://h.example/a%2Fb", "https://h.example/a/b", false},
		{"https://h.example/%zz", "https://h.example/%zz", true},
		{"https://h.example/%zz", "https://H.example/%zz", false},
		{"", "https://h.example/", false},
	} {
		if there, back := weburl.Same(test.a, test.b), weburl.Same(test.b, test.a); there != test.want || back != test.want {
			t.Errorf("Same(%q, %q) = %t, the other way round %t", test.a, test.b, there, back)
		}
	}
}

// A URL with white space is quoted so that one sees where it is.
func TestHideAndQuote(t *testing.T) {
	t.Parallel()
	texts(t, weburl.Hide, map[string]string{
		"https://h.example":                            "https://h.example",
		"https://user:pass@h.example:8443/a%2Fb?c=d#e": "https://h.example:8443",
		"https://[::1]:8443/token":                     "https://[::1]:8443",
		"https://user:pass@h.example/%zz":              "(hidden)",
		"https://user:pass@[::1":                       "(hidden)",
		"https:user:pass@h.example/p":                  "(hidden)",
		"https:///user:pass@h.example/p":               "(hidden)",
		"h.example/p?token=abc":                        "(hidden)",
		"":                                             "(hidden)",
	})
	texts(t, weburl.Quote, map[string]string{
		"":                              `""`,
		" \n":                           `" \n"`,
		"https://h.example":             `"https://h.example"`,
		"https://h.example/":            `"https://h.example/…"`,
		"https://token@h.example":       `"https://h.example/…"`,
		" https://h.example/p":          `" https://h.example/…"`,
		"https://h.example\n":           `"https://h.example\n"`,
		"https://h.example?token\n":     `"https://h.example/…\n"`,
		"https://h .example/p":          `"https://h …"`,
		"https://h.example/a b":         `"https://h.example …"`,
		"https://u p@h.example/a b":     "(hidden)",
		"user:pass@h.example/p":         "(hidden)",
		"https://user:pass@h.example/%": "(hidden)",
	})
}

// FuzzHide looks for a URL whose marked credential survives.
func FuzzHide(f *testing.F) {
	f.Add("h.example", "/p")
	f.Add("[::1]:80", "")
	f.Fuzz(func(t *testing.T, host, path string) {
		const secret = "s3cr3t-c4nary"
		if strings.Contains(host+path, secret) || strings.ContainsAny(host, "/?#@") || strings.ContainsAny(path, "?#@") {
			t.Skip()
		}
		url := "https://u:" + secret + "@" + host + "/" + path + secret + "?q=" + secret + "#" + secret
		if got := weburl.Hide(url) + weburl.Quote(url); strings.Contains(got, secret) {
			t.Errorf("%q is shown as %s", url, got)
		}
	})
}

func TestStablePart(t *testing.T) {
	t.Parallel()
	texts(t, weburl.StablePart, map[string]string{
		"HTTPS://API.dfns.io:443/":          "https://api.dfns.io/",
		"https://api.dfns.io:8443":          "https://api.dfns.io:8443/",
		"https://api.dfns.io/v1/":           "https://api.dfns.io/v1",
		"http://127.0.0.1:40123":            "loopback/",
		"https://[::1]:1/v1/":               "loopback/v1",
		"http://LOCALHOST/a%2Fb":            "loopback/a%2Fb",
		"http://localhost.example.com:1/v1": "http://localhost.example.com:1/v1",
		"https://[::1":                      "https://[::1",
		"":                                  "/",
	})
}
