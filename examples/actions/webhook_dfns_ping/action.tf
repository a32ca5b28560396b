resource "webhook_dfns" "payments" {
  url    = "https://hooks.example.com/dfns"
  events = ["wallet.transfer.confirmed"]

  # Proves that the receiver can be reached before anything depends on it.
  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.webhook_dfns_ping.payments]
    }
  }
}

# By itself: terraform apply -invoke=action.webhook_dfns_ping.payments
action "webhook_dfns_ping" "payments" {
  config {
    webhook_id = webhook_dfns.payments.id
  }
}
