// Package provider assembles the provider: its configuration, the clients made from it, and the registered types.
package provider

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/intent"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

const (
	defaultMaxRetries     = 4
	defaultRequestTimeout = 30 * time.Second
)

var (
	_ provider.ProviderWithActions            = (*webhookProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*webhookProvider)(nil)
	_ provider.ProviderWithFunctions          = (*webhookProvider)(nil)
	_ provider.ProviderWithListResources      = (*webhookProvider)(nil)
)

// webhookProvider is the provider "webhook".
type webhookProvider struct {
	version   string
	getenv    func(string) string
	retryWait time.Duration
	settle    time.Duration
	transport http.RoundTripper
	dataDir   string
	now       func() time.Time
}

// Option changes what a provider takes from its environment.
type Option func(*webhookProvider)

// WithRetryWait sets the pause before the first retry of a call. Tests shorten it.
func WithRetryWait(wait time.Duration) Option {
	return func(p *webhookProvider) { p.retryWait = wait }
}

// WithSettleTime sets how long after a change the reads of an API may not show it. Tests shorten it.
func WithSettleTime(settle time.Duration) Option {
	return func(p *webhookProvider) { p.settle = settle }
}

// WithTransport replaces the network. Tests of virtual time have none.
func WithTransport(transport http.RoundTripper) Option {
	return func(p *webhookProvider) { p.transport = transport }
}

// WithClock replaces the clock that says when the provider got a secret.
func WithClock(now func() time.Time) Option {
	return func(p *webhookProvider) { p.now = now }
}

// WithEnvironment replaces the process's environment variables.
func WithEnvironment(getenv func(string) string) Option {
	return func(p *webhookProvider) { p.getenv = getenv }
}

// WithDataDir sets Terraform's data directory, unless TF_DATA_DIR sets it. The provider records creates in progress there.
// Without this option it records nothing.
func WithDataDir(dir string) Option {
	return func(p *webhookProvider) { p.dataDir = dir }
}

// New returns a constructor of the provider for the plugin server and the tests.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &webhookProvider{version: version, getenv: os.Getenv}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

// Metadata implements provider.Provider.
func (p *webhookProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "webhook"
	resp.Version = p.version
}

// Schema implements provider.Provider.
func (p *webhookProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	blocks := map[string]schema.Block{}
	for _, v := range vendors() {
		blocks[v.block] = v.schema()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manage Dfns and EnfinitOS webhooks with Terraform: no duplicates after a timeout, no lost signing secret.",
		Attributes: map[string]schema.Attribute{
			"max_retries": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("How often a call is sent again, 0 to 20. The provider sends a change "+
					"again only if that cannot make it twice. Answers with 429 do not count: the timeout of the operation limits them. "+
					"Defaults to %d.", defaultMaxRetries),
				Validators: []validator.Int64{int64validator.Between(0, 20)},
			},
			"request_timeout": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{tfwebhook.Duration()},
				MarkdownDescription: fmt.Sprintf("How long one attempt of a call, or one run of the `signer_command` of `dfns`, may take, such as "+
					"`10s` or `1m`. Defaults to `%s`. "+
					"The `timeouts` of a resource limit an operation as a whole.", defaultRequestTimeout),
			},
		},
		Blocks: blocks,
	}
}

// Configure implements provider.Provider. It makes no call, so that a plan that needs none works without a network.
func (p *webhookProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	calls, diags := p.calls(ctx, req)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	calls.Notes = p.notes()
	clients, diags := p.configureVendors(ctx, req, calls)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(unfinished(calls.Notes)...)

	resp.DataSourceData = clients
	resp.ResourceData = clients
	resp.EphemeralResourceData = clients
	resp.ListResourceData = clients
	resp.ActionData = clients
}

// calls returns the configuration of calls that all vendors share.
func (p *webhookProvider) calls(ctx context.Context, req provider.ConfigureRequest) (httpapi.Config, diag.Diagnostics) {
	out := httpapi.Config{
		UserAgent:      fmt.Sprintf("Terraform/%s terraform-provider-webhook/%s", req.TerraformVersion, p.version),
		MaxRetries:     defaultMaxRetries,
		RetryWait:      p.retryWait,
		SettleTime:     p.settle,
		Transport:      p.transport,
		Now:            p.now,
		RequestTimeout: defaultRequestTimeout,
		Logger:         logger{},
	}
	var retries types.Int64
	var timeout types.String
	diags := req.Config.GetAttribute(ctx, path.Root("max_retries"), &retries)
	diags.Append(req.Config.GetAttribute(ctx, path.Root("request_timeout"), &timeout)...)
	if known(retries) {
		out.MaxRetries = int(retries.ValueInt64())
	}
	if duration, err := time.ParseDuration(timeout.ValueString()); err == nil { // validated already
		out.RequestTimeout = duration
	}
	return out, diags
}

// notes returns the notes of creates, which each workspace has for itself.
func (p *webhookProvider) notes() *intent.Log {
	if p.dataDir == "" {
		return nil
	}
	dir := cmp.Or(p.getenv("TF_DATA_DIR"), p.dataDir)
	selected, _ := os.ReadFile(filepath.Join(dir, "environment")) //nolint:gosec // Terraform writes it when a workspace is selected
	workspace := cmp.Or(p.getenv("TF_WORKSPACE"), strings.TrimSpace(string(selected)), "default")
	return intent.NewLog(filepath.Join(dir, "webhook", url.PathEscape(workspace)))
}

// unfinished warns of creates that ended without an answer. The configuration may have changed since, and then no other create would
// find their notes. It is one warning, because Terraform shows only the first of several with the same summary.
func unfinished(notes *intent.Log) (diags diag.Diagnostics) {
	var list strings.Builder
	for _, note := range notes.Unanswered() {
		fmt.Fprintf(&list, "\n  %s at %s\n  note: %s\n", note.Object, note.Sent.UTC().Format(time.RFC3339), note.Path)
	}
	if list.Len() > 0 {
		diags.AddWarning("Unfinished Create", "An earlier run has sent these creates and ended without an answer:\n"+list.String()+"\n"+
			"If one of them has made a webhook, Terraform does not know it, and its signing secret is lost. If the configuration still "+
			"contains it, the next apply that creates it looks for it first. Otherwise look for it at the vendor, and delete it there if "+
			"nobody uses it. Then remove the note.")
	}
	return diags
}

// Resources implements provider.Provider.
func (p *webhookProvider) Resources(context.Context) []func() resource.Resource {
	return registered(func(t tfwebhook.Types) []func() resource.Resource { return t.Resources })
}

// DataSources implements provider.Provider.
func (p *webhookProvider) DataSources(context.Context) []func() datasource.DataSource {
	return registered(func(t tfwebhook.Types) []func() datasource.DataSource { return t.DataSources })
}

// EphemeralResources implements provider.ProviderWithEphemeralResources.
func (p *webhookProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{tfwebhook.NewSecretEphemeralResource}
}

// ListResources implements provider.ProviderWithListResources.
func (p *webhookProvider) ListResources(context.Context) []func() list.ListResource {
	return registered(func(t tfwebhook.Types) []func() list.ListResource { return t.ListResources })
}

// Actions implements provider.ProviderWithActions.
func (p *webhookProvider) Actions(context.Context) []func() action.Action {
	return registered(func(t tfwebhook.Types) []func() action.Action { return t.Actions })
}

// Functions implements provider.ProviderWithFunctions.
func (p *webhookProvider) Functions(context.Context) []func() function.Function {
	return registered(func(t tfwebhook.Types) []func() function.Function { return t.Functions })
}

func known(value attr.Value) bool {
	return !value.IsNull() && !value.IsUnknown()
}
