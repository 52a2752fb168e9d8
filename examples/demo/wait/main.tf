# An apply that waits for a person. `make demo` runs this against a sandbox, in which a "person" decides meanwhile.

terraform {
  required_providers {
    tallyfy = {
      source = "tallyfy/tallyfy"
    }
  }
}

# The access token, the organization and the API's root come from the environment:
# TALLYFY_ACCESS_TOKEN, TALLYFY_ORG_ID and TALLYFY_BASE_URL.
provider "tallyfy" {}

# The approval "Accept the security review": a rejection fails the apply.
resource "tallyfy_task_wait" "security_review" {
  run_id        = "5eed0000000000000000000000000001" # the process "Launch the payments service"
  alias         = "accept-the-security-review"
  poll_interval = "1s"
}

# Stands in for what is built only after the approval.
resource "terraform_data" "production" {
  depends_on = [tallyfy_task_wait.security_review]
}

# The step after that.
resource "tallyfy_task_completion" "announce_maintenance" {
  run_id  = tallyfy_task_wait.security_review.run_id
  task_id = "7a5c0000000000000000000000000004" # Announce the maintenance window

  depends_on = [terraform_data.production]
}
