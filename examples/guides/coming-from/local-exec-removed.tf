removed {
  from = terraform_data.announcement

  lifecycle {
    destroy = false
  }
}

import {
  to = tallyfy_task_completion.announcement
  id = "5eed0000000000000000000000000001/7a5c0000000000000000000000000004"
}

resource "tallyfy_task_completion" "announcement" {
  run_id  = "5eed0000000000000000000000000001"
  task_id = "7a5c0000000000000000000000000004"
}
