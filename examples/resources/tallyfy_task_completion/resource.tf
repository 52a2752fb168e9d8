# Stands in for the VPC that a real configuration builds: its id is known only after apply.
resource "terraform_data" "vpc" {}

resource "tallyfy_task_completion" "provision_vpc" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000001" # its task "Provision the VPC"

  taskdata = {
    "f1e1d000000000000000000000000001" = "vpc-${terraform_data.vpc.id}" # the field "VPC id", a text
  }
}
