data "webhook_enfinitos_delivery_health" "rights" {
  subscription_id = "SUBSCRIPTION_ID"
  window          = "72h"
}

output "rights_lost" {
  value = data.webhook_enfinitos_delivery_health.rights.lost
}
