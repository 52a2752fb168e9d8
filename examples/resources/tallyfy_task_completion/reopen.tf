# Destroying this reopens the task, for an environment that is built and torn down again.
resource "tallyfy_task_completion" "announce_maintenance" {
  run_id            = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id           = "7a5c0000000000000000000000000004" # its task "Announce the maintenance window"
  reopen_on_destroy = true

  timeouts {
    create = "2m"
    delete = "1m"
  }
}
