# Fills the form of one task with a value from another.
data "tallyfy_task" "rotate_deploy_key" {
  task_id = "7a5c00000000000000000000000000ff" # the one-off task "Rotate the deploy key"
}

data "tallyfy_task" "provision_vpc" {
  run_id = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  alias  = "provision-the-vpc"
}

resource "tallyfy_task_completion" "provision_vpc" {
  run_id  = data.tallyfy_task.provision_vpc.run_id
  task_id = data.tallyfy_task.provision_vpc.task_id

  form_fields = {
    "VPC id" = "vpc-0b7d2c41"
    # An empty field is not in the object.
    Notes = lookup(data.tallyfy_task.rotate_deploy_key.values_by_label, "Key fingerprint", "no key yet")
  }
}
