data "tallyfy_task" "provision_vpc" {
  run_id = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  alias  = "provision-the-vpc"
}

resource "tallyfy_task_completion" "provision_vpc" {
  run_id      = data.tallyfy_task.provision_vpc.run_id
  task_id     = data.tallyfy_task.provision_vpc.task_id
  form_fields = { "VPC id" = "vpc-0b7d2c41" }
}
