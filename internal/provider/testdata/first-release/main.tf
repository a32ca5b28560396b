terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

provider "webhook" {}

resource "webhook_dfns" "everything" {
  url         = "https://hooks.example.com/dfns"
  events      = ["wallet.transfer.confirmed", "wallet.created"]
  description = "ledger"
  status      = "Disabled"

  secret_version    = 1
  secret_recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]

  timeouts {
    create = "1m"
    delete = "2m"
  }
}

resource "webhook_dfns" "least" {
  url    = "https://hooks.example.com"
  events = ["*"]
}

resource "webhook_enfinitos" "everything" {
  url    = "https://hooks.example.com/enfinitos"
  events = ["right.issued", "right.revoked"]
  label  = "rights ledger"
  active = false

  secret_version    = 1
  secret_recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]

  timeouts {
    update = "1m"
  }
}

resource "webhook_enfinitos" "least" {
  url    = "https://hooks.example.com"
  events = ["*"]
  label  = "everything"
}
