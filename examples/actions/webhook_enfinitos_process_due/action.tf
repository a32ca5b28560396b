# After an outage of the receiver, make its retries immediately.
action "webhook_enfinitos_process_due" "now" {
  config {
    limit = 50
  }
}

resource "terraform_data" "receiver" {
  input = "v2"

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.webhook_enfinitos_process_due.now]
    }
  }
}
