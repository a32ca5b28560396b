data "webhook_enfinitos_deliveries" "dead" {
  subscription_id = "SUBSCRIPTION_ID"
  status          = "dead_lettered"
  max_results     = 20
}

output "dead_lettered" {
  value = { for delivery in data.webhook_enfinitos_deliveries.dead.deliveries : delivery.id => delivery.error_message }
}
