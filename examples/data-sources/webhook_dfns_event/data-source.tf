data "webhook_dfns_event" "lost" {
  webhook_id = "wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d"
  id         = "whe-2b7k1-9d4f6-3h8m0q5s1v7x2z4c"
}

output "transfer" {
  value     = jsondecode(data.webhook_dfns_event.lost.data).transferRequest.id
  sensitive = true
}
