data "tallyfy_task" "provision_vpc" {
  run_id = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  alias  = "provision-the-vpc"
}

locals {
  # The fields of its form by their labels. A label that repeats is an error here.
  fields = { for field in data.tallyfy_task.provision_vpc.form_fields : field.label => field }
  region = one([for option in local.fields["Region"].options : option if option.text == "eu-central-1"])
}

resource "tallyfy_task_completion" "provision_vpc" {
  run_id  = data.tallyfy_task.provision_vpc.run_id
  task_id = data.tallyfy_task.provision_vpc.task_id

  taskdata = {
    (local.fields["VPC id"].id) = "vpc-0b7d2c41"
    (local.fields["Region"].id) = { id = local.region.id, text = local.region.text }
  }
}
