# Run it with: terraform apply -invoke=action.webhook_enfinitos_replay.lost
action "webhook_enfinitos_replay" "lost" {
  config {
    subscription_id = "SUBSCRIPTION_ID"
    delivery_id     = "dlv_4s9g2p3v1c8m0q6t2k5r"
  }
}
