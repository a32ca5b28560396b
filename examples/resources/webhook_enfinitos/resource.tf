resource "webhook_enfinitos" "rights" {
  url    = "https://hooks.example.com/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
}

# What verifies the deliveries needs the secret. It is known once, when the subscription is created.
output "rights_secret" {
  value     = webhook_enfinitos.rights.signing_secret
  sensitive = true
}
