# The overdue tasks of a process.
data "tallyfy_tasks" "overdue" {
  run_id = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  status = "overdue"
}

# All open approvals of the organization.
data "tallyfy_tasks" "open" {
  status = "active"
}

output "late" {
  value = [for task in data.tallyfy_tasks.overdue.tasks : "${task.title}, due ${task.deadline}"]
}

output "open_approvals" {
  value = { for task in data.tallyfy_tasks.open.tasks : task.id => task.title if task.task_type == "approval" }
}
