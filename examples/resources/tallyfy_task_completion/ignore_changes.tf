# The time is different in each apply. The value that was sent first is kept.
resource "tallyfy_task_completion" "provision_vpc_once" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000001" # its task "Provision the VPC"

  form_fields = {
    "VPC id"         = "vpc-0b7d2c41"
    "Provisioned on" = timestamp()
  }

  lifecycle {
    ignore_changes = [form_fields] # also is_approved, taskdata
  }
}
