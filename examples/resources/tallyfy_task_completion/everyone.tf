# Everyone who is assigned must complete this task. The completion is the share of the token's owner, so the task
# may stay open after the apply. Each refresh reports whether the others have followed.
resource "tallyfy_task_completion" "sign_off_launch" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000006" # its task "Sign off the launch"
}

check "launch_is_signed_off" {
  assert {
    condition     = tallyfy_task_completion.sign_off_launch.status == "completed"
    error_message = "Not everyone has signed off the launch yet."
  }
}
