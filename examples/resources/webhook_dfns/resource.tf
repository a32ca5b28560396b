resource "webhook_dfns" "payments" {
  url         = "https://hooks.example.com/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  description = "ledger"
}

# The receiver needs the secret to verify deliveries. Terraform only knows it if it has created the webhook.
output "payments_secret" {
  value     = webhook_dfns.payments.secret
  sensitive = true
}
