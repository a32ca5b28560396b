# Without any API: for names, conditions and validations. Nothing here proves that a vendor accepts the values.
mock_provider "webhook" {
  mock_resource "webhook_dfns" {
    defaults = { id = "wh-4s9g2-p3v1c-8m0q6t2k5r7n1b4d" }
  }
  mock_data "webhook_dfns_delivery_health" {
    defaults = { lost = 0, pending = 0, complete = true }
  }
}

variables {
  environment = "production"
  receiver    = "https://hooks.example.com"
  recipients  = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]
  dfns        = { payments = ["wallet.transfer.*"] }
}

run "names" {
  assert {
    condition     = webhook_dfns.this["payments"].description == "production payments"
    error_message = "The description does not name the environment."
  }
}

run "reports_lost_events" {
  override_data {
    target = data.webhook_dfns_delivery_health.this
    values = { lost = 3, pending = 0, complete = true }
  }
  expect_failures = [check.delivered]
}

run "refuses_a_typo" {
  command = plan
  variables {
    dfns = { payments = ["wallet.transfers.*"] }
  }
  expect_failures = [var.dfns]
}

run "refuses_plain_text" {
  command = plan
  variables {
    recipients = []
  }
  expect_failures = [var.recipients]
}
