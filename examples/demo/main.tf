terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

# Everything about the accounts comes from the environment, which the sandbox writes.
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

resource "webhook_enfinitos" "rights" {
  url    = "https://hooks.example.com/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
  active = var.status == "Enabled"
}

output "webhooks" {
  value = [webhook_dfns.payments.id, webhook_enfinitos.rights.id]
}
