package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// measureSizes measures the programs as they are released, and what each module that ours requires adds to it.
func (b *bench) measureSizes(ctx context.Context) error {
	for _, who := range []string{"webhook", "empty"} {
		info, err := os.Stat(b.program(who))
		if err != nil {
			return err
		}
		b.add("size/who="+who, "MB", float64(info.Size())/1e6)
	}
	unstripped := b.program("unstripped")
	if err := goBuild(ctx, unstripped, module); err != nil {
		return err
	}
	symbols, err := exec.CommandContext(ctx, "go", "tool", "nm", "-size", unstripped).Output()
	if err != nil {
		return fmt.Errorf("go tool nm: %w", err)
	}
	listed, err := exec.CommandContext(ctx, "go", "list", "-deps", "-f", listFormat, module).Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	packages := newGraph(string(listed), packageSizes(string(symbols)))
	for _, required := range packages.required() {
		own, exclusive := packages.sizes(required)
		b.add("size/module="+required, "kB", float64(own)/1e3)
		b.add("size/module="+required, "exclusive-kB", float64(exclusive)/1e3)
	}
	return nil
}

// symbol is a line of nm: address, size, kind, name. Kinds in capitals and small letters are code (t), data (d), read-only
// data (r) and zeroed memory (b), of which the last takes no room in a file.
var symbol = regexp.MustCompile(`(?m)^ *[0-9a-f]* +([0-9]+) [AC-Zac-z] (.+)$`)

// packageSizes sums the sizes of symbols by the package that they belong to.
func packageSizes(symbols string) map[string]int {
	out := map[string]int{}
	for _, found := range symbol.FindAllStringSubmatch(symbols, -1) {
		size, _ := strconv.Atoi(found[1])
		out[packageOf(found[2])] += size
	}
	return out
}

// packageOf returns the package in the name of a symbol: what is before the first dot after the last slash, where brackets
// of type arguments and parentheses of receivers do not count.
func packageOf(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "go:itab.*"), "go:itab.")
	if cut := strings.IndexAny(name, "[(,"); cut >= 0 {
		name = name[:cut]
	}
	slash := strings.LastIndex(name, "/") + 1
	last, _, _ := strings.Cut(name[slash:], ".")
	return strings.ReplaceAll(name[:slash]+last, "%2e", ".")
}

// listFormat has go list write a line for each package: its path, its module, and what it imports.
const listFormat = `{{.ImportPath}} {{with .Module}}{{.Path}}{{else}}std{{end}} {{join .Imports " "}}`

// graph holds the packages of a program by path.
type graph map[string]listedPackage

type listedPackage struct {
	module  string
	imports []string
	size    int
}

func newGraph(listed string, sizes map[string]int) graph {
	sizes[module] = sizes["main"]
	out := graph{}
	for line := range strings.Lines(listed) {
		fields := strings.Fields(line)
		out[fields[0]] = listedPackage{fields[1], fields[2:], sizes[fields[0]]}
	}
	return out
}

// required returns the modules whose packages ours import.
func (g graph) required() (out []string) {
	for _, p := range g {
		for _, imported := range p.imports {
			if from := g[imported].module; p.module == module && from != module && from != "std" && from != "" {
				out = append(out, from)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sizes returns the size of the packages of a module, and by how much the program would shrink without it: by its packages and
// those that only they need.
func (g graph) sizes(of string) (own, exclusive int) {
	kept := map[string]bool{}
	g.reach(module, of, kept)
	for name, p := range g {
		if p.module == of {
			own += p.size
		}
		if !kept[name] {
			exclusive += p.size
		}
	}
	return own, exclusive
}

// reach notes a package and those that it needs, apart from those of a module and what only they need.
func (g graph) reach(name, without string, kept map[string]bool) {
	if kept[name] || g[name].module == without {
		return
	}
	kept[name] = true
	for _, imported := range g[name].imports {
		g.reach(imported, without, kept)
	}
}
