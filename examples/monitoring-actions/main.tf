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
  url    = "${var.receiver}/dfns"
  events = ["wallet.transfer.confirmed"]

  lifecycle {
    action_trigger {
      events     = [after_create, after_update]
      actions    = [action.webhook_dfns_ping.payments]
      on_failure = continue # never taint, which replaces the webhook and its signing secret in the next apply
    }
  }
}

action "webhook_dfns_ping" "payments" {
  config {
    webhook_id = caller.id
  }
}

resource "webhook_enfinitos" "rights" {
  url    = "${var.receiver}/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"

  # Makes the retries that are due before nobody makes them any more.
  lifecycle {
    action_trigger {
      events     = [before_destroy]
      actions    = [action.webhook_enfinitos_process_due.drain]
      on_failure = continue
    }
  }
}

action "webhook_enfinitos_process_due" "drain" {
  config {
    limit = 50
  }
}
