resource "webhook_enfinitos" "rights" {
  url    = "https://hooks.example.com/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
}

# The receiver needs the secret to verify deliveries. Terraform only knows it if it has created the subscription.
output "rights_secret" {
  value     = webhook_enfinitos.rights.secret
  sensitive = true
}
