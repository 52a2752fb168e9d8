# Waits until someone has approved the change, for up to an hour. A rejection fails the apply.
resource "tallyfy_task_wait" "approve_change" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000002" # its approval "Approve the change"
}

# Stands in for what is built only after the approval.
resource "terraform_data" "production" {
  depends_on = [tallyfy_task_wait.approve_change]
}
