terraform {
  required_version = ">= 1.11"
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

resource "webhook_dfns" "this" {
  for_each = var.dfns

  url               = "${var.receiver}/dfns/${each.key}"
  events            = provider::webhook::dfns_event_kinds(each.value...)
  description       = "${var.environment} ${each.key}"
  secret_recipients = var.recipients
  secret_version    = var.secret_version

  lifecycle {
    create_before_destroy = true
  }
}

resource "webhook_enfinitos" "this" {
  for_each = var.enfinitos

  url               = "${var.receiver}/enfinitos/${each.key}"
  events            = each.value # a pattern would replace the subscription when the vendor adds a kind
  label             = "${var.environment} ${each.key}"
  secret_recipients = var.recipients
  secret_version    = var.secret_version

  lifecycle {
    create_before_destroy = true
  }
}

# Every plan reads these data sources. They stand outside the check, because a read inside it would be a change in every plan.
data "webhook_dfns_delivery_health" "this" {
  for_each   = webhook_dfns.this
  webhook_id = each.value.id
}

data "webhook_enfinitos_delivery_health" "this" {
  for_each        = webhook_enfinitos.this
  subscription_id = each.value.id
}

locals {
  health = merge(
    { for name, health in data.webhook_dfns_delivery_health.this : "dfns/${name}" => health },
    { for name, health in data.webhook_enfinitos_delivery_health.this : "enfinitos/${name}" => health },
  )
}

check "delivered" {
  assert {
    condition     = alltrue([for health in values(local.health) : health.lost == 0 && health.complete])
    error_message = join("\n", [for name, health in local.health : "${name}: ${health.lost} events lost, ${health.pending} pending"])
  }
}
