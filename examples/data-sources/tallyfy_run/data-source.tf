# The ID of the process, from its webhook: TF_VAR_run_id.
variable "run_id" {
  type    = string
  default = "5eed0000000000000000000000000001" # the process "Launch the payments service"
}

data "tallyfy_run" "launch" {
  run_id = var.run_id
}

# The alias of a step is the same in each process of a template. The ID of the task is not.
resource "tallyfy_task_completion" "announce_maintenance_window" {
  run_id  = data.tallyfy_run.launch.run_id
  task_id = data.tallyfy_run.launch.task_ids["announce-the-maintenance-window"]
}
