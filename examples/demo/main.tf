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

# Where the receiver listens. The sandbox delivers to this machine only, and has a receiver of its own.
variable "receiver" {
  type    = string
  default = "https://hooks.example.com"
}

resource "webhook_dfns" "payments" {
  url         = "${var.receiver}/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"
  status      = var.status
}

resource "webhook_enfinitos" "rights" {
  url    = "${var.receiver}/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
  active = var.status == "Enabled"
}

output "webhooks" {
  value = [webhook_dfns.payments.id, webhook_enfinitos.rights.id]
}
