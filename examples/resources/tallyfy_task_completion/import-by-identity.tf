# A one-off task has no run_id. organization_id defaults to that of the provider.
import {
  to = tallyfy_task_completion.change
  identity = {
    run_id  = "5eed0000000000000000000000000001"
    task_id = "7a5c0000000000000000000000000002"
  }
}

resource "tallyfy_task_completion" "change" {
  run_id      = "5eed0000000000000000000000000001"
  task_id     = "7a5c0000000000000000000000000002"
  is_approved = true
}
