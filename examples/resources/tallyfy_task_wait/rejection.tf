# Records the decision, whichever it is.
resource "tallyfy_task_wait" "decision" {
  run_id            = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id           = "7a5c0000000000000000000000000002" # its approval "Approve the change"
  fail_on_rejection = false
}

# Completes the next step, whatever the decision is.
resource "tallyfy_task_completion" "announce_maintenance" {
  run_id  = tallyfy_task_wait.decision.run_id
  task_id = "7a5c0000000000000000000000000004" # "Announce the maintenance window"

  depends_on = [tallyfy_task_wait.decision]
}

# Stands in for what is built only after an approval.
resource "terraform_data" "production" {
  lifecycle {
    precondition {
      condition     = tallyfy_task_wait.decision.is_approved
      error_message = "User ${tallyfy_task_wait.decision.completer_id} rejected the change."
    }
  }
}
