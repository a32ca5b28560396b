package main

import (
	"fmt"
	"testing"
)

func TestPackageSizes(t *testing.T) {
	t.Parallel()
	sizes := packageSizes([]byte(`  4a2b00         64 T runtime.main
  4a2b40         10 T example.com/a%2eb/c.(*T).Method
  4a2b50          5 t example.com/a.b/c.Map[go.shape.int]
  4a2b60          7 R go:itab.*example.com/a.b/c.T,io.Reader
  4a2b70       9000 B example.com/a.b/c.zeroed
  4a2b80          3 D main.version
`))
	if got := fmt.Sprint(sizes); got != "map[example.com/a.b/c:22 main:3 runtime:64]" {
		t.Errorf("the sizes are %s", got)
	}
}

func TestGraph(t *testing.T) {
	t.Parallel()
	listed := `
{"ImportPath": "fmt"}
{"ImportPath": "net"}
{"ImportPath": "example.com/shared", "Imports": ["fmt"], "Module": {"Path": "example.com/shared"}}
{"ImportPath": "example.com/only", "Imports": ["net"], "Module": {"Path": "example.com/only"}}
{"ImportPath": "example.com/a/b", "Imports": ["example.com/only", "example.com/shared"], "Module": {"Path": "example.com/a"}}
{"ImportPath": "` + module + `/x", "Imports": ["fmt", "example.com/shared"], "Module": {"Path": "` + module + `", "Main": true}}
{"ImportPath": "` + module + `", "Imports": ["example.com/a/b", "` + module + `/x"], "Module": {"Path": "` + module + `", "Main": true}}
`
	g, err := newGraph([]byte(listed), map[string]int{
		"fmt": 1, "net": 20, "example.com/shared": 300, "example.com/only": 4000, "example.com/a/b": 50000, "main": 600000,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(g.required()); got != "[example.com/a example.com/shared]" {
		t.Errorf("required are %s", got)
	}
	if own, exclusive := g.own("example.com/a"), g.exclusive("example.com/a"); own != 50000 || exclusive != 54020 {
		t.Errorf("a has %d, and %d with what only it needs", own, exclusive)
	}
	if own, exclusive := g.own("example.com/shared"), g.exclusive("example.com/shared"); own != 300 || exclusive != 300 {
		t.Errorf("shared has %d, and %d with what only it needs", own, exclusive)
	}
}
