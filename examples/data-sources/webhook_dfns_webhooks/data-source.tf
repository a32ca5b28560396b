data "webhook_dfns_webhooks" "disabled" {
  status = "Disabled"
}

output "disabled" {
  value = [for webhook in data.webhook_dfns_webhooks.disabled.webhooks : webhook.url]
}
