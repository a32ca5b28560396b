import {
  to = webhook_enfinitos.rights
  identity = {
    id = "SUBSCRIPTION_ID"
  }
}
