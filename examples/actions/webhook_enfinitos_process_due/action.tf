# Once the receiver is up again, its retries need not wait.
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
