# The header that a receiver under test must accept.
output "signature" {
  value     = provider::webhook::enfinitos_signature("whsec_1234567890", 1735689600, jsonencode({ kind = "right.issued" }))
  sensitive = true
}
