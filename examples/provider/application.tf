terraform {
  required_providers {
    tallyfy = {
      source  = "tallyfy/tallyfy"
      version = ">= 0.0.1"
    }
  }
}

# The client secret and the organization come from the environment: TALLYFY_CLIENT_SECRET and TALLYFY_ORG_ID.
provider "tallyfy" {
  client_id  = "1234"
  user_email = "terraform@example.com" # without it, the application acts as itself
}
