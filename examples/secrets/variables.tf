variable "age_recipient" {
  description = "The public key, age1…, that age-keygen has printed."
  type        = string
}

variable "age_identity" {
  description = "The private key that belongs to it: set TF_VAR_age_identity where Terraform runs."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "receiver" {
  description = "The base URL of the receiver."
  type        = string
}

variable "secret_version" {
  description = "Another number rotates the signing secrets."
  type        = number
  default     = 1
}
