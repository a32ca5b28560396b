resource "webhook_dfns" "payments" {
  url    = "https://hooks.example.com/dfns"
  events = provider::webhook::dfns_event_kinds("wallet.transfer.*", "policy.approval.*")
}
