output "ids" {
  description = "The ids of the webhooks by vendor and name."
  value       = { for name, webhook in local.webhooks : name => webhook.id }
}

output "secrets" {
  description = "The encrypted signing secrets by vendor and name, each with the number that changes with it."
  value = {
    for name, webhook in local.webhooks : name => { ciphertext = webhook.secret_encrypted, revision = webhook.secret_revision }
  }
}

locals {
  webhooks = merge(
    { for name, webhook in webhook_dfns.this : "dfns/${name}" => webhook },
    { for name, webhook in webhook_enfinitos.this : "enfinitos/${name}" => webhook },
  )
}
