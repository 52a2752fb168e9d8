# Tallyfy reports which process the task belongs to, and the provider records it as run_id.
resource "tallyfy_task_completion" "acknowledge_runbook" {
  task_id = "7a5c0000000000000000000000000005" # the task "Acknowledge the runbook" of some process
}

output "runbook_run_id" {
  value = tallyfy_task_completion.acknowledge_runbook.run_id
}
