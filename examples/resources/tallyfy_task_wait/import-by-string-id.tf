# The approval "Approve the change", which someone has decided, as organization/process/task.
import {
  to = tallyfy_task_wait.change
  id = "c0ffee00c0ffee00c0ffee00c0ffee00/5eed0000000000000000000000000001/7a5c0000000000000000000000000002"
}

resource "tallyfy_task_wait" "change" {
  run_id  = "5eed0000000000000000000000000001"
  task_id = "7a5c0000000000000000000000000002"
}
