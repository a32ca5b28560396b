data "webhook_enfinitos" "rights" {
  id = "SUBSCRIPTION_ID"
}

output "last_delivered_at" {
  value = data.webhook_enfinitos.rights.last_delivered_at
}
