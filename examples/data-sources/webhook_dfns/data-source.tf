data "webhook_dfns" "payments" {
  id = "wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d"
}

output "payments_status" {
  value = data.webhook_dfns.payments.status
}
