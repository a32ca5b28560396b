# What a receiver under test should accept.
output "signature" {
  value     = provider::webhook::enfinitos_signature("whsec_1234567890", 1735689600, jsonencode({ kind = "right.issued" }))
  sensitive = true
}
