# First the step that people decide about.
resource "tallyfy_task_completion" "provision_vpc" {
  run_id      = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id     = "7a5c0000000000000000000000000001" # its task "Provision the VPC"
  form_fields = { "VPC id" = "vpc-0b7d2c41" }
}

# Then their decision. It is read once the step is done.
data "tallyfy_task" "approve_change" {
  task_id = "7a5c0000000000000000000000000002" # the approval "Approve the change"

  depends_on = [tallyfy_task_completion.provision_vpc]
}

# Then the rest.
resource "tallyfy_task_completion" "announce_maintenance" {
  run_id  = tallyfy_task_completion.provision_vpc.run_id
  task_id = "7a5c0000000000000000000000000004" # "Announce the maintenance window"

  lifecycle {
    precondition {
      condition     = data.tallyfy_task.approve_change.is_approved == true
      error_message = "The VPC is built and waits for its approval. Start the pipeline again after the approval."
    }
  }
}
