mock_provider "tallyfy" {
  mock_resource "tallyfy_task_completion" {
    defaults = {
      status                 = "completed"
      completed_at           = "2026-11-23T09:30:00Z"
      tasks_changed_by_rules = "{}"
    }
  }
}

run "records_the_vpc" {
  variables {
    vpc_id = "vpc-1"
  }

  assert {
    condition     = tallyfy_task_completion.vpc.form_fields["VPC id"] == "vpc-1"
    error_message = "The task is completed with another VPC."
  }

  assert {
    condition     = output.completed_on == "2026-11-23"
    error_message = "The day of the completion is another one."
  }
}
