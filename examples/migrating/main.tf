terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

provider "webhook" {}

# Forget the resource that called the API before. Destroying it could delete the webhook.
removed {
  from = terraform_data.payments

  lifecycle {
    destroy = false
  }
}

# Import the webhook that it created.
import {
  to = webhook_dfns.payments
  id = "wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d"
}

resource "webhook_dfns" "payments" {
  url         = "https://hooks.example.com/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"

  # This apply must not replace the webhook, because the receiver has its secret. You can remove this block later.
  lifecycle {
    prevent_destroy = true
  }
}
