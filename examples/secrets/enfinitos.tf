resource "webhook_enfinitos" "rights" {
  url               = "${var.receiver}/enfinitos"
  events            = ["right.issued", "right.revoked"]
  label             = "rights ledger"
  secret_recipients = [var.age_recipient]
  secret_version    = var.secret_version

  lifecycle {
    create_before_destroy = true
  }
}

ephemeral "webhook_secret" "rights" {
  count      = var.decrypt ? 1 : 0
  ciphertext = webhook_enfinitos.rights.secret_encrypted
  identity   = var.age_identity
}

resource "aws_secretsmanager_secret_version" "rights" {
  secret_id                = "webhooks/rights"
  secret_string_wo         = var.decrypt ? ephemeral.webhook_secret.rights[0].plaintext : ""
  secret_string_wo_version = webhook_enfinitos.rights.secret_revision
}
