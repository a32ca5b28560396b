terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

variable "receiver" {
  type        = string
  description = "The base URL of the receiver."

  validation {
    condition     = can(regex("^(https://|http://(127\\.0\\.0\\.1|localhost)[:/])", var.receiver))
    error_message = "The receiver URL must be https, or on this machine."
  }
}

variable "enabled" {
  type    = bool
  default = true
}

resource "webhook_dfns" "payments" {
  url         = "${var.receiver}/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"
  status      = var.enabled ? "Enabled" : "Disabled"
}

resource "webhook_enfinitos" "rights" {
  url    = "${var.receiver}/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
  active = var.enabled
}

output "ids" {
  value = [webhook_dfns.payments.id, webhook_enfinitos.rights.id]
}

output "secrets" {
  value     = [webhook_dfns.payments.secret, webhook_enfinitos.rights.secret]
  sensitive = true
}
