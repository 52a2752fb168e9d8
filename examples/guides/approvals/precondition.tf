# An approval that people decide in Tallyfy.
data "tallyfy_task" "approve_change" {
  run_id = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  alias  = "approve-the-change"
}

# Stands in for what may be built only with the approval.
resource "terraform_data" "production" {
  lifecycle {
    precondition {
      condition     = data.tallyfy_task.approve_change.is_approved == true # null while it is open
      error_message = "The change is not approved: its approval is ${data.tallyfy_task.approve_change.status}."
    }
  }
}

# The task that follows the approval.
resource "tallyfy_task_completion" "announce_maintenance" {
  run_id  = data.tallyfy_task.approve_change.run_id
  task_id = "7a5c0000000000000000000000000004" # "Announce the maintenance window"

  depends_on = [terraform_data.production]
}
