variable "age_recipient" {
  description = "The public key, age1…, that age-keygen printed."
  type        = string
}

variable "age_identity" {
  description = "The matching private key. Set TF_VAR_age_identity where Terraform runs."
  type        = string
  ephemeral   = true
  sensitive   = true
  default     = null
}

variable "decrypt" {
  description = "False for a plan without the private key. Never apply such a plan."
  type        = bool
  default     = true
}

variable "receiver" {
  description = "The base URL of the receiver."
  type        = string
}

variable "secret_version" {
  description = "Change the number to rotate the signing secrets."
  type        = number
  default     = 1
}
