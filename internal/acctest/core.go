package acctest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Instance is one resource instance. It refreshes, plans and applies as Terraform's core does and enforces the same rules, at a
// thousandth of the cost of a CLI, because faults and random sequences need many runs.
type Instance struct {
	Provider *Protocol
	Type     string
	// State is nil if there is none.
	State map[string]Value
	// Context is that of the operations. Terraform ends it after Ctrl-C. Nil means that of the test.
	Context context.Context //nolint:containedctx // an instance outlives no operation

	private []byte
	// tainted says that the next apply replaces the instance.
	tainted bool
}

// Report is the result of an operation.
type Report struct {
	// Planned is the action: "no-op", "create", "update", "replace" or "delete".
	Planned string
	// Problems are the diagnostics, one per line.
	Problems string
}

// Failed reports whether there is an error.
func (r Report) Failed() bool { return strings.Contains(r.Problems, "ERROR ") }

// Apply refreshes the instance and applies a configuration.
func (i *Instance) Apply(config map[string]Value) Report {
	i.Provider.t.Helper()
	report := i.Refresh()
	if report.Failed() {
		return report
	}
	unrefreshed := i.ApplyUnrefreshed(config)
	return Report{Planned: unrefreshed.Planned, Problems: report.Problems + unrefreshed.Problems}
}

// ApplyUnrefreshed is Apply of an instance that has just been refreshed.
func (i *Instance) ApplyUnrefreshed(config map[string]Value) (report Report) {
	i.Provider.t.Helper()
	configured := i.encode(config)
	planned, private, replace, diagnostics := i.planAsIs(configured)
	report.Problems = Text(diagnostics)
	if report.Failed() {
		return report
	}
	report.Planned = i.action(planned.values, replace)
	if report.Planned == "replace" {
		if !i.tainted {
			report.Problems += i.planReplacement(configured, private)
		}
		if !report.Failed() {
			report.Problems += i.apply(i.encode(nil), i.encode(nil), i.private)
		}
		if report.Failed() {
			return report
		}
		planned, private, _, diagnostics = i.plan(i.encode(nil), configured, nil)
		report.Problems += Text(diagnostics)
	}
	if report.Planned != "no-op" && !report.Failed() {
		report.Problems += i.apply(planned, configured, private)
	}
	return report
}

// action returns the action of a plan for the instance.
func (i *Instance) action(planned map[string]Value, replace bool) string {
	switch {
	case i.State == nil:
		return "create"
	case replace || i.tainted:
		return "replace"
	case Object(i.kind(), planned).Equal(Object(i.kind(), i.State)):
		return "no-op"
	}
	return "update"
}

// Plan refreshes the instance and returns the action for a configuration. It only changes the state.
func (i *Instance) Plan(config map[string]Value) Report {
	i.Provider.t.Helper()
	report := i.Refresh()
	if report.Failed() {
		return report
	}
	planned, _, replace, diagnostics := i.planAsIs(i.encode(config))
	report.Problems += Text(diagnostics)
	report.Planned = i.action(planned.values, replace)
	return report
}

// Refresh reads the instance.
func (i *Instance) Refresh() Report {
	i.Provider.t.Helper()
	if i.State == nil {
		return Report{}
	}
	resp, err := i.Provider.ReadResource(i.context(), &tfprotov6.ReadResourceRequest{
		TypeName: i.Type, CurrentState: i.encode(i.State).sent, Private: i.private,
	})
	if err != nil {
		i.Provider.t.Fatal(err)
	}
	report := Report{Problems: Text(resp.Diagnostics)}
	if !report.Failed() {
		report.Problems += i.misidentified(i.Text("id"), resp.NewIdentity)
	}
	if !report.Failed() {
		i.State, i.private = i.decode(resp.NewState), resp.Private
	}
	return report
}

// Destroy deletes the instance.
func (i *Instance) Destroy() Report {
	i.Provider.t.Helper()
	if i.State == nil {
		return Report{}
	}
	none := i.encode(nil)
	_, private, _, diagnostics := i.plan(i.encode(i.State), none, i.private)
	report := Report{Planned: "delete", Problems: Text(diagnostics)}
	if !report.Failed() {
		report.Problems += i.apply(none, none, private)
	}
	return report
}

// Import forgets the instance and imports the object with an id.
func (i *Instance) Import(id string) Report {
	i.Provider.t.Helper()
	return i.imported(&tfprotov6.ImportResourceStateRequest{TypeName: i.Type, ID: id})
}

// ImportByIdentity is Import with the identity that has an id.
func (i *Instance) ImportByIdentity(id string) Report {
	i.Provider.t.Helper()
	data := i.Provider.encode(tftypes.NewValue(identity, map[string]Value{"id": String(id)}))
	return i.imported(&tfprotov6.ImportResourceStateRequest{TypeName: i.Type, Identity: &tfprotov6.ResourceIdentityData{IdentityData: data}})
}

// identity is the type of the identity of every resource.
var identity = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}

// misidentified reports an identity that is missing or not of an id. Newer CLIs fail the operation then.
func (i *Instance) misidentified(id string, data *tfprotov6.ResourceIdentityData) string {
	i.Provider.t.Helper()
	if data == nil || data.IdentityData == nil {
		return "ERROR Missing Resource Identity\n"
	}
	if got := i.Provider.decode(identity, data.IdentityData)["id"]; !got.Equal(String(id)) {
		return fmt.Sprintf("ERROR Unexpected Identity Change: %s became %s\n", id, got)
	}
	return ""
}

func (i *Instance) imported(request *tfprotov6.ImportResourceStateRequest) Report {
	i.Provider.t.Helper()
	resp, err := i.Provider.ImportResourceState(i.context(), request)
	if err != nil {
		i.Provider.t.Fatal(err)
	}
	report := Report{Problems: Text(resp.Diagnostics)}
	if report.Failed() {
		return report
	}
	found := resp.ImportedResources[0]
	imported := &Instance{
		Provider: i.Provider, Type: i.Type, Context: i.Context, State: i.decode(found.State), private: found.Private,
	}
	report.Problems += imported.Refresh().Problems
	if !report.Failed() && imported.State == nil {
		report.Problems += "ERROR Cannot import non-existent remote object\n"
	}
	if !report.Failed() {
		*i = *imported
	}
	return report
}

// Move takes the instance over from a provider of another address, which called its type so. The state there lacks what is null.
func (i *Instance) Move(address, from string) Report {
	i.Provider.t.Helper()
	former := Plain(i.State)
	maps.DeleteFunc(former, func(_ string, value any) bool { return value == nil })
	state, err := json.Marshal(former)
	if err != nil {
		i.Provider.t.Fatal(err)
	}
	resp, err := i.Provider.MoveResourceState(i.context(), &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: address, SourceTypeName: from, SourceState: &tfprotov6.RawState{JSON: state}, SourcePrivate: i.private,
		TargetTypeName: i.Type,
	})
	if err != nil {
		i.Provider.t.Fatal(err)
	}
	report := Report{Problems: Text(resp.Diagnostics)}
	if !report.Failed() {
		report.Problems += i.misidentified(i.Text("id"), resp.TargetIdentity)
		i.State, i.private = i.decode(resp.TargetState), resp.TargetPrivate
	}
	return report
}

// planAsIs plans the instance. A tainted one is planned as if it did not exist.
func (i *Instance) planAsIs(config object) (object, []byte, bool, []*tfprotov6.Diagnostic) {
	i.Provider.t.Helper()
	if i.tainted {
		return i.plan(i.encode(nil), config, nil)
	}
	return i.plan(i.encode(i.State), config, i.private)
}

// FinalPlan plans a configuration of which some values are unknown, and again when they are known, as Terraform's core does at the
// apply. It returns what core would report of the difference.
func (i *Instance) FinalPlan(unknown, config map[string]Value) (problems string) {
	i.Provider.t.Helper()
	first, private, replaces, diagnostics := i.planAsIs(i.encode(unknown))
	problems = Text(diagnostics)
	final, _, replacesNow, _ := i.planAsIs(i.encode(config))
	if replacesNow && !replaces {
		problems += "ERROR Provider produced inconsistent final plan: it replaces\n"
	}
	if replaces {
		first, _, _, _ = i.plan(i.encode(nil), i.encode(unknown), private)
		final, _, _, _ = i.plan(i.encode(nil), i.encode(config), private)
	}
	for name, value := range first.values {
		if value.IsFullyKnown() && !value.Equal(final.values[name]) {
			problems += fmt.Sprintf("ERROR Provider produced inconsistent final plan: %s\n", name)
		}
	}
	return problems
}

// planReplacement plans the second half of a replacement and returns the errors. Terraform's core drops its warnings.
func (i *Instance) planReplacement(config object, private []byte) (problems string) {
	_, _, _, diagnostics := i.plan(i.encode(nil), config, private)
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			problems += Text([]*tfprotov6.Diagnostic{diagnostic})
		}
	}
	return problems
}

// plan returns the planned state, the private state and whether the plan replaces the instance.
func (i *Instance) plan(prior, config object, private []byte) (object, []byte, bool, []*tfprotov6.Diagnostic) {
	i.Provider.t.Helper()
	resp, err := i.Provider.PlanResourceChange(i.context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: i.Type, PriorState: prior.sent, ProposedNewState: i.encode(i.propose(prior.values, config.values)).sent,
		Config: config.sent, PriorPrivate: private,
	})
	if err != nil {
		i.Provider.t.Fatal(err)
	}
	planned := i.decode(resp.PlannedState)
	for _, attribute := range i.schema().Block.Attributes {
		value, configured := config.values[attribute.Name]
		expected := configured && value.IsFullyKnown() && !value.IsNull()
		if attribute.WriteOnly {
			value, expected = tftypes.NewValue(attribute.Type, nil), true
		}
		if got := planned[attribute.Name]; expected && planned != nil && !got.Equal(value) {
			i.Provider.t.Errorf("Provider produced invalid plan: %s is planned as %s, not %s", attribute.Name, got, value)
		}
	}
	replaces := len(resp.RequiresReplace) > 0 && prior.values != nil
	return object{planned, resp.PlannedState}, resp.PlannedPrivate, replaces, resp.Diagnostics
}

// propose merges prior state and configuration as Terraform's core does: a computed attribute that is not configured keeps its
// value, or is unknown if it has none. Without a configuration the instance is to be deleted.
func (i *Instance) propose(prior, config map[string]Value) map[string]Value {
	if config == nil {
		return nil
	}
	out := map[string]Value{}
	for _, attribute := range i.schema().Block.Attributes {
		value, configured := config[attribute.Name]
		switch {
		case attribute.WriteOnly:
		case configured && !value.IsNull():
			out[attribute.Name] = value
		case attribute.Computed && prior != nil:
			out[attribute.Name] = prior[attribute.Name]
		case attribute.Computed:
			out[attribute.Name] = tftypes.NewValue(attribute.ValueType(), tftypes.UnknownValue)
		}
	}
	for _, block := range i.schema().Block.BlockTypes {
		if value, configured := config[block.TypeName]; configured {
			out[block.TypeName] = value
		}
	}
	return out
}

func (i *Instance) apply(planned, config object, private []byte) (problems string) {
	i.Provider.t.Helper()
	creates := i.State == nil
	resp, err := i.Provider.ApplyResourceChange(i.context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: i.Type, PriorState: i.encode(i.State).sent, PlannedState: planned.sent, Config: config.sent, PlannedPrivate: private,
	})
	if err != nil {
		i.Provider.t.Fatal(err)
	}
	problems = Text(resp.Diagnostics)
	state := i.decode(resp.NewState)
	if !strings.Contains(problems, "ERROR ") {
		problems += inconsistencies(planned.values, state)
	}
	i.State, i.private = state, resp.Private
	i.tainted = state != nil && creates && strings.Contains(problems, "ERROR ")
	if planned.values != nil && state != nil && !strings.Contains(problems, "ERROR ") {
		problems += i.misidentified(i.Text("id"), resp.NewIdentity)
	}
	return problems
}

// inconsistencies returns what Terraform's core reports if the new state differs from the plan.
func inconsistencies(planned, state map[string]Value) (problems string) {
	if (planned == nil) != (state == nil) {
		return "ERROR Provider produced inconsistent result after apply\n"
	}
	for name, value := range planned {
		if value.IsFullyKnown() && !value.Equal(state[name]) || !state[name].IsFullyKnown() {
			problems += fmt.Sprintf("ERROR Provider produced inconsistent result after apply: %s\n", name)
		}
	}
	return problems
}

func (i *Instance) context() context.Context {
	if i.Context != nil {
		return i.Context
	}
	return i.Provider.t.Context()
}

// Taint makes the next apply replace the instance.
func (i *Instance) Taint() { i.tainted = i.State != nil }

func (i *Instance) schema() *tfprotov6.Schema { return i.Provider.Schemas.ResourceSchemas[i.Type] }
func (i *Instance) kind() tftypes.Type        { return i.Provider.resource(i.Type) }

// object is a state, a plan or a configuration, also as the protocol carries it: encoding takes longer than keeping. It has no values if
// there is none.
type object struct {
	values map[string]Value
	sent   *tfprotov6.DynamicValue
}

func (i *Instance) encode(attributes map[string]Value) object {
	value := tftypes.NewValue(i.kind(), nil)
	if attributes != nil {
		value = Object(i.kind(), attributes)
	}
	return object{attributes, i.Provider.encode(value)}
}

// decode returns the attributes of a state, or nil if there is none.
func (i *Instance) decode(encoded *tfprotov6.DynamicValue) map[string]Value {
	i.Provider.t.Helper()
	if encoded == nil {
		return nil
	}
	return i.Provider.decode(i.kind(), encoded)
}

// Text returns the value of a string attribute of the state, or "" if there is none.
func (i *Instance) Text(attribute string) (text string) {
	value, ok := i.State[attribute]
	if ok && !value.IsNull() {
		_ = value.As(&text)
	}
	return text
}
