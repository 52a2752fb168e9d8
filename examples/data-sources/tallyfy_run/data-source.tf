# What Tallyfy's webhook hands to the pipeline, as TF_VAR_run_id.
variable "run_id" {
  type    = string
  default = "5eed0000000000000000000000000001" # the process "Launch the payments service"
}

data "tallyfy_run" "launch" {
  run_id = var.run_id
}

# The step of the template has the alias in each of its processes. The task has an id of its own in each.
resource "tallyfy_task_completion" "announce_maintenance_window" {
  run_id  = data.tallyfy_run.launch.run_id
  task_id = data.tallyfy_run.launch.task_ids["announce-the-maintenance-window"]
}
