# The ID of the process, which the webhook that started this pipeline contains: TF_VAR_run_id.
variable "run_id" {
  type        = string
  description = "The ID of the process, from its webhook."
  default     = "5eed0000000000000000000000000001" # "Launch the payments service", in the sandbox
}

# Stands in for the VPC that the pipeline builds.
resource "terraform_data" "vpc" {}

data "tallyfy_run" "launch" {
  run_id = var.run_id
}

# The alias identifies the step, and the labels identify the fields of its form.
resource "tallyfy_task_completion" "provision_vpc" {
  run_id  = var.run_id
  task_id = data.tallyfy_run.launch.task_ids["provision-the-vpc"]

  form_fields = {
    "VPC id" = "vpc-${terraform_data.vpc.id}"
    Region   = "eu-central-1"
  }
}

# The approval is decided after the step before it is completed.
resource "tallyfy_task_completion" "approve_change" {
  run_id      = var.run_id
  task_id     = data.tallyfy_run.launch.task_ids["approve-the-change"]
  is_approved = true

  depends_on = [tallyfy_task_completion.provision_vpc]
}
