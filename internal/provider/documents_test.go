package provider_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	testName   = regexp.MustCompile(`\bTest[A-Z]\w+`)
	pathInCode = regexp.MustCompile("`((?:internal|tools|cmd|examples|templates|docs|\\.changes|\\.github)/[\\w./-]*)`")
	makeCall   = regexp.MustCompile("(?m)(?:^|`)make ([a-z][a-z-]+)")
	actionUsed = regexp.MustCompile(`(?m)^\s*-?\s*uses:.*$`)
	actionPin  = regexp.MustCompile(`uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

// The documents for people name tests, files and targets. Each of them exists.
func TestDocumentsNameWhatExists(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	var tests strings.Builder
	must(t, fs.WalkDir(root, ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, file)
		tests.Write(text)
		return err
	}))
	makefile, err := fs.ReadFile(root, "GNUmakefile")
	must(t, err)
	named := 0
	check := func(document, name string, exists bool) {
		named++
		if !exists {
			t.Errorf("%s names %s, which does not exist", document, name)
		}
	}
	for _, document := range []string{"README.md", "DESIGN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md"} {
		text, err := fs.ReadFile(root, document)
		must(t, err)
		for _, name := range testName.FindAllString(string(text), -1) {
			check(document, name, strings.Contains(tests.String(), "\nfunc "+name+"("))
		}
		for _, match := range pathInCode.FindAllStringSubmatch(string(text), -1) {
			_, err := fs.Stat(root, path.Clean(match[1]))
			check(document, match[1], err == nil || strings.Contains(match[1], "VENDOR"))
		}
		for _, call := range makeCall.FindAllStringSubmatch(string(text), -1) {
			check(document, "make "+call[1], strings.Contains(string(makefile), "\n"+call[1]+":"))
		}
	}
	if named < 50 {
		t.Errorf("only %d names were found: the documents are not read as they are written", named)
	}
}

// A tag can be moved to other code; a commit cannot.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	workflows, err := filepath.Glob("../../.github/workflows/*.yml")
	must(t, err)
	used := 0
	for _, workflow := range workflows {
		text, err := os.ReadFile(workflow)
		must(t, err)
		for _, line := range actionUsed.FindAllString(string(text), -1) {
			used++
			if !actionPin.MatchString(line) {
				t.Errorf("%s: %s is not pinned to a commit, with its version in a comment", workflow, strings.TrimSpace(line))
			}
		}
	}
	if used == 0 {
		t.Error("no action was found")
	}
}
