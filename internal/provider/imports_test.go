package provider_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest/conformance"
)

const module = "github.com/webhook-providers/terraform-provider-webhook/"

// terraform is the role of Terraform's plugin packages. The provider uses the framework, not the SDK before it.
const (
	terraform = "terraform"
	plugin    = "github.com/hashicorp/terraform-plugin"
	pluginSDK = plugin + "-sdk"
)

// arrows are what each package may import of this module. VENDOR stands for one vendor, and "..." for everything below.
var arrows = map[string][]string{
	".": {terraform, "internal/provider", "internal/httpapi"},
	"internal/provider": {
		terraform, "internal/tfVENDOR", "internal/VENDOR", "internal/tfwebhook", "internal/httpapi", "internal/intent", "internal/weburl",
		"internal/keytext",
	},
	"internal/tfVENDOR": {terraform, "internal/VENDOR", "internal/tfwebhook", "internal/httpapi", "internal/weburl"},
	"internal/tfwebhook": {
		terraform, "internal/httpapi", "internal/account", "internal/intent", "internal/keytext", "internal/weburl",
	},
	"internal/VENDOR":         {"internal/httpapi", "internal/intent", "internal/keytext", "internal/weburl"},
	"internal/httpapi":        {"internal/account", "internal/intent", "internal/weburl"},
	"internal/weburl":         {"internal/keytext"},
	"internal/account":        {},
	"internal/intent":         {},
	"internal/keytext":        {},
	"cmd/webhook-sandbox":     {"internal/sandbox"},
	"internal/sandbox":        {"internal/sandbox/..."},
	"internal/sandbox/VENDOR": {"internal/sandbox/simulation", "internal/sandbox/delivery", "internal/sandbox/wire"},
	// What the simulations of all vendors have. It needs the engine, and the engine knows no vendor.
	"internal/sandbox/simulation":  {"internal/sandbox/delivery", "internal/sandbox/wire"},
	"internal/sandbox/delivery":    {"internal/sandbox/clock", "internal/sandbox/wire"},
	"internal/sandbox/clock":       {},
	"internal/sandbox/sandboxtest": {"internal/sandbox/simulation", "internal/sandbox/clock", "internal/sandbox/delivery"},
	"internal/sandbox/receiver":    {},
	"internal/sandbox/wire":        {},
	"internal/acctest":             {terraform, "internal/..."},
	"internal/acctest/golden":      {},
	"internal/acctest/oddapi":      {},
	// The descriptions of the vendors, and the tests that run them.
	"internal/acctest/conformance":     {terraform, "internal/..."},
	"internal/acctest/conformance/cli": {"internal/..."},
	"internal/acctest/sequences":       {"internal/..."},
	"tools/bench":                      {"internal/sandbox"},
	"tools/bench/empty":                {terraform, "tools/bench/plugin"},
	"tools/bench/meter":                {},
	"tools/bench/null":                 {terraform, "tools/bench/plugin", "internal/tfVENDOR"},
	"tools/bench/plugin":               {terraform},
	"tools/drift":                      {"internal/VENDOR"},
}

// goPackage is what "go list" says of a package. Deps are its imports and theirs.
type goPackage struct {
	ImportPath                string
	Imports, Deps             []string
	TestImports, XTestImports []string
}

// The packages import only what DESIGN.md allows, on every platform.
func TestImports(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{"linux", "windows"} {
		for _, problem := range forbidden(listPackages(t, platform)...) {
			t.Errorf("on %s, %s", platform, strings.ReplaceAll(problem, module, ""))
		}
	}
}

// Each arrow holds for a vendor that does not exist yet too.
func TestForbiddenImports(t *testing.T) {
	t.Parallel()
	for importer, forbids := range map[string][]string{
		".":                     {"internal/tfacme", "internal/acme", "internal/sandbox", "internal/acctest", pluginSDK + "/v2"},
		"internal/provider":     {"internal/sandbox", "internal/acctest", "internal/new", pluginSDK + "/v2"},
		"internal/tfacme":       {"internal/provider", "internal/tfdfns", "internal/dfns", "internal/sandbox"},
		"internal/tfwebhook":    {"internal/provider", "internal/tfacme", "internal/acme"},
		"internal/acme":         {"internal/tfwebhook", "internal/dfns", "internal/sandbox", "internal/sandbox/acme", plugin + "-framework/types"},
		"internal/httpapi":      {"internal/tfwebhook", "internal/acme", plugin + "-framework/types"},
		"internal/sandbox/acme": {"internal/acme", "internal/httpapi", "internal/weburl", "internal/sandbox/dfns", plugin + "-framework/types"},
		"cmd/webhook-sandbox":   {"internal/httpapi", plugin + "-framework/types"},
	} {
		for _, imported := range forbids {
			if strings.HasPrefix(imported, "internal/") {
				imported = module + imported
			}
			if len(forbidden(goPackage{ImportPath: module + importer, Imports: []string{imported}, Deps: []string{imported}})) == 0 {
				t.Errorf("%s may import %s", importer, imported)
			}
		}
	}
}

// The Terraform packages may import httpapi for its errors. They make no calls: for one they would have to name a Request.
func TestTerraformPackagesMakeNoCalls(t *testing.T) {
	t.Parallel()
	for file, text := range texts(t, "internal/tf*/*.go") {
		if strings.Contains(text, "httpapi.Request") {
			t.Errorf("%s makes a request", file)
		}
	}
}

func listPackages(t *testing.T, platform string) (out []goPackage) {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Imports,Deps,TestImports,XTestImports", "../../...")
	list.Env = append(list.Environ(), "GOOS="+platform, "CGO_ENABLED=0")
	text, err := list.Output()
	must(t, err)
	for decoder := json.NewDecoder(bytes.NewReader(text)); decoder.More(); {
		var one goPackage
		must(t, decoder.Decode(&one))
		out = append(out, one)
	}
	return out
}

// forbidden returns the imports that the arrows do not allow.
func forbidden(packages ...goPackage) (out []string) {
	for _, p := range packages {
		importer, own := roleOf(p.ImportPath)
		allowed, listed := arrows[importer]
		if !listed {
			out = append(out, importer+" has no line in arrows")
		}
		report := func(imports []string, isForbidden func(imported, role, vendor string) bool) {
			for _, imported := range imports {
				if role, vendor := roleOf(imported); isForbidden(imported, role, vendor) {
					out = append(out, p.ImportPath+" must not know "+imported)
				}
			}
		}
		report(p.Imports, func(imported, role, _ string) bool {
			return (strings.HasPrefix(imported, module) || strings.HasPrefix(imported, plugin)) && !matches(role, allowed)
		})
		report(p.Deps, func(_, _, vendor string) bool {
			return own != "" && vendor != "" && vendor != own
		})
		// A helper that the sandbox, or a test of it, shared with a client would hide a mistake on both sides.
		report(slices.Concat(p.TestImports, p.XTestImports), func(imported, role, vendor string) bool {
			return own != "" && vendor != "" && vendor != own ||
				strings.HasPrefix(importer, "internal/sandbox") && strings.HasPrefix(imported, module) && !strings.HasPrefix(role, "internal/sandbox")
		})
	}
	return out
}

// roleOf returns the path of a package within the module, with VENDOR in place of the name of a vendor, and that vendor. One that does
// not exist yet is called acme.
func roleOf(importPath string) (role, vendor string) {
	switch {
	case importPath+"/" == module:
		return ".", ""
	case strings.HasPrefix(importPath, plugin) && !strings.HasPrefix(importPath, pluginSDK):
		return terraform, ""
	}
	elements := strings.Split(strings.TrimPrefix(importPath, module), "/")
	if !strings.HasPrefix(importPath, module+"internal/") {
		return strings.Join(elements, "/"), ""
	}
	for i, element := range elements {
		name := strings.TrimPrefix(element, "tf")
		if name == "acme" || slices.ContainsFunc(conformance.Vendors, func(v conformance.Vendor) bool { return v.Type == "webhook_"+name }) {
			elements[i], vendor = strings.TrimSuffix(element, name)+"VENDOR", name
		}
	}
	return strings.Join(elements, "/"), vendor
}

func matches(role string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		above, everything := strings.CutSuffix(pattern, "...")
		return role == pattern || everything && strings.HasPrefix(role, above)
	})
}
