package provider_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	fenced   = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	anchorID = regexp.MustCompile(`<a id="([^"]+)">`)
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)|(?m:^\[[^\]]+\]: (\S+)$)|(?:src|srcset|href)="([^"]+)"`)
	noAnchor = regexp.MustCompile(`[^\pL\pN _-]`)
	ourFiles = regexp.MustCompile(`^https://(raw\.githubusercontent|github)\.com/webhook-providers/terraform-provider-webhook/((tree|blob)/)?main/`)
)

// Every link to a file, a heading or a picture of this repository leads somewhere. What a template links to is in the pages of docs.
func TestLinks(t *testing.T) {
	t.Parallel()
	root, links := os.DirFS("../.."), 0
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", ".github/*.md"} {
		found, err := fs.Glob(root, pattern)
		must(t, err)
		pages = append(pages, found...)
	}
	for _, page := range pages {
		for _, match := range link.FindAllStringSubmatch(prose(t, root, page), -1) {
			target := ourFiles.ReplaceAllString(match[1]+match[2]+match[3], "/")
			file, anchor, _ := strings.Cut(target, "#")
			switch {
			case strings.Contains(file, ":"): // another site
				continue
			case file == "":
				file = page
			case file[0] != '/':
				file = path.Join(path.Dir(page), file)
			}
			file = strings.TrimPrefix(file, "/")
			links++
			if _, err := fs.Stat(root, file); err != nil || anchor != "" && !anchors(prose(t, root, file))[anchor] {
				t.Errorf("%s links to %s, which does not exist", page, target)
			}
		}
	}
	if links < 100 {
		t.Errorf("only %d links were found", links)
	}
}

// prose returns a page without its blocks of code, in which a comment looks like a heading.
func prose(t *testing.T, root fs.FS, page string) string {
	t.Helper()
	text, err := fs.ReadFile(root, page)
	must(t, err)
	return fenced.ReplaceAllString(string(text), "")
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
