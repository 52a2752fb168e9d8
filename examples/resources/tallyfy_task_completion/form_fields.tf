# Stands in for the VPC that your configuration builds: its ID is known only after apply.
resource "terraform_data" "vpc" {}

resource "tallyfy_task_completion" "provision_vpc" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000001" # its task "Provision the VPC"

  form_fields = {
    "VPC id"         = "vpc-${terraform_data.vpc.id}"
    "Provisioned on" = "2026-11-23 09:30:00"
    Region           = "eu-central-1"       # an option of a dropdown
    "Checks done"    = ["Flow logs", "DNS"] # options of a multiselect
    Subnets          = { Zone = "eu-central-1a", CIDR = "10.20.0.0/20" }
    Reviewers        = { users = [1001, 1002], guests = ["auditor@example.com"] }
  }
}
