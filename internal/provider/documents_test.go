package provider_test

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	fenced    = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	heading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	anchorID  = regexp.MustCompile(`<a id="([^"]+)">`)
	noAnchor  = regexp.MustCompile(`[^\pL\pN _-]`)
	ourFiles  = regexp.MustCompile(`^https://(raw\.githubusercontent|github)\.com/webhook-providers/terraform-provider-webhook/((tree|blob)/)?main/`)
	actionPin = regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

// The documents name tests, files, targets, headings and pictures of this repository. Each of them exists, and each page of docs shows
// the files that its template names. A workflow names each action by a commit, because a tag can be moved to other code.
func TestDocumentsNameWhatExists(t *testing.T) {
	t.Parallel()
	documents, pages := texts(t, "*.md"), withoutCode(texts(t, "*.md", "docs/*.md", "docs/*/*.md", ".github/*.md"))
	tests := strings.Join(slices.Collect(maps.Values(texts(t, "*/*/*_test.go", "*/*/*/*_test.go", "*/*/*/*/*_test.go"))), "\n")
	makefile := texts(t, "GNUmakefile")["GNUmakefile"]
	for what, test := range map[string]struct {
		in      map[string]string
		pattern string // what is found is in one of its groups
		right   func(page, found string) bool
	}{
		"test":   {documents, `\b(Test[A-Z]\w+)`, func(_, name string) bool { return strings.Contains(tests, "\nfunc "+name+"(") }},
		"target": {documents, "(?m)(?:^|`)make ([a-z][a-z-]+)", func(_, name string) bool { return strings.Contains(makefile, "\n"+name+":") }},
		"file": {
			documents, "`((?:internal|tools|cmd|examples|templates|docs|\\.changes|\\.github)/[\\w./-]*)`",
			func(_, name string) bool { return strings.Contains(name, "VENDOR") || isThere(path.Clean(name)) },
		},
		"link": {
			pages, `\]\(([^)\s]+)\)|(?m:^\[[^\]]+\]: (\S+)$)|(?:src|srcset|href)="([^"]+)"`,
			func(page, target string) bool { return leadsSomewhere(pages, page, target) },
		},
		"template": {texts(t, "docs/*/*.md"), `(?m)^(?:# (.+)|.*(\{\{.*))$`, func(_, found string) bool { return !strings.Contains(found, "{{") }},
		"action":   {texts(t, ".github/workflows/*.yml"), `(?m)^\s*-?\s*uses:\s*(.*)$`, func(_, name string) bool { return actionPin.MatchString(name) }},
	} {
		found := 0
		for page, text := range test.in {
			for _, groups := range regexp.MustCompile(test.pattern).FindAllStringSubmatch(text, -1) {
				found++
				if name := strings.Join(groups[1:], ""); !test.right(page, name) {
					t.Errorf("%s: the %s %s does not exist, or is not as it must be", page, what, name)
				}
			}
		}
		if found < 10 {
			t.Errorf("only %d names of a %s were found: the documents are not read as they are written", found, what)
		}
	}
}

// texts returns the files of the repository that match some patterns.
func texts(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	root, out := os.DirFS("../.."), map[string]string{}
	for _, pattern := range patterns {
		files, err := fs.Glob(root, pattern)
		must(t, err)
		for _, file := range files {
			text, err := fs.ReadFile(root, file)
			must(t, err)
			out[file] = string(text)
		}
	}
	return out
}

func isThere(file string) bool {
	_, err := fs.Stat(os.DirFS("../.."), file)
	return err == nil
}

// withoutCode returns pages without their blocks of code, in which a comment looks like a heading.
func withoutCode(pages map[string]string) map[string]string {
	out := map[string]string{}
	for page, text := range pages {
		out[page] = fenced.ReplaceAllString(text, "")
	}
	return out
}

func leadsSomewhere(pages map[string]string, page, target string) bool {
	file, anchor, _ := strings.Cut(ourFiles.ReplaceAllString(target, "/"), "#")
	switch {
	case strings.Contains(file, ":"): // another site
		return true
	case file == "":
		file = page
	case file[0] != '/':
		file = path.Join(path.Dir(page), file)
	}
	file = strings.TrimPrefix(file, "/")
	return isThere(file) && (anchor == "" || anchors(pages[file])[anchor])
}

// anchors are made of the headings as GitHub and the registry make them. No page links to the second of two equal headings.
func anchors(text string) map[string]bool {
	out := map[string]bool{}
	for _, id := range anchorID.FindAllStringSubmatch(text, -1) {
		out[id[1]] = true
	}
	for _, title := range heading.FindAllStringSubmatch(text, -1) {
		words := noAnchor.ReplaceAllString(strings.ToLower(title[1]), "")
		out[strings.ReplaceAll(words, " ", "-")] = true
	}
	return out
}
