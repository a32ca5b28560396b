import {
  to = webhook_enfinitos.rights
  id = "SUBSCRIPTION_ID"
}
