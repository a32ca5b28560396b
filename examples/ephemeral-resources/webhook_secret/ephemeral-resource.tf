variable "age_identity" {
  type      = string
  ephemeral = true
  sensitive = true
}

resource "webhook_dfns" "payments" {
  url               = "https://hooks.example.com/dfns"
  events            = ["wallet.transfer.confirmed"]
  secret_recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]
}

# In memory only: pass plaintext to a write-only argument, such as that of a secret manager's resource.
ephemeral "webhook_secret" "payments" {
  ciphertext = webhook_dfns.payments.secret_encrypted
  identity   = var.age_identity
}
