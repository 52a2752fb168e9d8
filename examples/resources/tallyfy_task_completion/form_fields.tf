# The same form, filled in by the labels that people read, with plain values.
resource "tallyfy_task_completion" "provision_vpc_by_name" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000001" # its task "Provision the VPC"

  form_fields = {
    "VPC id"         = "vpc-0b7d2c41"
    "Provisioned on" = "2026-11-23 09:30:00"
    Region           = "eu-central-1"
    "Checks done"    = ["Flow logs", "DNS"]
    Subnets          = { Zone = "eu-central-1a", CIDR = "10.20.0.0/20" }
    Contact          = "platform-oncall@example.com"
    Tier             = "critical"
    Reviewers        = { users = [1001, 1002], guests = ["auditor@example.com"] }
  }
}
