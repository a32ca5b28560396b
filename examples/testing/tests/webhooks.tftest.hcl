# The account settings come from the variables of the sandbox.
provider "webhook" {}

variables {
  receiver = "http://127.0.0.1:8080"
}

run "registers" {
  assert {
    condition     = webhook_dfns.payments.url == "http://127.0.0.1:8080/dfns"
    error_message = "The Dfns webhook points elsewhere."
  }
  assert {
    condition     = startswith(output.ids[0], "wh-") && startswith(output.ids[1], "whs_")
    error_message = "A webhook has no id."
  }
  assert {
    condition     = alltrue([for secret in nonsensitive(output.secrets) : length(secret) > 20])
    error_message = "A webhook has no secret to verify deliveries with."
  }
}

run "disables_in_place" {
  variables {
    enabled = false
  }
  assert {
    condition     = webhook_dfns.payments.status == "Disabled" && !webhook_enfinitos.rights.active
    error_message = "A webhook still gets events."
  }
  assert {
    condition     = webhook_dfns.payments.date_created != webhook_dfns.payments.date_updated
    error_message = "The webhook was replaced, so its receiver has the wrong secret."
  }
}

run "refuses_plain_http" {
  command = plan
  variables {
    receiver = "http://hooks.example.com"
  }
  expect_failures = [var.receiver]
}
