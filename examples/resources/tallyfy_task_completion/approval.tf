resource "tallyfy_task_completion" "approve_change" {
  run_id      = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id     = "7a5c0000000000000000000000000002" # its approval "Approve the change"
  is_approved = true                               # false rejects it
}
