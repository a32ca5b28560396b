resource "webhook_dfns" "payments" {
  url               = "${var.receiver}/dfns"
  events            = ["wallet.transfer.confirmed", "wallet.transfer.failed"]
  secret_recipients = [var.age_recipient]
  secret_version    = var.secret_version

  lifecycle {
    create_before_destroy = true
  }
}

ephemeral "webhook_secret" "payments" {
  count      = var.decrypt ? 1 : 0
  ciphertext = webhook_dfns.payments.secret_encrypted
  identity   = var.age_identity
}

resource "aws_secretsmanager_secret_version" "payments" {
  secret_id        = "webhooks/payments"
  secret_string_wo = var.decrypt ? ephemeral.webhook_secret.payments[0].plaintext : ""
  # Terraform writes a write-only argument when its version changes. This one changes with every new secret.
  secret_string_wo_version = webhook_dfns.payments.secret_revision
}
