# The alias is the same in every process of a template. The wait lasts up to a working day.
resource "tallyfy_task_wait" "approval" {
  run_id = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  alias  = "approve-the-change"

  poll_interval = "30s"

  timeouts {
    create = "8h"
  }
}

# The step after the approval.
resource "tallyfy_task_completion" "announce_maintenance" {
  run_id  = tallyfy_task_wait.approval.run_id
  task_id = "7a5c0000000000000000000000000004" # "Announce the maintenance window"

  depends_on = [tallyfy_task_wait.approval]
}
