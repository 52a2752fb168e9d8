variable "vpc_id" {
  type    = string
  default = "vpc-0a1b2c"
}

resource "tallyfy_task_completion" "vpc" {
  run_id      = "5eed0000000000000000000000000001"
  task_id     = "7a5c0000000000000000000000000001"
  form_fields = { "VPC id" = var.vpc_id }
}

output "completed_on" {
  value = formatdate("YYYY-MM-DD", tallyfy_task_completion.vpc.completed_at)
}

output "changed_tasks" {
  value = length(jsondecode(tallyfy_task_completion.vpc.tasks_changed_by_rules))
}
