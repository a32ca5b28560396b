# The header that a receiver under test must accept.
output "signature" {
  value     = provider::webhook::dfns_signature("whs-1234567890abcdef1234567890abcdef", jsonencode({ kind = "wallet.created" }))
  sensitive = true
}
