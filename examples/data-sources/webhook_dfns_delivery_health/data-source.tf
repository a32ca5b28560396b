resource "webhook_dfns" "payments" {
  url    = "https://hooks.example.com/dfns"
  events = ["wallet.transfer.confirmed"]
}

data "webhook_dfns_delivery_health" "payments" {
  webhook_id = webhook_dfns.payments.id
}

# Only the assertion is in the check: a data source in it would make every plan report changes.
check "payments_delivered" {
  assert {
    condition     = data.webhook_dfns_delivery_health.payments.lost == 0 && data.webhook_dfns_delivery_health.payments.complete
    error_message = "Dfns has given up ${data.webhook_dfns_delivery_health.payments.lost} events of the last 24 hours."
  }
}
