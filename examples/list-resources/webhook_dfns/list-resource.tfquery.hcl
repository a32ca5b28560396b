# Import all enabled webhooks, up to 1,000:
#
#   terraform query -generate-config-out=webhooks.tf
#   terraform apply
list "webhook_dfns" "all" {
  provider         = webhook
  include_resource = true
  limit            = 1000

  config {
    status = "Enabled"
  }
}
