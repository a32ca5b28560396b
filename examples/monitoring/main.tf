terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

provider "webhook" {}

variable "receiver" {
  type        = string
  description = "The base URL of the receiver."
  default     = "https://hooks.example.com"
}

resource "webhook_dfns" "payments" {
  url         = "${var.receiver}/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"
}

resource "webhook_enfinitos" "rights" {
  url    = "${var.receiver}/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
}

# A check only warns and never stops a plan or an apply. Every plan reads its data source again.
check "dfns_delivers" {
  data "webhook_dfns_events" "failed" {
    webhook_id      = webhook_dfns.payments.id
    delivery_failed = true
    max_results     = 20
  }

  assert {
    condition = length(data.webhook_dfns_events.failed.events) == 0
    error_message = format("Deliveries of %s fail: %s.", webhook_dfns.payments.id, join(", ", [
      for event in data.webhook_dfns_events.failed.events : "${event.id} ${event.kind} (${event.status})"
    ]))
  }
}

check "enfinitos_delivers" {
  data "webhook_enfinitos_deliveries" "dead" {
    subscription_id = webhook_enfinitos.rights.id
    status          = "dead_lettered"
    max_results     = 20
  }

  assert {
    condition = length(data.webhook_enfinitos_deliveries.dead.deliveries) == 0
    error_message = format("EnfinitOS has given up these deliveries of %s: %s.", webhook_enfinitos.rights.id, join(", ", [
      for delivery in data.webhook_enfinitos_deliveries.dead.deliveries : "${delivery.id} (${coalesce(delivery.error_message, "no reason")})"
    ]))
  }
}

# Use a postcondition for what must stop the plan. This webhook is managed elsewhere. A webhook that is managed here needs
# no postcondition, because the plan shows that Terraform will enable it again.
data "webhook_dfns" "ledger" {
  id = "wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d"

  lifecycle {
    postcondition {
      condition     = self.status == "Enabled"
      error_message = "The webhook ${self.id} is disabled, so the ledger misses transfers."
    }
  }
}
