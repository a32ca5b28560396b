terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

# All account settings come from the variables of the sandbox.
provider "webhook" {}

variable "status" {
  type    = string
  default = "Enabled"
}

# The URL of the receiver. The sandbox only delivers to this machine, and has its own receiver.
variable "receiver" {
  type    = string
  default = "https://hooks.example.com"
}

# The age keys that the signing secrets are encrypted to. Without one, the state contains the secrets.
variable "recipients" {
  type    = list(string)
  default = null
}

resource "webhook_dfns" "payments" {
  url         = "${var.receiver}/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"
  status      = var.status

  secret_recipients = var.recipients
}

resource "webhook_enfinitos" "rights" {
  url    = "${var.receiver}/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
  active = var.status == "Enabled"

  secret_recipients = var.recipients
}

output "webhooks" {
  value = [webhook_dfns.payments.id, webhook_enfinitos.rights.id]
}
