# Three steps of the process "Launch the payments service", done by a pipeline.
# `make demo` runs this against a sandbox; see the README to try it by hand.

terraform {
  required_providers {
    tallyfy = {
      source = "tallyfy/tallyfy"
    }
  }
}

# The access token, the organization and the API's root come from the environment:
# TALLYFY_ACCESS_TOKEN, TALLYFY_ORG_ID and TALLYFY_BASE_URL.
provider "tallyfy" {}

locals {
  run_id = "5eed0000000000000000000000000001"
}

# Stands in for the VPC of a real configuration. Its ID is known only after apply.
resource "terraform_data" "vpc" {}

# A task of the process, with the values of its form.
resource "tallyfy_task_completion" "vpc" {
  run_id  = local.run_id
  task_id = "7a5c0000000000000000000000000001" # Provision the VPC

  form_fields = {
    "VPC id"         = "vpc-${terraform_data.vpc.id}" # a text
    "Provisioned on" = "2026-11-23"                   # a date
    Region           = "eu-central-1"                 # an option of a dropdown
    "Checks done"    = ["Flow logs"]                  # options of a multiselect
  }
}

# An approval: the policy check has passed.
resource "tallyfy_task_completion" "change" {
  run_id      = local.run_id
  task_id     = "7a5c0000000000000000000000000002" # Approve the change
  is_approved = true

  depends_on = [tallyfy_task_completion.vpc]
}

# A one-off task, which belongs to no process.
resource "tallyfy_task_completion" "deploy_key" {
  task_id = "7a5c00000000000000000000000000ff" # Rotate the deploy key

  form_fields = {
    "Key fingerprint" = "SHA256:2bXk7"
  }
}

output "completed" {
  description = "What Tallyfy recorded."
  value = {
    for completion in [
      tallyfy_task_completion.vpc,
      tallyfy_task_completion.change,
      tallyfy_task_completion.deploy_key,
    ] : completion.title => "${completion.status} by user ${completion.completer_id}"
  }
}
