# A one-off task belongs to no process, so it has no run_id.
resource "tallyfy_task_completion" "rotate_deploy_key" {
  task_id = "7a5c00000000000000000000000000ff" # the one-off task "Rotate the deploy key"
}
