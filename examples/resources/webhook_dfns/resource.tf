resource "webhook_dfns" "payments" {
  url         = "https://hooks.example.com/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"
}

# What verifies the deliveries needs the secret. It is known once, when the webhook is created.
output "payments_secret" {
  value     = webhook_dfns.payments.secret
  sensitive = true
}
