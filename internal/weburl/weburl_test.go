package weburl_test

import (
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url  string
		want string // a part of the reason, empty when the URL is fine
	}{
		{"https://hooks.example.com/dfns", ""},
		{"HTTPS://hooks.example.com", ""},
		{"https://hooks.example.com:8443/a%20b?c=d", ""},
		{"https://[2001:db8::1]/", ""},
		{"https://user:pass@hooks.example.com", ""},
		{"http://localhost:8080", ""},
		{"http://LOCALHOST/", ""},
		{"http://127.0.0.1", ""},
		{"http://127.8.9.10", ""},
		{"http://[::1]:80/x", ""},
		{"http://hooks.example.com", "http is only accepted for a loopback host"},
		{"http://10.0.0.1", "http is only accepted for a loopback host"},
		{"http://localhost.example.com", "http is only accepted for a loopback host"},
		{"http://127.0.0.1.example.com", "http is only accepted for a loopback host"},
		{"http://user@evil.example.com/localhost", "http is only accepted for a loopback host"},
		{"hooks.example.com", "https://"},
		{"//hooks.example.com", "https://"},
		{"ftp://hooks.example.com", "https://"},
		{"", "it is empty"},
		{" \n", "it is empty"},
		{"https://", "no host"},
		{"https:hooks.example.com", "no host"},
		{"https:///path", "no host"},
		{"https://:443", "no host"},
		{"https://hooks.example.com/a b", "it contains white space"},
		{"https://hooks .example.com", "it contains white space"},
		{" https://hooks.example.com", "starts with white space"},
		{"https://hooks.example.com\n", "ends with white space"},
		{"https://hooks.example.com/\t", "ends with white space"},
		{"https://hooks.example.com\r", "ends with white space"},
		{"https://hooks.example.com/%zz", "not a valid URL"},
		{"https://hooks.example.com:port", "not a valid URL"},
		{"https://[::1", "not a valid URL"},
		{"https://hooks.example.com:65535", ""},
		{"https://hooks.example.com:0", "its port"},
		{"https://hooks.example.com:65536", "its port"},
	}
	for _, test := range tests {
		t.Run(test.url, func(t *testing.T) {
			t.Parallel()
			err := weburl.Check(test.url)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("Check refuses it: %v", err)
			case test.want != "" && err == nil:
				t.Error("Check accepts it")
			case err != nil && !strings.Contains(err.Error(), test.want):
				t.Errorf("Check says %q, want something about %q", err, test.want)
			}
		})
	}
}

func TestCheckBase(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"https://api.dfns.io", "HTTPS://api.dfns.io/", "https://h.example/ä/{x}", "http://127.0.0.1:1/a"} {
		if err := weburl.CheckBase(url); err != nil {
			t.Errorf("%s is refused: %v", url, err)
		}
	}
	for _, url := range []string{"https://u@h.example", "https://@h.example", "https://h.example?", "https://h.example/?a=b", "https://h.example#", "h.example", "https://h.exa\u200bmple", "https://h.example/\u00ad"} {
		if weburl.CheckBase(url) == nil {
			t.Errorf("%s is accepted", url)
		}
	}
}

func TestCheckNeverQuotes(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"https://u:hunter2@ho st", "ftp://u:hunter2@host", "http://u:hunter2@host", "https://u:hunter2@:1"} {
		if err := weburl.Check(url); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Check(%q) says %v, want a reason without the password", url, err)
		}
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"https://h.example/p", "https://h.example/p", true},
		{"https://h.example", "https://h.example/", true},
		{"HTTPS://H.Example/p", "https://h.example/p", true},
		{"https://h.example:443/p", "https://h.example/p", true},
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
		{"https://h.example/p/", "https://h.example/p", false},
		{"https://h.example:80/", "https://h.example/", false},
		{"http://h.example:443/", "http://h.example/", false},
		{"https://h.example:8443/", "https://h.example/", false},
		{"http://h.example/", "https://h.example/", false},
		{"https://h.example/?a=B", "https://h.example/?a=b", false},
		{"https://h.example/#a", "https://h.example/", false},
		{"https://User@h.example/", "https://user@h.example/", false},
		{"https://h.example/a%2Fb", "https://h.example/a/b", false},
		{"https://h.example/%zz", "https://h.example/%zz", true},
		{"https://h.example/%zz", "https://H.example/%zz", false},
		{"", "https://h.example/", false},
	}
	for _, test := range tests {
		t.Run(test.a+" "+test.b, func(t *testing.T) {
			t.Parallel()
			if got := weburl.Same(test.a, test.b); got != test.want {
				t.Errorf("Same(%q, %q) = %t", test.a, test.b, got)
			}
			if got := weburl.Same(test.b, test.a); got != test.want {
				t.Errorf("Same(%q, %q) = %t", test.b, test.a, got)
			}
		})
	}
}

func TestHide(t *testing.T) {
	t.Parallel()
	tests := []struct{ url, want string }{
		{"https://h.example", "https://h.example"},
		{"https://h.example/p", "https://h.example"},
		{"https://user:pass@h.example/p", "https://h.example"},
		{"https://token@h.example", "https://h.example"},
		{"https://h.example?token", "https://h.example"},
		{"https://h.example#token", "https://h.example"},
		{"https://user:pass@h.example:8443/a%2Fb?c=d#e", "https://h.example:8443"},
		{"https://[::1]:8443/token", "https://[::1]:8443"},
		{"https://user:pass@h.example/%zz", "(hidden)"},
		{"https://user:pass@[::1", "(hidden)"},
		{"user:pass@h.example/p", "(hidden)"},
		{"https:user:pass@h.example/p", "(hidden)"},
		{"https:///user:pass@h.example/p", "(hidden)"},
		{"token@h.example", "(hidden)"},
		{"h.example/p?token=abc", "(hidden)"},
		{"", "(hidden)"},
	}
	for _, test := range tests {
		t.Run(test.url, func(t *testing.T) {
			t.Parallel()
			if got := weburl.Hide(test.url); got != test.want {
				t.Errorf("Hide(%q) = %q, want %q", test.url, got, test.want)
			}
			if got := weburl.Quote(test.url); test.url != "" && strings.TrimSuffix(strings.Trim(got, `"`), "/…") != test.want {
				t.Errorf("Quote(%q) = %q, want %q in it", test.url, got, test.want)
			}
		})
	}
}

// A URL with white space is quoted so that one sees where it is.
func TestQuote(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                          `""`,
		" \n":                       `" \n"`,
		"https://h.example":         `"https://h.example"`,
		"https://h.example/":        `"https://h.example/…"`,
		" https://h.example/p":      `" https://h.example/…"`,
		"https://h.example\n":       `"https://h.example\n"`,
		"https://h.example/p\n":     `"https://h.example/…\n"`,
		"https://h .example/p":      `"https://h …"`,
		"https://h.example/a b":     `"https://h.example …"`,
		"https://u p@h.example/a b": "(hidden)",
		"h.example/p q":             "(hidden)",
	} {
		if got := weburl.Quote(url); got != want {
			t.Errorf("Quote(%q) = %s, want %s", url, got, want)
		}
	}
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
		if got := weburl.Hide(url); strings.Contains(got, secret) {
			t.Errorf("Hide(%q) = %q", url, got)
		}
		if got := weburl.Quote(url); strings.Contains(got, secret) {
			t.Errorf("Quote(%q) = %s", url, got)
		}
	})
}

func TestStablePart(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://api.dfns.io":               "https://api.dfns.io/",
		"HTTPS://API.dfns.io:443/":          "https://api.dfns.io/",
		"https://api.dfns.io:8443":          "https://api.dfns.io:8443/",
		"https://api.dfns.io/v1":            "https://api.dfns.io/v1",
		"https://api.dfns.io/v1/":           "https://api.dfns.io/v1",
		"http://127.0.0.1:40123":            "loopback/",
		"http://localhost:40124/":           "loopback/",
		"https://[::1]:1/v1/":               "loopback/v1",
		"http://LOCALHOST/a%2Fb":            "loopback/a%2Fb",
		"http://localhost.example.com:1/v1": "http://localhost.example.com:1/v1",
		"https://[::1":                      "https://[::1",
		"":                                  "/",
	} {
		if got := weburl.StablePart(base); got != want {
			t.Errorf("of %q it is %q, want %q", base, got, want)
		}
	}
}
