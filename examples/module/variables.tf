variable "environment" {
  description = "staging or production. It stands in the description of every webhook."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "The environment must be staging or production."
  }
}

variable "receiver" {
  description = "The base URL of the receiver in this environment."
  type        = string
}

variable "dfns" {
  description = "Patterns of event kinds by the name of each Dfns webhook."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = alltrue([for patterns in values(var.dfns) : can(provider::webhook::dfns_event_kinds(patterns...))])
    error_message = "Each webhook needs patterns that match event kinds of Dfns, such as wallet.transfer.*."
  }
}

variable "enfinitos" {
  description = "Event kinds by the name of each EnfinitOS subscription."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = alltrue([for kinds in values(var.enfinitos) : can(provider::webhook::enfinitos_event_kinds(kinds...))])
    error_message = "Each subscription needs event kinds of EnfinitOS, such as right.issued."
  }
}

variable "recipients" {
  description = "The public keys that the signing secrets are encrypted to, age1… or ssh-ed25519 …."
  type        = set(string)

  validation {
    condition     = length(var.recipients) > 0
    error_message = "Without a recipient, the state would contain the signing secrets in plain text."
  }
}

variable "secret_version" {
  description = "Change the number to rotate the signing secrets."
  type        = number
  default     = 1
}
