# A value for each type of field that a form can have.
resource "tallyfy_task_completion" "provision_vpc_form" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000001" # its task "Provision the VPC"

  taskdata = {
    # "VPC id", a text.
    "f1e1d000000000000000000000000001" = "vpc-0b7d2c41"

    # "Provisioned on", a date: YYYY-MM-DD HH:MM:SS or ISO 8601.
    "f1e1d000000000000000000000000002" = "2026-11-23 09:30:00"

    # "Region", a dropdown: the ID and the exact text of one option.
    "f1e1d000000000000000000000000003" = { id = 2, text = "eu-central-1" }

    # "Checks done", a multiselect: the options that are selected.
    "f1e1d000000000000000000000000004" = [
      { id = 1, text = "Flow logs", selected = true },
      { id = 3, text = "DNS", selected = true },
    ]

    # "Subnets", a table: one entry for each column, in order. Here Zone and CIDR.
    "f1e1d000000000000000000000000005" = ["eu-central-1a", "10.20.0.0/20"]

    # "Notes", a textarea.
    "f1e1d000000000000000000000000006" = <<-EOT
      Peering with the ledger VPC is requested.
      Flow logs go to the audit account.
    EOT

    # "Contact", an email.
    "f1e1d000000000000000000000000007" = "platform-oncall@example.com"

    # "Tier", a radio: the text of one option.
    "f1e1d000000000000000000000000008" = "critical"

    # "Reviewers", an assignees_form: users by ID, guests by email address, groups by ID.
    "f1e1d000000000000000000000000009" = {
      users  = [1001, 1002]
      guests = ["auditor@example.com"]
      groups = ["96000000000000000000000000000001"]
    }

    # "Diagram", a file: the ID of one that was uploaded, or the URL of one with its name.
    "f1e1d00000000000000000000000000a" = [
      { filename = "payments-vpc.svg", source = "url", url = "https://files.example.com/payments-vpc.svg" },
    ]
  }
}
