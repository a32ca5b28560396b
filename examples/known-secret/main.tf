terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

provider "webhook" {}

variable "payments_secret" {
  description = "The secret that the receiver has. Set TF_VAR_payments_secret where Terraform runs."
  type        = string
  ephemeral   = true
  sensitive   = true
}

import {
  to = webhook_dfns.payments
  id = "wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d"
}

resource "webhook_dfns" "payments" {
  url         = "https://hooks.example.com/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"

  # Stored by the next apply, and again whenever the version changes.
  secret_wo         = var.payments_secret
  secret_wo_version = 1
}
