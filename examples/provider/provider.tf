terraform {
  required_providers {
    tallyfy = {
      source  = "tallyfy/tallyfy"
      version = ">= 0.0.1"
    }
  }
}

# The access token and the organization come from the environment: TALLYFY_ACCESS_TOKEN and TALLYFY_ORG_ID.
provider "tallyfy" {}
