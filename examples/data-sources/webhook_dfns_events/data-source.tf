resource "webhook_dfns" "payments" {
  url    = "https://hooks.example.com/dfns"
  events = ["wallet.transfer.confirmed"]
}

data "webhook_dfns_events" "failed" {
  webhook_id      = webhook_dfns.payments.id
  delivery_failed = true
  max_results     = 20

  # Fails the plan while deliveries fail. A check block with the same condition warns instead.
  lifecycle {
    postcondition {
      condition     = length(self.events) == 0
      error_message = "Deliveries fail: ${join(", ", [for event in self.events : "${event.kind} (${event.status})"])}."
    }
  }
}
