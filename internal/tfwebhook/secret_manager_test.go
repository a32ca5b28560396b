package tfwebhook_test

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	terraform "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// manager is a secret manager and its provider. It has the resource aws_secretsmanager_secret_version with the arguments
// that the examples use, and keeps of every secret the current and the previous version, as that service does.
type manager struct {
	mu       sync.Mutex
	versions map[string][]string // by the id of the secret
}

// current returns the current version of a secret, and of how many it is the latest.
func (m *manager) current(id string) (secret string, versions int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if versions = len(m.versions[id]); versions > 0 {
		secret = m.versions[id][versions-1]
	}
	return secret, versions
}

// accepted returns the versions of a secret that a receiver accepts, the current one and the previous one, each by any name.
func (m *manager) accepted(id string) map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]string{}
	for _, secret := range m.versions[id][max(0, len(m.versions[id])-2):] {
		out[secret] = secret
	}
	return out
}

// Metadata implements provider.Provider.
func (m *manager) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "aws"
}

// Schema implements provider.Provider.
func (m *manager) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure implements provider.Provider.
func (m *manager) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

// DataSources implements provider.Provider.
func (m *manager) DataSources(context.Context) []func() datasource.DataSource { return nil }

// Resources implements provider.Provider.
func (m *manager) Resources(context.Context) []func() terraform.Resource {
	return []func() terraform.Resource{func() terraform.Resource { return secretVersion{m} }}
}

// secretVersion is the resource aws_secretsmanager_secret_version.
type secretVersion struct{ manager *manager }

func (s secretVersion) put(ctx context.Context, config tfsdk.Config) diag.Diagnostics {
	var id, secret string
	diags := config.GetAttribute(ctx, path.Root("secret_id"), &id)
	diags.Append(config.GetAttribute(ctx, path.Root("secret_string_wo"), &secret)...)
	s.manager.mu.Lock()
	defer s.manager.mu.Unlock()
	s.manager.versions[id] = append(s.manager.versions[id], secret)
	return diags
}

// Metadata implements resource.Resource.
func (secretVersion) Metadata(_ context.Context, _ terraform.MetadataRequest, resp *terraform.MetadataResponse) {
	resp.TypeName = "aws_secretsmanager_secret_version"
}

// Schema implements resource.Resource.
func (secretVersion) Schema(_ context.Context, _ terraform.SchemaRequest, resp *terraform.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"secret_id":                schema.StringAttribute{Required: true},
		"secret_string_wo":         schema.StringAttribute{Required: true, WriteOnly: true, Sensitive: true},
		"secret_string_wo_version": schema.Int64Attribute{Required: true},
	}}
}

// Create implements resource.Resource.
func (s secretVersion) Create(ctx context.Context, req terraform.CreateRequest, resp *terraform.CreateResponse) {
	resp.Diagnostics.Append(s.put(ctx, req.Config)...)
	resp.State.Raw = req.Plan.Raw
}

// Read implements resource.Resource.
func (secretVersion) Read(context.Context, terraform.ReadRequest, *terraform.ReadResponse) {}

// Update implements resource.Resource.
func (s secretVersion) Update(ctx context.Context, req terraform.UpdateRequest, resp *terraform.UpdateResponse) {
	resp.Diagnostics.Append(s.put(ctx, req.Config)...)
	resp.State.Raw = req.Plan.Raw
}

// Delete implements resource.Resource.
func (secretVersion) Delete(context.Context, terraform.DeleteRequest, *terraform.DeleteResponse) {}
