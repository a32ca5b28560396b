// Package keytext undoes how files, variables and secret stores change the text of a key.
package keytext

import "strings"

// blank is what may surround a key, including the byte order mark that some editors write at the start of a file.
const blank = " \t\r\n\ufeff"

var (
	escapes = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\r`, "\n")
	breaks  = strings.NewReplacer("\r\n", "\n", "\r", "\n")
)

// Clean returns a key with lines that end in \n, also where they ended in an escaped \n. It removes blanks around each line, and
// a byte order mark and a pair of quotes around the whole text.
func Clean(text string) string {
	text = unquote(strings.Trim(text, blank))
	// In a multi-line text that is not PEM, such as an age identity file, an escape is part of a comment.
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
