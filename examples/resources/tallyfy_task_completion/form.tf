# A value for each type of field.
resource "tallyfy_task_completion" "provision_vpc_form" {
  run_id  = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  task_id = "7a5c0000000000000000000000000001" # its task "Provision the VPC"

  taskdata = {
    "f1e1d000000000000000000000000001" = "vpc-0b7d2c41"                                    # text
    "f1e1d000000000000000000000000002" = "2026-11-23 09:30:00"                             # date
    "f1e1d000000000000000000000000003" = { id = 2, text = "eu-central-1" }                 # dropdown
    "f1e1d000000000000000000000000004" = [{ id = 1, text = "Flow logs", selected = true }] # multiselect
    "f1e1d000000000000000000000000005" = ["eu-central-1a", "10.20.0.0/20"]                 # table, by column
    "f1e1d000000000000000000000000006" = "Flow logs go to the audit account."              # textarea
    "f1e1d000000000000000000000000007" = "platform-oncall@example.com"                     # email
    "f1e1d000000000000000000000000008" = "critical"                                        # radio
    "f1e1d000000000000000000000000009" = {                                                 # assignees_form
      users  = [1001, 1002]
      guests = ["auditor@example.com"]
      groups = ["96000000000000000000000000000001"]
    }
    "f1e1d00000000000000000000000000a" = [ # file; an uploaded one by its ID
      { filename = "vpc.svg", source = "url", url = "https://files.example.com/vpc.svg" },
    ]
  }
}
