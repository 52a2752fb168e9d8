# Each kind of block that release 0.1.0 knows, beside the state that it wrote for it.

terraform {
  required_providers {
    tallyfy = {
      source = "tallyfy/tallyfy"
    }
  }
}

provider "tallyfy" {}

locals {
  run_id = "5eed0000000000000000000000000001"
}

resource "tallyfy_task_completion" "form" {
  run_id  = local.run_id
  task_id = "7a5c0000000000000000000000000001"
  taskdata = {
    "f1e1d000000000000000000000000001" = "vpc-0a1b2c"
    "f1e1d000000000000000000000000003" = { id = 2, text = "eu-central-1" }
    "f1e1d000000000000000000000000004" = [{ id = 1, text = "Flow logs", selected = true }]
  }
}

resource "tallyfy_task_completion" "approved" {
  run_id      = local.run_id
  task_id     = "7a5c0000000000000000000000000002"
  is_approved = true
}

resource "tallyfy_task_completion" "rejected" {
  run_id        = local.run_id
  task_id       = "7a5c0000000000000000000000000003"
  is_approved   = false
  override_user = 1002
}

# Its run is found by the provider.
resource "tallyfy_task_completion" "discovered" {
  task_id = "7a5c0000000000000000000000000004"
}

resource "tallyfy_task_completion" "expiring" {
  run_id            = local.run_id
  task_id           = "7a5c0000000000000000000000000005"
  reopen_on_destroy = true

  timeouts {
    create = "5m"
    delete = "1m"
  }
}

# One share of it: the task is still open.
resource "tallyfy_task_completion" "everyone" {
  run_id  = local.run_id
  task_id = "7a5c0000000000000000000000000006"
}

# Accepted, without an answer that told more.
resource "tallyfy_task_completion" "unconfirmed" {
  organization_id = "c0ffee00c0ffee00c0ffee00c0ffee00"
  run_id          = local.run_id
  task_id         = "7a5c0000000000000000000000000007"
}

resource "tallyfy_task_completion" "one_off" {
  task_id = "7a5c00000000000000000000000000ff"
  taskdata = tomap({
    "f1e1d0000000000000000000000000ff" = "SHA256:2jmj7l5rSw0yVb"
  })
}
