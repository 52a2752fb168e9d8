# What the policy check has found. The pipeline sets TF_VAR_violations, for example to '["S3 bucket logs is public"]'.
variable "violations" {
  type    = list(string)
  default = []
}

# Approved if nothing was found, else rejected.
resource "tallyfy_task_completion" "approve_change" {
  run_id      = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id     = "7a5c0000000000000000000000000002" # its approval "Approve the change"
  is_approved = length(var.violations) == 0
}

output "decision" {
  value = tallyfy_task_completion.approve_change.is_approved ? "approved" : "rejected: ${join(", ", var.violations)}"
}
