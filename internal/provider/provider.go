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
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
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
	"github.com/webhook-providers/terraform-provider-webhook/internal/providerdata"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfdfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfenfinitos"
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
}

type providerModel struct {
	Dfns           types.Object         `tfsdk:"dfns"`
	Enfinitos      types.Object         `tfsdk:"enfinitos"`
	MaxRetries     types.Int64          `tfsdk:"max_retries"`
	RequestTimeout timetypes.GoDuration `tfsdk:"request_timeout"`
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
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages webhook registrations at vendors whose APIs make that hard.",
		Attributes: map[string]schema.Attribute{
			"max_retries": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: fmt.Sprintf("How often one call is sent again, in all, 0 to 20. The provider sends a change "+
					"again only if that cannot make it twice. Answers with 429 do not count: the timeout of the operation limits them. "+
					"Defaults to %d.", defaultMaxRetries),
				Validators: []validator.Int64{int64validator.Between(0, 20)},
			},
			"request_timeout": schema.StringAttribute{
				Optional:   true,
				CustomType: timetypes.GoDurationType{},
				MarkdownDescription: fmt.Sprintf("How long one attempt of a call, or one run of the `signer_command` of `dfns`, may take, such as "+
					"`10s` or `1m`. Defaults to `%s`. "+
					"The `timeouts` of a resource limit an operation as a whole.", defaultRequestTimeout),
			},
		},
		Blocks: map[string]schema.Block{"dfns": dfnsSchema(), "enfinitos": enfinitosSchema()},
	}
}

// Configure implements provider.Provider. It makes no call, so that a plan that needs none works without a network.
func (p *webhookProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	calls, diags := p.calls(req.TerraformVersion, config)
	notes := p.notes()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	data := &providerdata.Data{}
	data.Dfns, diags = p.configureDfns(config.Dfns, calls, notes)
	resp.Diagnostics.Append(diags...)
	data.Enfinitos, diags = p.configureEnfinitos(config.Enfinitos, calls, notes)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(unfinished(notes)...)

	resp.DataSourceData = data
	resp.ResourceData = data
	resp.EphemeralResourceData = data
	resp.ListResourceData = data
	resp.ActionData = data
}

// calls returns the configuration of calls that all vendors share.
func (p *webhookProvider) calls(terraformVersion string, config providerModel) (httpapi.Config, diag.Diagnostics) {
	out := httpapi.Config{
		UserAgent:      fmt.Sprintf("Terraform/%s terraform-provider-webhook/%s", terraformVersion, p.version),
		MaxRetries:     defaultMaxRetries,
		RetryWait:      p.retryWait,
		SettleTime:     p.settle,
		Transport:      p.transport,
		RequestTimeout: defaultRequestTimeout,
		Logger:         logger{},
	}
	if known(config.MaxRetries) {
		out.MaxRetries = int(config.MaxRetries.ValueInt64())
	}
	var diags diag.Diagnostics
	if known(config.RequestTimeout) {
		out.RequestTimeout, diags = config.RequestTimeout.ValueGoDuration()
		if out.RequestTimeout <= 0 && !diags.HasError() {
			diags.AddAttributeError(path.Root("request_timeout"), "Invalid Timeout", "The value must be a duration longer than 0s.")
		}
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
			"What one of them has made is in no state, and its signing secret is lost. If the configuration still contains it, the next apply "+
			"that creates it looks for it first. Otherwise look for it at the vendor, and delete it there if nobody uses it. Then remove "+
			"the note.")
	}
	return diags
}

// Resources implements provider.Provider.
func (p *webhookProvider) Resources(context.Context) []func() resource.Resource {
	return slices.Concat(tfdfns.Resources(), tfenfinitos.Resources())
}

// DataSources implements provider.Provider.
func (p *webhookProvider) DataSources(context.Context) []func() datasource.DataSource {
	return slices.Concat(tfdfns.DataSources(), tfenfinitos.DataSources())
}

// EphemeralResources implements provider.ProviderWithEphemeralResources.
func (p *webhookProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return tfwebhook.EphemeralResources()
}

// ListResources implements provider.ProviderWithListResources.
func (p *webhookProvider) ListResources(context.Context) []func() list.ListResource {
	return tfdfns.ListResources()
}

// Actions implements provider.ProviderWithActions.
func (p *webhookProvider) Actions(context.Context) []func() action.Action {
	return slices.Concat(tfdfns.Actions(), tfenfinitos.Actions())
}

// Functions implements provider.ProviderWithFunctions.
func (p *webhookProvider) Functions(context.Context) []func() function.Function {
	return slices.Concat(tfdfns.Functions(), tfenfinitos.Functions())
}

func known(value attr.Value) bool {
	return !value.IsNull() && !value.IsUnknown()
}
