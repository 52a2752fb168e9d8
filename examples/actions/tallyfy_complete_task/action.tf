action "tallyfy_complete_task" "announce" {
  config {
    run_id  = "5eed0000000000000000000000000001"
    task_id = "7a5c0000000000000000000000000004" # its task "Announce the maintenance window"
  }
}

# Stands in for what your configuration builds. The task is completed before it is created.
resource "terraform_data" "service" {
  input = "payments"

  lifecycle {
    action_trigger {
      events  = [before_create]
      actions = [action.tallyfy_complete_task.announce]
    }
  }
}
