terraform {
  required_providers {
    restapi = { source = "Mastercard/restapi" }
    tallyfy = { source = "tallyfy/tallyfy" }
  }
}

variable "tallyfy_access_token" {
  type      = string
  sensitive = true
}

variable "tallyfy_base_url" {
  type    = string
  default = "https://go.tallyfy.com/api"
}

# Stays until this is applied, because the state still contains one of its objects.
provider "restapi" {
  uri     = var.tallyfy_base_url
  headers = { Authorization = "Bearer ${var.tallyfy_access_token}", X-Tallyfy-Client = "APIClient" }
}

provider "tallyfy" {}

removed {
  from = restapi_object.change

  lifecycle {
    destroy = false
  }
}

resource "tallyfy_task_completion" "change" {
  run_id      = "5eed0000000000000000000000000001"
  task_id     = "7a5c0000000000000000000000000002"
  is_approved = true
}
