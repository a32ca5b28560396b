terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

# Everything about the account comes from the environment, which the sandbox writes.
provider "webhook" {}

variable "status" {
  type    = string
  default = "Enabled"
}

resource "webhook_dfns" "payments" {
  url         = "https://hooks.example.com/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"
  status      = var.status
}

output "webhook" {
  value = webhook_dfns.payments.id
}
