// Package keytext undoes what pipelines do to the text of a key on its way: files, variables and secret stores all leave
// their marks.
package keytext

import "strings"

// blank is what may stand around a key, the mark among it that some editors put at the beginning of a file.
const blank = " \t\r\n\ufeff"

var (
	escapes = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\r`, "\n")
	breaks  = strings.NewReplacer("\r\n", "\n", "\r", "\n")
)

// Clean returns a key with lines that end in \n, however they ended before, escapes among it; without blanks around the
// lines, and without a byte order mark and a pair of quotes around the whole.
func Clean(text string) string {
	text = unquote(strings.Trim(text, blank))
	// In a text of several lines that is not PEM, such as an age identity file, an escape is part of a comment.
	if !strings.ContainsAny(text, "\r\n") || strings.Contains(text, "-----BEGIN") {
		text = escapes.Replace(text)
	}
	lines := strings.Split(breaks.Replace(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}

func unquote(text string) string {
	for _, quote := range []string{`"`, `'`} {
		inner, begins := strings.CutPrefix(text, quote)
		if inner, ends := strings.CutSuffix(inner, quote); begins && ends {
			return strings.Trim(inner, blank)
		}
	}
	return text
}
