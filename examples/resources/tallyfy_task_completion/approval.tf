# What the checks of the pipeline have found, given as TF_VAR_policy_violations and TF_VAR_critical_findings.
variable "policy_violations" {
  type    = number
  default = 0
}

variable "critical_findings" {
  type    = number
  default = 2
}

# Approved, since no policy is violated.
resource "tallyfy_task_completion" "approve_change" {
  run_id      = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id     = "7a5c0000000000000000000000000002" # its approval "Approve the change"
  is_approved = var.policy_violations == 0
}

# Rejected, since the scan has critical findings.
resource "tallyfy_task_completion" "accept_security_review" {
  run_id      = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id     = "7a5c0000000000000000000000000003" # its approval "Accept the security review"
  is_approved = var.critical_findings == 0
}
