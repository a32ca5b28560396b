// Package keytext undoes how files, variables, secret stores and the clipboard change the text of a key or a token.
package keytext

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	escapes = strings.NewReplacer(`\r\n`, "\n", `\n`, "\n", `\r`, "\n")
	breaks  = strings.NewReplacer("\r\n", "\n", "\r", "\n")
)

// Invisible reports a character that no editor shows, such as a byte order mark, a zero width space or a soft hyphen.
func Invisible(r rune) bool { return unicode.Is(unicode.Cf, r) }

// blank reports what may surround a key: files begin with a byte order mark, and pages and chats add zero width characters.
func blank(r rune) bool { return unicode.IsSpace(r) || Invisible(r) }

// Trim returns a text without the blanks and the pair of quotes around it.
func Trim(text string) string {
	text = strings.TrimFunc(text, blank)
	for _, quotes := range [][2]string{{`"`, `"`}, {`'`, `'`}, {"“", "”"}, {"‘", "’"}} {
		inner, begins := strings.CutPrefix(text, quotes[0])
		if inner, ends := strings.CutSuffix(inner, quotes[1]); begins && ends {
			return strings.TrimFunc(inner, blank)
		}
	}
	return text
}

// Clean returns a key with lines that end in \n, also where they ended in an escaped \n. The first and the last line of PEM become
// lines again where line breaks became blanks or were lost. It removes blanks around each line, and a pair of quotes around the
// whole text.
func Clean(text string) string {
	text = Trim(text)
	// In a multi-line text that is not PEM, such as an age identity file, an escape is part of a comment.
	if !strings.ContainsAny(text, "\r\n") || strings.Contains(text, "-----BEGIN") {
		text = escapes.Replace(text)
	}
	marker := regexp.MustCompile(`-----(BEGIN|END) [A-Z0-9 ]+-----`)
	lines := strings.Split(breaks.Replace(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimFunc(marker.ReplaceAllString(line, "\n$0\n"), blank)
	}
	return strings.Join(lines, "\n")
}
