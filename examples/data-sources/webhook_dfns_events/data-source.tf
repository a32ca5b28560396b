data "webhook_dfns_events" "failed" {
  webhook_id      = "wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d"
  delivery_failed = true
  max_results     = 20
}

output "failed" {
  value = [for event in data.webhook_dfns_events.failed.events : "${event.id} ${event.kind} (${event.status})"]
}
