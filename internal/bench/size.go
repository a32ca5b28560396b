package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// measureSizes measures the programs as they are released, and what each module that ours requires adds to it.
func measureSizes(ctx context.Context, built programs, out io.Writer) error {
	for _, provider := range []struct{ name, program string }{{"webhook", built.webhook}, {"empty", built.empty}} {
		info, err := os.Stat(provider.program)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintln(out, line("Size/who="+provider.name, map[string]float64{"bytes": float64(info.Size())}))
	}
	unstripped := built.webhook + "-unstripped"
	if err := goBuild(ctx, unstripped, "."); err != nil {
		return err
	}
	symbols, err := exec.CommandContext(ctx, "go", "tool", "nm", "-size", unstripped).Output()
	if err != nil {
		return fmt.Errorf("go tool nm: %w", err)
	}
	listed, err := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Imports,Module", ".").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	graph, err := newGraph(listed, packageSizes(symbols))
	if err != nil {
		return err
	}
	for _, required := range graph.required() {
		_, _ = fmt.Fprintln(out, line("Dependency/module="+required, map[string]float64{
			"bytes": float64(graph.own(required)), "exclusive-bytes": float64(graph.exclusive(required)),
		}))
	}
	return nil
}

// symbol is a line of nm: address, size, kind, name. Kinds in capitals and small letters are code (t), data (d), read-only
// data (r) and zeroed memory (b), of which the last takes no room in a file.
var symbol = regexp.MustCompile(`^ *[0-9a-f]* +([0-9]+) ([A-Za-z]) (.+)$`)

// packageSizes sums the sizes of symbols by the package that they belong to.
func packageSizes(symbols []byte) map[string]int {
	out := map[string]int{}
	for lines := bufio.NewScanner(bytes.NewReader(symbols)); lines.Scan(); {
		found := symbol.FindStringSubmatch(lines.Text())
		if found == nil || strings.EqualFold(found[2], "b") {
			continue
		}
		size, _ := strconv.Atoi(found[1])
		out[packageOf(found[3])] += size
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

// listedPackage is what go list tells of a package.
type listedPackage struct {
	ImportPath string
	Imports    []string
	Module     *struct {
		Path string
		Main bool
	}
	size int
}

// graph holds the packages of a program by path.
type graph map[string]*listedPackage

func newGraph(listed []byte, sizes map[string]int) (graph, error) {
	out := graph{}
	for decoder := json.NewDecoder(bytes.NewReader(listed)); ; {
		next := &listedPackage{}
		err := decoder.Decode(next)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		next.size = sizes[next.ImportPath]
		if next.ImportPath == module {
			next.size = sizes["main"]
		}
		out[next.ImportPath] = next
	}
}

// required returns the modules whose packages ours import.
func (g graph) required() (out []string) {
	for _, p := range g {
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, name := range p.Imports {
			if imported := g[name]; imported != nil && imported.Module != nil && !imported.Module.Main {
				out = append(out, imported.Module.Path)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// own returns the size of the packages of a module.
func (g graph) own(path string) (size int) {
	for _, p := range g {
		if p.isIn(path) {
			size += p.size
		}
	}
	return size
}

// exclusive returns by how much the program would shrink without a module: its packages and those that only they need.
func (g graph) exclusive(path string) int {
	kept := map[string]bool{}
	g.reach(module, path, kept)
	size := 0
	for name, p := range g {
		if !kept[name] {
			size += p.size
		}
	}
	return size
}

// reach notes a package and those that it needs, apart from those of a module and what only they need.
func (g graph) reach(name, without string, kept map[string]bool) {
	p := g[name]
	if p == nil || kept[name] || p.isIn(without) {
		return
	}
	kept[name] = true
	for _, imported := range p.Imports {
		g.reach(imported, without, kept)
	}
}

func (p *listedPackage) isIn(module string) bool { return p.Module != nil && p.Module.Path == module }
