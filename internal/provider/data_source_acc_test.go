// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// A webhook passes the ID of the process to a pipeline, and nothing else.
func TestDataSourcesLeadToACompletion(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(resource.TestStep{
		Config: h.config(fmt.Sprintf(`
data "tallyfy_run" "it" {
  run_id = %q
}
data "tallyfy_task" "it" {
  run_id = data.tallyfy_run.it.id
  alias  = "provision-the-vpc"
}
data "tallyfy_tasks" "open" {
  run_id = data.tallyfy_run.it.id
  status = "active"
}
locals {
  fields = { for field in data.tallyfy_task.it.form_fields : field.label => field }
}
resource "tallyfy_task_completion" "it" {
  run_id   = data.tallyfy_run.it.id
  task_id  = data.tallyfy_run.it.task_ids["provision-the-vpc"]
  taskdata = { (local.fields["VPC id"].id) = "vpc-1" }
}
output "regions" {
  value = local.fields["Region"].options[*].text
}
output "open" {
  value = length(data.tallyfy_tasks.open.tasks)
}`, sandbox.SeedRunID)),
		ConfigStateChecks: []statecheck.StateCheck{
			h.wrote("PUT", "POST"), h.fired(sandbox.SeedVPCTaskID, 1), h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, "vpc-1"),
			expect("task_id", knownvalue.StringExact(sandbox.SeedVPCTaskID)),
			statecheck.ExpectKnownValue("data.tallyfy_task.it", tfjsonpath.New("task_id"), knownvalue.StringExact(sandbox.SeedVPCTaskID)),
			statecheck.ExpectKnownOutputValue("open", knownvalue.Int64Exact(7)),
			statecheck.ExpectKnownOutputValue("regions", knownvalue.TupleExact([]knownvalue.Check{knownvalue.StringExact("us-west-2"), knownvalue.StringExact("eu-central-1")})),
		},
		ExpectNonEmptyPlan: true, // the attributes of the completed task, and one open task less
	})
	if err := h.writes("PUT", "POST"); err != nil {
		t.Error(err)
	}
}

func TestDataSourceErrorsAtPlanTime(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(
		resource.TestStep{
			Config:      h.config(fmt.Sprintf("data \"tallyfy_task\" \"it\" {\n  run_id = %q\n  alias = \"provision-the-vcp\"\n}", sandbox.SeedRunID)),
			PlanOnly:    true,
			ExpectError: spaced("No Task Matches", `alias = "provision-the-vcp"`, `Did you mean "provision-the-vpc"?`),
		},
		resource.TestStep{
			Config:      h.config("data \"tallyfy_tasks\" \"it\" {\n  status = \"completed\"\n}"),
			PlanOnly:    true,
			ExpectError: spaced("Invalid Status Filter", `status = "completed"`, `use "complete"`, `(given: "completed")`),
		},
		resource.TestStep{
			Config:      h.config("data \"tallyfy_task\" \"it\" {\n  title = \"A\"\n}"),
			PlanOnly:    true,
			ExpectError: spaced(`Attribute "run_id" must be specified when "title" is specified`),
		},
	)
	if err := h.writes(); err != nil {
		t.Error(err)
	}
}
