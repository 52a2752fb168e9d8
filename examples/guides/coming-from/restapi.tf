terraform {
  required_providers {
    restapi = { source = "Mastercard/restapi" }
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

provider "restapi" {
  uri     = var.tallyfy_base_url
  headers = { Authorization = "Bearer ${var.tallyfy_access_token}", X-Tallyfy-Client = "APIClient" }
}

locals {
  run = "/organizations/c0ffee00c0ffee00c0ffee00c0ffee00/runs/5eed0000000000000000000000000001"
}

resource "restapi_object" "change" {
  path         = "${local.run}/completed-tasks"
  read_path    = "${local.run}/tasks/{id}"
  id_attribute = "task_id"
  data         = jsonencode({ task_id = "7a5c0000000000000000000000000002", is_approved = true })
}
