resource "webhook_enfinitos" "rights" {
  url    = "https://hooks.example.com/enfinitos"
  events = provider::webhook::enfinitos_event_kinds("right.*")
  label  = "rights ledger"
}
