package tfenfinitos

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/webhook-providers/terraform-provider-webhook/internal/enfinitos"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
	"github.com/webhook-providers/terraform-provider-webhook/internal/tfwebhook"
)

type healthModel struct {
	tfwebhook.Health
	SubscriptionID types.String `tfsdk:"subscription_id"`
}

// NewHealthDataSource returns the data source webhook_enfinitos_delivery_health, which says whether one subscription delivers.
func NewHealthDataSource() datasource.DataSource {
	return tfwebhook.NewDataSource("webhook_enfinitos_delivery_health", clientFrom, healthSchema, readHealth)
}

func healthSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Says whether an EnfinitOS subscription delivers: it counts the events of the last 24 hours, " +
			"or of another window, that were delivered, that are still being tried, and that are lost. No payload gets " +
			"into the state.\n\nEnfinitOS lists the newest deliveries first. A read ends where the scheduled attempts end " +
			"before the window, and takes one API call for every 200 deliveries. So a delivery from before the window does " +
			"not count, even if it was replayed, or retried after a pause, within the window. The key needs the scope " +
			"`audit:read`.",
		Attributes: tfwebhook.HealthAttributes(
			"EnfinitOS makes up to 5 attempts within about an hour and a quarter. It does not document what a pause does "+
				"to a retry that is due, so deliveries of a paused subscription stay pending until the API says otherwise.",
			"The samples of EnfinitOS omit the status of a delivery. Without it, the number of attempts and the time of "+
				"the next one decide, and without those, the documented schedule: what is an hour older than that counts "+
				"as lost.",
			map[string]schema.Attribute{"subscription_id": tfwebhook.Required("The id of the subscription.")}),
	}
}

func readHealth(ctx context.Context, client *enfinitos.Client, data *healthModel) diag.Diagnostics {
	now := time.Now()
	deliveries, readAll, err := since(ctx, client, data.SubscriptionID.ValueString(), data.Since(now), now, data.Calls())
	if err != nil {
		return diag.Diagnostics{advice.LookupFailed("read", "the deliveries of subscription "+data.SubscriptionID.ValueString(), err)}
	}
	data.Count(deliveries, data.Since(now), readAll)
	return nil
}

// since returns the deliveries of a window, and whether these are all. It goes on until so many deliveries as a page holds are
// from before the window, because those of one moment may be listed in any order.
func since(
	ctx context.Context, client *enfinitos.Client, id string, begin, now time.Time, maxCalls int,
) (out []tfwebhook.Delivery, readAll bool, err error) {
	old := 0
	for api, err := range client.RecentDeliveries(ctx, id, maxCalls) {
		if err != nil {
			if httpapi.IsCut(err) {
				return out, false, nil
			}
			return nil, false, err
		}
		made := outcome(api, now)
		out = append(out, made)
		if !isBefore(made, begin) {
			old = 0
		} else if old++; old == enfinitos.BigPage {
			break
		}
	}
	return out, true, nil
}
