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

resource "webhook_dfns" "transfers" {
  for_each = {
    payments = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
    policies = ["policy.triggered"]
  }

  url         = "${var.receiver}/dfns"
  events      = each.value
  description = each.key
}

resource "webhook_enfinitos" "rights" {
  url    = "${var.receiver}/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
}

# Every plan reads these data sources. They stand outside the checks.
data "webhook_dfns_delivery_health" "transfers" {
  for_each   = webhook_dfns.transfers
  webhook_id = each.value.id
}

data "webhook_enfinitos_delivery_health" "rights" {
  subscription_id = webhook_enfinitos.rights.id
}

locals {
  health = merge(
    { for name, health in data.webhook_dfns_delivery_health.transfers : "${name} (${health.webhook_id})" => health },
    { "rights (${webhook_enfinitos.rights.id})" = data.webhook_enfinitos_delivery_health.rights },
  )
  unhealthy = { for name, health in local.health : name => health if health.lost > 0 || !health.complete }
}

# A check only warns and never stops a plan or an apply. One check for all webhooks gives one warning.
check "delivered" {
  assert {
    condition = length(local.unhealthy) == 0
    error_message = join("\n", [
      for name, health in local.unhealthy : format("%s: %d events lost, %d pending%s. Last error: %s.", name, health.lost, health.pending,
      health.complete ? "" : ", and not all were read", coalesce(health.last_error, "none"))
    ])
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
