package keytext_test

import (
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/keytext"
)

func TestClean(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"
	for text, want := range map[string]string{
		"":                        "",
		" \n":                     "",
		`"`:                       `"`,
		`""`:                      "",
		"key":                     "key",
		`"key`:                    `"key`,
		`"key'`:                   `"key'`,
		`''key''`:                 `'key'`,
		"\ufeffkey\n":             "key",
		"\u200b“\u00a0key”\u00ad": "key",
		"k\u200bey":               "k\u200bey",
		"a\u200b\n\u2060b":        "a\nb",
		"\ufeff\n \"\tkey\n\"":    "key",
		"a\r\nb\rc\nd":            "a\nb\nc\nd",
		`a\r\nb\rc\nd`:            "a\nb\nc\nd",
		"  a \n\tb ":              "a\nb",
		pem + "\n":                pem,
		"'-----BEGIN PRIVATE KEY-----\\nabc\\n-----END PRIVATE KEY-----\\n'":   pem + "\n",
		"-----BEGIN PRIVATE KEY-----\\nabc\\n-----END PRIVATE KEY-----\n# end": pem + "\n# end",
		"-----BEGIN PRIVATE KEY----- ab c -----END PRIVATE KEY-----":           strings.Replace(pem, "abc", " ab c ", 1),
		"-----BEGIN PRIVATE KEY-----abc-----END PRIVATE KEY-----":              pem,
		`# made today\nKEY`:        "# made today\nKEY",
		"# C:\\new\\road\r\nKEY\n": "# C:\\new\\road\nKEY",
	} {
		if got := keytext.Clean(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
