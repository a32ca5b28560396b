terraform {
  required_providers {
    webhook = {
      source = "webhook-providers/webhook"
    }
  }
}

variable "dfns_auth_token" {
  type      = string
  sensitive = true
}

variable "dfns_private_key" {
  type      = string
  sensitive = true
}

# Each setting can come from the environment instead: DFNS_API_URL, DFNS_AUTH_TOKEN, DFNS_CRED_ID, DFNS_PRIVATE_KEY.
# Instead of private_key, signer_command can run a program that signs with a key in a KMS, an HSM or Vault.
provider "webhook" {
  dfns {
    auth_token    = var.dfns_auth_token
    credential_id = "cr-6uunn-bm6ja-f6rmod5kqrk5rbel"
    private_key   = var.dfns_private_key
  }
}
