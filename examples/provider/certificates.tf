terraform {
  required_providers {
    tallyfy = {
      source  = "tallyfy/tallyfy"
      version = ">= 0.0.1"
    }
  }
}

provider "tallyfy" {
  ca_cert_file = "${path.module}/company-ca.pem" # or ca_cert_pem with the text
}
