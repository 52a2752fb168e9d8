# The process that this pipeline works for.
variable "run_id" {
  type    = string
  default = "5eed0000000000000000000000000001" # "Launch the payments service", in the sandbox
}

# Stands in for the VPC that the pipeline builds.
resource "terraform_data" "vpc" {}

data "tallyfy_run" "launch" {
  run_id = var.run_id
}

resource "tallyfy_task_completion" "provision_vpc" {
  run_id      = var.run_id
  task_id     = data.tallyfy_run.launch.task_ids["provision-the-vpc"]
  form_fields = { "VPC id" = "vpc-${terraform_data.vpc.id}" }
}
