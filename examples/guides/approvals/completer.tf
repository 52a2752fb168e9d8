# Recorded for user 1002, whom the pipeline acts for, and not for the owner of the token.
resource "tallyfy_task_completion" "accept_security_review" {
  run_id        = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id       = "7a5c0000000000000000000000000003" # its approval "Accept the security review"
  is_approved   = true
  override_user = 1002
}
