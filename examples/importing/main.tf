terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

provider "webhook" {}

# Shows the existing webhooks and their ids.
data "webhook_dfns_webhooks" "all" {}

output "existing" {
  value = { for webhook in data.webhook_dfns_webhooks.all.webhooks : webhook.id => "${webhook.url} (${webhook.status})" }
}

import {
  to = webhook_dfns.payments
  id = "wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d"
}
