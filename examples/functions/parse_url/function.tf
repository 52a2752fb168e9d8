# The URL of a process, copied from the browser.
variable "process" {
  type    = string
  default = "https://go.tallyfy.com/c0ffee00c0ffee00c0ffee00c0ffee00/processes/5eed0000000000000000000000000001"
}

locals {
  ids = provider::tallyfy::parse_url(var.process) # task_id is null, because the URL does not contain one
}

data "tallyfy_run" "launch" {
  organization_id = local.ids.organization_id
  run_id          = local.ids.run_id
}

output "name" {
  value = data.tallyfy_run.launch.name
}
