resource "webhook_dfns" "payments" {
  url    = "https://hooks.example.com/dfns"
  events = ["wallet.transfer.confirmed"]

  # Proves that the receiver is reachable before anything depends on it.
  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.webhook_dfns_ping.payments]
    }
  }
}

# Run only the ping with: terraform apply -invoke=action.webhook_dfns_ping.payments
action "webhook_dfns_ping" "payments" {
  config {
    webhook_id = caller.id # the webhook that triggers it; Terraform before 1.16 needs webhook_dfns.payments.id
  }
}
