resource "tallyfy_task_completion" "announcement" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000004" # its task "Announce the maintenance window"
}
