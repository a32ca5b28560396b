package tfdfns

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
)

// originIPsFunction returns the addresses from which Dfns delivers.
type originIPsFunction struct{}

// NewOriginIPsFunction returns the function dfns_origin_ips.
func NewOriginIPsFunction() function.Function { return originIPsFunction{} }

// Metadata implements function.Function.
func (originIPsFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "dfns_origin_ips"
}

// Definition implements function.Function.
func (originIPsFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "The IP addresses from which Dfns delivers.",
		MarkdownDescription: "Returns the fixed IPv4 addresses from which Dfns delivers events in a region, as a set, for " +
			"a firewall before the receiver. Dfns documents them at [Regions](https://docs.dfns.co/api-reference/regions): " +
			"`eu` (`api.dfns.io`), `uae` (`api.uae.dfns.io`, one of its two addresses is temporary) and the deprecated " +
			"`staging` (`api.dfns.ninja`).\n\nThe addresses are those that this version of the provider knows. If Dfns " +
			"changes them, an update of the provider changes the firewall. An address does not replace the signature: a " +
			"receiver must verify it too.\n\nA security group of AWS:\n\n```terraform\n" + securityGroup + "```",
		Parameters: []function.Parameter{function.StringParameter{
			Name: "region", MarkdownDescription: "The region: `" + strings.Join(dfns.Regions(), "`, `") + "`.",
		}},
		Return: function.SetReturn{ElementType: types.StringType},
	}
}

// securityGroup is shown on the page of the function, and not run as the other examples are, because it needs another provider.
const securityGroup = `resource "aws_vpc_security_group_ingress_rule" "dfns" {
  for_each = provider::webhook::dfns_origin_ips("eu")

  security_group_id = aws_security_group.receiver.id
  description       = "Dfns webhooks"
  cidr_ipv4         = "${each.value}/32"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
`

// Run implements function.Function.
func (originIPsFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var region string
	if resp.Error = req.Arguments.Get(ctx, &region); resp.Error != nil {
		return
	}
	addresses := dfns.OriginIPs(region)
	if len(addresses) == 0 {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("The region %q is not known. Known regions are %s", region,
			strings.Join(dfns.Regions(), ", ")))
		return
	}
	resp.Error = resp.Result.Set(ctx, addresses)
}
