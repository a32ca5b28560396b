package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// summaryAt is which argument of a call is the summary of a diagnostic.
var summaryAt = map[string]int{
	"AddError": 0, "AddWarning": 0, "NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0,
	"AddAttributeError": 1, "AddAttributeWarning": 1, "NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
}

// Every message of the provider is on the page that says what to do about it, and the page has no message that the provider
// does not have.
func TestTroubleshootingGuide(t *testing.T) {
	t.Parallel()
	const guide = "templates/guides/troubleshooting.md.tmpl"
	page, err := os.ReadFile(filepath.Join("..", "..", guide))
	must(t, err)
	explained := map[string]bool{}
	for _, found := range regexp.MustCompile("(?m)^### `(.+)`$").FindAllStringSubmatch(string(page), -1) {
		explained[found[1]] = true
	}
	said := summaries(t)
	if len(said) < 40 {
		t.Fatalf("only %d messages were found", len(said))
	}
	for summary, at := range said {
		if !explained[summary] {
			t.Errorf("%s: the message %q is not in %s: add it as a heading of its own", at, summary, guide)
		}
		delete(explained, summary)
	}
	for summary := range explained {
		t.Errorf("%s explains %q, which the provider does not say", guide, summary)
	}
}

// source is a package of the provider.
type source struct {
	files     *token.FileSet
	all       []*ast.File
	functions []*ast.FuncDecl
}

// summaries are those of every diagnostic in the source, with where each is made.
func summaries(t *testing.T) map[string]string {
	t.Helper()
	packages := map[string]*source{}
	must(t, filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		dir := filepath.Dir(path)
		if packages[dir] == nil {
			packages[dir] = &source{files: token.NewFileSet()}
		}
		file, err := parser.ParseFile(packages[dir].files, path, nil, 0)
		if err != nil {
			return err
		}
		packages[dir].all = append(packages[dir].all, file)
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
				packages[dir].functions = append(packages[dir].functions, function)
			}
		}
		return nil
	}))
	out := map[string]string{}
	add := func(summary string, position token.Position) {
		if !strings.Contains(summary, anyVendor) {
			out[summary] = position.String()
			return
		}
		for _, name := range vendorNames(t, packages) {
			out[strings.ReplaceAll(summary, anyVendor, name)] = position.String()
		}
	}
	for _, pkg := range packages {
		for _, function := range pkg.functions {
			for _, literal := range fields(function, "summary") {
				out[text(t, pkg.files, literal, nil)] = pkg.files.Position(literal.Pos()).String()
			}
			for _, call := range calls(function) {
				at, ok := summaryAt[called(call)]
				if !ok || len(call.Args) <= at || isField(call.Args[at], "summary") {
					continue
				}
				for _, parameters := range pkg.arguments(function) {
					add(text(t, pkg.files, call.Args[at], parameters), pkg.files.Position(call.Pos()))
				}
			}
		}
	}
	return out
}

// anyVendor stands for the name of each vendor in a summary that all vendors have.
const anyVendor = "VENDOR"

// vendorNames are the values of the field Vendor, in the composite literals of all packages.
func vendorNames(t *testing.T, packages map[string]*source) (out []string) {
	for _, pkg := range packages {
		for _, file := range pkg.all {
			for node := range ast.Preorder(file) {
				pair, ok := node.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, isName := pair.Key.(*ast.Ident)
				value, isLiteral := pair.Value.(*ast.BasicLit)
				if isName && isLiteral && key.Name == "Vendor" {
					name, err := strconv.Unquote(value.Value)
					must(t, err)
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// arguments are the texts that a function's parameters have, for each call of it in its package.
func (s *source) arguments(function *ast.FuncDecl) []map[string]ast.Expr {
	var names []string
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	out := []map[string]ast.Expr{}
	for _, caller := range s.functions {
		for _, call := range calls(caller) {
			if called(call) != function.Name.Name || function.Recv != nil {
				continue
			}
			arguments := map[string]ast.Expr{}
			for i, argument := range call.Args {
				arguments[names[min(i, len(names)-1)]] = argument
			}
			out = append(out, arguments)
		}
	}
	if len(out) == 0 {
		return []map[string]ast.Expr{nil}
	}
	return out
}

// fields are the values that a function gives to a field of a struct.
func fields(function *ast.FuncDecl, name string) (out []ast.Expr) {
	ast.Inspect(function.Body, func(node ast.Node) bool {
		if field, ok := node.(*ast.KeyValueExpr); ok {
			if key, ok := field.Key.(*ast.Ident); ok && key.Name == name {
				out = append(out, field.Value)
			}
		}
		return true
	})
	return out
}

func isField(expression ast.Expr, name string) bool {
	selector, ok := expression.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == name
}

func calls(function *ast.FuncDecl) (out []*ast.CallExpr) {
	ast.Inspect(function.Body, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok {
			out = append(out, call)
		}
		return true
	})
	return out
}

// called is the name of the function that a call calls, without its package.
func called(call *ast.CallExpr) string {
	switch function := call.Fun.(type) {
	case *ast.Ident:
		return function.Name
	case *ast.SelectorExpr:
		return function.Sel.Name
	}
	return ""
}

// text is what a summary says: a literal, or one made of literals and parameters. A variable in it is its name in capital letters.
func text(t *testing.T, files *token.FileSet, expression ast.Expr, parameters map[string]ast.Expr) string {
	t.Helper()
	switch e := expression.(type) {
	case *ast.BasicLit:
		literal, err := strconv.Unquote(e.Value)
		must(t, err)
		return literal
	case *ast.BinaryExpr:
		return text(t, files, e.X, parameters) + text(t, files, e.Y, parameters)
	case *ast.SelectorExpr:
		if e.Sel.Name == "Vendor" {
			return anyVendor
		}
	case *ast.Ident:
		if argument, ok := parameters[e.Name].(*ast.BasicLit); ok {
			return text(t, files, argument, nil)
		}
		return strings.ToUpper(e.Name)
	case *ast.CallExpr:
		if called(e) == "Sprintf" {
			out := text(t, files, e.Args[0], parameters)
			for _, argument := range e.Args[1:] {
				out = strings.Replace(out, "%s", text(t, files, argument, parameters), 1)
			}
			return out
		}
	}
	t.Errorf("%s: write the summary so that this test can read it: of literals and of parameters that are given literals",
		files.Position(expression.Pos()))
	return ""
}
