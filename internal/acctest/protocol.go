package acctest

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Protocol uses a provider over the plugin protocol, without a CLI. It is for what no CLI test can see, such as warnings.
type Protocol struct {
	tfprotov6.ProviderServer
	Schemas *tfprotov6.GetProviderSchemaResponse

	t     testing.TB
	kinds map[string]tftypes.Type // of the resources
}

// NewProtocol returns a provider that only sees the given environment variables.
func NewProtocol(t *testing.T, env map[string]string) *Protocol {
	t.Helper()
	server, err := newServer(env)
	if err != nil {
		t.Fatal(err)
	}
	return TalkTo(t, server)
}

// TalkTo returns a Protocol for any provider.
func TalkTo(t testing.TB, server tfprotov6.ProviderServer) *Protocol {
	t.Helper()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]tftypes.Type{}
	for name, schema := range schemas.ResourceSchemas {
		kinds[name] = schema.ValueType()
	}
	return &Protocol{ProviderServer: server, Schemas: schemas, t: t, kinds: kinds}
}

// Restarted returns a Protocol for another process of the provider. It keeps the schemas, because fetching them takes longer than an
// apply.
func (p *Protocol) Restarted(t testing.TB, server tfprotov6.ProviderServer) *Protocol {
	return &Protocol{ProviderServer: server, Schemas: p.Schemas, t: t, kinds: p.kinds}
}

// ValidateConfig validates the provider's own configuration.
func (p *Protocol) ValidateConfig(attributes map[string]Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	config := p.encode(Object(p.Schemas.Provider.ValueType(), attributes))
	resp, err := p.ValidateProviderConfig(p.t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// Configure configures the provider with the given attributes; the others are null.
func (p *Protocol) Configure(attributes map[string]Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	config := p.encode(Object(p.Schemas.Provider.ValueType(), attributes))
	resp, err := p.ConfigureProvider(p.t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// Validate validates the configuration of a resource.
func (p *Protocol) Validate(resourceType string, attributes map[string]Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	config := p.encode(Object(p.resource(resourceType), attributes))
	resp, err := p.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: resourceType, Config: config,
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// Import imports a resource by its id.
func (p *Protocol) Import(resourceType, id string) []*tfprotov6.Diagnostic {
	p.t.Helper()
	resp, err := p.ImportResourceState(p.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: resourceType, ID: id})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// Plan plans a change of a resource from one set of attributes to another. For a create the first is nil, for a destroy the second.
func (p *Protocol) Plan(resourceType string, prior, proposed map[string]Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	kind := p.resource(resourceType)
	config := map[string]Value{}
	for _, attribute := range p.Schemas.ResourceSchemas[resourceType].Block.Attributes {
		if value, ok := proposed[attribute.Name]; ok && (attribute.Required || attribute.Optional) {
			config[attribute.Name] = value
		}
	}
	for _, block := range p.Schemas.ResourceSchemas[resourceType].Block.BlockTypes {
		if value, ok := proposed[block.TypeName]; ok {
			config[block.TypeName] = value
		}
	}
	object := func(attributes map[string]Value) *tfprotov6.DynamicValue {
		if attributes == nil {
			return p.encode(tftypes.NewValue(kind, nil))
		}
		return p.encode(Object(kind, attributes))
	}
	if proposed == nil {
		config = nil
	}
	resp, err := p.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName:         resourceType,
		PriorState:       object(prior),
		ProposedNewState: object(proposed),
		Config:           object(config),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// Read refreshes a resource with the given attributes in the state.
func (p *Protocol) Read(resourceType string, attributes map[string]Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	return p.ReadFully(resourceType, attributes).Diagnostics
}

// ReadFully is Read with the complete response.
func (p *Protocol) ReadFully(resourceType string, attributes map[string]Value) *tfprotov6.ReadResourceResponse {
	p.t.Helper()
	resp, err := p.ReadResource(p.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: resourceType, CurrentState: p.encode(Object(p.resource(resourceType), attributes)),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

// ReadData reads a data source.
func (p *Protocol) ReadData(dataSource string, attributes map[string]Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	_, problems := p.Data(dataSource, attributes)
	return problems
}

// Data is ReadData with what the data source returns, nil if that is nothing.
func (p *Protocol) Data(dataSource string, attributes map[string]Value) (map[string]Value, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	schema := p.Schemas.DataSourceSchemas[dataSource]
	if schema == nil {
		p.t.Fatalf("there is no data source %s", dataSource)
	}
	resp, err := p.ReadDataSource(p.t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: dataSource, Config: p.encode(Object(schema.ValueType(), attributes)),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if resp.State == nil {
		return nil, resp.Diagnostics
	}
	return p.decode(schema.ValueType(), resp.State), resp.Diagnostics
}

// ValidateData validates the configuration of a data source.
func (p *Protocol) ValidateData(dataSource string, attributes map[string]Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	config := p.encode(Object(p.Schemas.DataSourceSchemas[dataSource].ValueType(), attributes))
	resp, err := p.ValidateDataResourceConfig(p.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: dataSource, Config: config,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// List lists resources and returns what it streams.
func (p *Protocol) List(resourceType string, limit int64, attributes map[string]Value) []tfprotov6.ListResourceResult {
	p.t.Helper()
	schema := p.Schemas.ListResourceSchemas[resourceType]
	server, ok := p.ProviderServer.(tfprotov6.ListResourceServer)
	if schema == nil || !ok {
		p.t.Fatalf("there is no list %s", resourceType)
	}
	stream, err := server.ListResource(p.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: resourceType, Config: p.encode(Object(schema.ValueType(), attributes)), Limit: limit, IncludeResource: true,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.Collect(stream.Results)
}

// Attributes decodes a resource that a list streamed.
func (p *Protocol) Attributes(resourceType string, encoded *tfprotov6.DynamicValue) map[string]Value {
	p.t.Helper()
	return p.decode(p.resource(resourceType), encoded)
}

// decode returns the attributes of an object, nil when it is null.
func (p *Protocol) decode(kind tftypes.Type, encoded *tfprotov6.DynamicValue) map[string]Value {
	p.t.Helper()
	value, err := encoded.Unmarshal(kind)
	if err != nil {
		p.t.Fatal(err)
	}
	if value.IsNull() {
		return nil
	}
	out := map[string]Value{}
	if err := value.As(&out); err != nil {
		p.t.Fatal(err)
	}
	return out
}

// Call calls a function and returns its result, or its error with the number of the argument.
func (p *Protocol) Call(name string, arguments ...Value) (Value, error) {
	p.t.Helper()
	var encoded []*tfprotov6.DynamicValue
	for _, argument := range arguments {
		encoded = append(encoded, p.encode(argument))
	}
	resp, err := p.CallFunction(p.t.Context(), &tfprotov6.CallFunctionRequest{Name: name, Arguments: encoded})
	if err != nil {
		p.t.Fatal(err)
	}
	if resp.Error != nil {
		if resp.Error.FunctionArgument == nil {
			return Value{}, errors.New(resp.Error.Text)
		}
		return Value{}, fmt.Errorf("argument %d: %s", *resp.Error.FunctionArgument, resp.Error.Text)
	}
	value, err := resp.Result.Unmarshal(p.Schemas.Functions[name].Return.Type)
	if err != nil {
		p.t.Fatal(err)
	}
	return value, nil
}

// Invoke runs an action and returns its progress, one message per line, and its diagnostics as an error.
func (p *Protocol) Invoke(action string, attributes map[string]Value) (progress string, err error) {
	p.t.Helper()
	schema := p.Schemas.ActionSchemas[action]
	if schema == nil {
		p.t.Fatalf("there is no action %s", action)
	}
	server, ok := p.ProviderServer.(tfprotov6.ActionServer)
	if !ok {
		p.t.Fatal("the provider has no actions")
	}
	resp, err := server.InvokeAction(p.t.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: action, Config: p.encode(Object(schema.Schema.ValueType(), attributes)),
	})
	if err != nil {
		return "", err
	}
	for event := range resp.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress += event.Message + "\n"
		case tfprotov6.CompletedInvokeActionEventType:
			if text := Text(event.Diagnostics); text != "" {
				err = errors.New(text)
			}
		}
	}
	return progress, err
}

// Open opens an ephemeral resource and returns its attributes, or nil if it cannot be opened.
func (p *Protocol) Open(ephemeral string, attributes map[string]Value) (map[string]Value, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	schema := p.Schemas.EphemeralResourceSchemas[ephemeral]
	if schema == nil {
		p.t.Fatalf("there is no ephemeral resource %s", ephemeral)
	}
	resp, err := p.OpenEphemeralResource(p.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: ephemeral, Config: p.encode(Object(schema.ValueType(), attributes)),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if len(resp.Diagnostics) > 0 {
		return nil, resp.Diagnostics
	}
	return p.decode(schema.ValueType(), resp.Result), nil
}

// Delete deletes a resource with the given attributes in the state.
func (p *Protocol) Delete(resourceType string, attributes map[string]Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	kind := p.resource(resourceType)
	resp, err := p.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName:     resourceType,
		PriorState:   p.encode(Object(kind, attributes)),
		PlannedState: p.encode(tftypes.NewValue(kind, nil)),
		Config:       p.encode(tftypes.NewValue(kind, nil)),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

func (p *Protocol) resource(name string) tftypes.Type {
	p.t.Helper()
	kind := p.kinds[name]
	if kind == nil {
		p.t.Fatalf("there is no resource %s", name)
	}
	return kind
}

func (p *Protocol) encode(value tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	out, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		p.t.Fatal(err)
	}
	return &out
}

// Object returns a value of an object type with the given attributes; the others are null.
func Object(kind tftypes.Type, attributes map[string]Value) Value {
	object, _ := kind.(tftypes.Object)
	values := map[string]Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
		if value, ok := attributes[name]; ok {
			values[name] = value
		}
	}
	return tftypes.NewValue(object, values)
}

// Value is the value of an attribute.
type Value = tftypes.Value

// Number returns a number.
func Number(n int) Value { return tftypes.NewValue(tftypes.Number, n) }

// String returns a string value.
func String(text string) Value { return tftypes.NewValue(tftypes.String, text) }

// Unknown returns an unknown string.
func Unknown() Value { return tftypes.NewValue(tftypes.String, tftypes.UnknownValue) }

// StringSet returns a set of strings.
func StringSet(texts ...string) Value {
	var values []tftypes.Value
	for _, text := range texts {
		values = append(values, String(text))
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, values)
}

// Text returns diagnostics as text, one per line: severity, summary and detail.
func Text(diagnostics []*tfprotov6.Diagnostic) string {
	out := ""
	for _, d := range diagnostics {
		out += d.Severity.String() + " " + d.Summary + ": " + d.Detail
		if d.Attribute != nil {
			out += " [" + d.Attribute.String() + "]"
		}
		out += "\n"
	}
	return out
}

// Bool returns a boolean value.
func Bool(truth bool) Value { return tftypes.NewValue(tftypes.Bool, truth) }

// Plain returns attributes as Go has them: each is nil, a string, an int, a bool, a []any or a map[string]any.
func Plain(attributes map[string]Value) map[string]any {
	out := map[string]any{}
	for name, value := range attributes {
		out[name] = plain(value)
	}
	return out
}

func plain(value Value) any {
	var text string
	var number big.Float
	var truth bool
	var attributes map[string]Value
	var items []Value
	switch {
	case value.IsNull():
		return nil
	case value.As(&text) == nil:
		return text
	case value.As(&number) == nil:
		whole, _ := number.Int64()
		return int(whole)
	case value.As(&truth) == nil:
		return truth
	case value.As(&attributes) == nil:
		return Plain(attributes)
	case value.As(&items) == nil:
		out := []any{}
		for _, item := range items {
			out = append(out, plain(item))
		}
		return out
	}
	return value.String()
}
