# The account settings come from the variables of the sandbox: webhook-sandbox -- terraform test
provider "webhook" {}

variables {
  environment = "staging"
  receiver    = "http://127.0.0.1:8080"
  recipients  = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]
  dfns        = { payments = ["wallet.transfer.*"], policies = ["policy.approval.*"] }
  enfinitos   = { rights = ["right.issued", "right.revoked"] }
}

run "creates" {
  assert {
    condition     = contains(webhook_dfns.this["payments"].events, "wallet.transfer.confirmed")
    error_message = "The pattern does not contain transfers."
  }
  assert {
    condition     = alltrue([for secret in values(output.secrets) : startswith(secret.ciphertext, "-----BEGIN AGE")])
    error_message = "A secret is not encrypted."
  }
  assert {
    condition     = webhook_dfns.this["payments"].secret == null
    error_message = "The state contains a secret in plain text."
  }
}

run "rotates" {
  variables {
    secret_version = 2
  }
  assert {
    condition     = alltrue([for webhook in webhook_dfns.this : webhook.secret_version == 2])
    error_message = "A secret was not rotated."
  }
}

run "removes_one" {
  variables {
    secret_version = 2
    dfns           = { policies = ["policy.approval.*"] }
  }
  assert {
    condition     = length(output.ids) == 2 && startswith(output.ids["dfns/policies"], "wh-")
    error_message = "Other webhooks are left than should be."
  }
}
