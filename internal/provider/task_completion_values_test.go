// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const vpcForm = `form_fields = {
    "VPC id"                           = "vpc-0a1b2c"
    "Provisioned on"                   = "2026-11-23 09:30:00"
    Region                             = "eu-central-1"
    "Checks done"                      = toset(["DNS", "Flow logs"])
    Subnets                            = { Zone = "eu-central-1a", CIDR = "10.20.0.0/20" }
    "f1e1d000000000000000000000000006" = 42
    Contact                            = "ops@example.com"
    Tier                               = "critical"
    Reviewers                          = { users = [1001], guests = ["auditor@example.com"] }
  }`

// Values by name are sent in the shapes of the API, with one GET, one PUT and one POST.
func TestFormFieldsAreSentInTheShapesOfTheAPI(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(
		resource.TestStep{
			Config: h.task(vpcTask, vpcForm),
			ConfigStateChecks: []statecheck.StateCheck{
				h.sent("GET", "PUT", "POST"),
				h.fired(sandbox.SeedVPCTaskID, 1),
				h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, "vpc-0a1b2c"),
				h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCRegionField, "map[id:2 text:eu-central-1]"),
				h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCChecksField, "[map[id:1 required:false selected:true text:Flow logs value:<nil>] map[id:2 required:false selected:false text:Peering value:<nil>] map[id:3 required:false selected:true text:DNS value:<nil>]]"),
				h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCSubnetsField, "[eu-central-1a 10.20.0.0/20]"),
				h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCNotesField, "42"),
				h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCTierField, "critical"),
				h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCReviewersField, "map[groups:[] guests:[auditor@example.com] users:[1001]]"),
			},
		},
		resource.TestStep{ // the same values by ID: a change of the configuration that sends nothing
			PreConfig:         h.ResetJournal,
			Config:            h.task(vpcTask, `taskdata = { "`+sandbox.SeedVPCIDField+`" = "vpc-0a1b2c" }`),
			ConfigPlanChecks:  action(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote(), h.fired(sandbox.SeedVPCTaskID, 1)},
		},
		resource.TestStep{ // another value: an update
			PreConfig:         h.ResetJournal,
			Config:            h.task(vpcTask, `form_fields = { "VPC id" = "vpc-9" }`),
			ConfigPlanChecks:  action(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("DELETE", "PUT", "POST"), h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, "vpc-9")},
		},
	)
}

// mistakes are completions that would fail. A plan reports each on its attribute, with the fix.
var mistakes = map[string]struct {
	lines string
	says  *regexp.Regexp
}{
	"unknown label":         {vpcTask + "\n  form_fields = { \"VPC Id.\" = \"x\" }", spaced("Error: Unknown Form Field", "form_fields =", `has no field "VPC Id.". Did you mean "VPC id"?`, `- "VPC id" (text, required, alias vpc-id, ID`)},
	"unknown id":            {vpcTask + "\n  taskdata = { \"f1e1d000000000000000000000000bad\" = \"x\" }", spaced("Error: Unknown Form Field", "taskdata =", "has no field with the ID", "Did you mean", "form_fields accepts labels and aliases too")},
	"secret label":          {vpcTask + "\n  form_fields_wo = {\n    \"VPC Id.\" = \"s3cr3t\"\n  }\n  form_fields_wo_version = 1", spaced("Error: Unknown Form Field", `"VPC Id." = "s3cr3t"`, `has no field "VPC Id.". Did you mean "VPC id"?`)},
	"secret id":             {vpcTask + "\n  taskdata_wo = { \"f1e1d000000000000000000000000bad\" = \"x\" }\n  taskdata_wo_version = 1", spaced("Error: Unknown Form Field", "taskdata_wo =", "has no field with the ID")},
	"ambiguous label":       {vpcTask + "\n  form_fields = { Twin = \"x\" }", spaced("Error: Ambiguous Form Field", "2 fields labelled", "alias twin-a", "alias twin-b")},
	"wrong option":          {vpcTask + "\n  form_fields = { Region = \"eu-centrall-1\" }", spaced("Error: Invalid Form Value", "form_fields =", `Field "Region" (dropdown)`, `does not have the configured option. Did you mean "eu-central-1"?`, `- "us-west-2"`)},
	"wrong option, radio":   {vpcTask + "\n  form_fields = { Tier = \"platinum\" }", spaced("Error: Invalid Form Value", `Field "Tier" (radio)`, `- "standard"`)},
	"wrong option, list":    {vpcTask + "\n  form_fields = { \"Checks done\" = [\"DNS\", \"Peerings\"] }", spaced("Error: Invalid Form Value", `Did you mean "Peering"?`)},
	"wrong type":            {vpcTask + "\n  form_fields = { \"VPC id\" = [\"x\"] }", spaced("Error: Invalid Form Value", "expects text, but got a list")},
	"date":                  {vpcTask + "\n  form_fields = { \"Provisioned on\" = \"tomorrow\" }", spaced("Error: Invalid Form Value", "expects a date")},
	"table":                 {vpcTask + "\n  form_fields = { Subnets = [\"a\"] }", spaced("Error: Invalid Form Value", "expects one entry for each column", `"Zone", "CIDR"`)},
	"file":                  {vpcTask + "\n  form_fields = { Diagram = \"x\" }", spaced("Error: Invalid Form Value", "expects the URL of a file", "taskdata")},
	"no decision":           {approval, spaced("Error: Approval Needs a Decision", "is_approved to true to approve or to false to reject")},
	"completed differently": {fmt.Sprintf("task_id = %q\n  run_id = %q\n  is_approved = true", sandbox.SeedSecurityTaskID, sandbox.SeedRunID), spaced("Error: Task Is Already Completed Differently", "the task was rejected, and the configuration says approved")},
	"archived":              {fmt.Sprintf("task_id = %q", sandbox.SeedEmailTaskID), spaced("Error: Task Is Archived", "Restore the task")},
	"expiring":              {fmt.Sprintf("task_id = %q\n  is_approved = false", sandbox.SeedExpiringTaskID), spaced("Error: Expiring Task Cannot Be Decided")},

	"both ways":          {vpcTask + "\n  taskdata = {}\n  form_fields = {}", spaced("Invalid Attribute Combination", "form_fields = {}", "taskdata and form_fields cannot be used together")},
	"secret, no version": {vpcTask + "\n  taskdata_wo = {}", spaced("Invalid Attribute Combination", "taskdata_wo_version")},
	"version, no secret": {vpcTask + "\n  form_fields_wo_version = 1", spaced("Invalid Attribute Combination", "form_fields_wo")},
	"secret twice":       {vpcTask + "\n  form_fields = { \"VPC id\" = 1 }\n  form_fields_wo = { \"VPC id\" = 1 }\n  form_fields_wo_version = 1", spaced("Form Field Is Set Twice", "form_fields_wo =", `both have a value for "VPC id"`)},
	"blank name":         {vpcTask + "\n  form_fields = { \" \" = 1 }", spaced("Invalid Field Name", "it is empty")},
}

// withMistakes changes the seeded tasks so that all mistakes are possible.
func withMistakes(s *sandbox.Server) {
	s.Update(sandbox.SeedVPCTaskID, func(task *sandbox.Task) {
		task.Fields = append(task.Fields,
			sandbox.Field{ID: "f1e1d0000000000000000000000000a1", Label: "Twin", Alias: "twin-a", Type: "text"},
			sandbox.Field{ID: "f1e1d0000000000000000000000000a2", Label: "Twin", Alias: "twin-b", Type: "text"})
	})
	s.CompleteOutside(sandbox.SeedSecurityTaskID, sandbox.SeedColleagueID, new(false))
	s.Update(sandbox.SeedEmailTaskID, func(task *sandbox.Task) { task.Archived = true })
}

func TestPlanReportsMistakes(t *testing.T) {
	t.Parallel()
	for name, c := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			withMistakes(h.Server)
			h.runFor(c.lines, resource.TestStep{Config: h.configWith("", block(c.lines)), PlanOnly: true, ExpectError: c.says})
			if err := h.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Without a preflight check, the same mistakes fail the apply before it completes anything.
func TestApplyReportsMistakesWithoutPreflight(t *testing.T) {
	t.Parallel()
	for name, c := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			withMistakes(h.Server)
			h.runFor(c.lines, resource.TestStep{Config: h.config(block(c.lines)), ExpectError: c.says})
			if err := h.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The testing framework cannot check warnings, so this test plans over the protocol.
func TestPlanWarnings(t *testing.T) {
	t.Parallel()
	server := newHarness(t, sandbox.Config{}).Server
	withMistakes(server)
	server.CompleteOutside(sandbox.SeedPlainTaskID, sandbox.SeedColleagueID, nil)
	settings := attributes{"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": server.URL(), "max_retries": 0}
	for name, c := range map[string]struct {
		task string
		says string // empty for no warning
	}{
		"required field": {sandbox.SeedVPCTaskID, `Required Field Is Empty: Provision the VPC: These fields of task "Provision the VPC" (` + sandbox.SeedVPCTaskID + `) are required`},
		"completed":      {sandbox.SeedPlainTaskID, "Task Is Already Completed: "},
		"not there":      {"7a5c000000000000000000000000dead", "Task Cannot Be Found: "},
		"fine":           {sandbox.SeedExpiringTaskID, ""},
	} {
		for _, run := range []any{sandbox.SeedRunID, nil} {
			t.Run(fmt.Sprintf("%s, run %v", name, run), func(t *testing.T) {
				d := newDriver(t, settings)
				_, said := d.plan(nil, attributes{"task_id": c.task, "run_id": run})
				if !strings.HasPrefix(said, strings.TrimSuffix("Warning: "+c.says, "Warning: ")) || (c.says == "") != (said == "") {
					t.Errorf("the plan says %q", said)
				}
			})
		}
	}
	for name, off := range map[string]attributes{"switched off": {"preflight": false}, "no network": {"base_url": "http://127.0.0.1:1"}} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, attributes{
				"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "max_retries": 0,
				"base_url": valueOr(off["base_url"], server.URL()), "preflight": off["preflight"],
			})
			server.ResetJournal()
			if _, said := d.plan(nil, attributes{"task_id": sandbox.SeedVPCTaskID, "run_id": sandbox.SeedRunID}); said != "" || server.Count("", "") != 0 {
				t.Errorf("the plan says %q after %d requests", said, server.Count("", ""))
			}
		})
	}
}

func valueOr(value, otherwise any) any {
	if value == nil {
		return otherwise
	}
	return value
}

// A plan reads all tasks of a process with one request, however many blocks it has. Terraform may
// plan the first block before it validates another one. The plan then reads one task separately.
func TestPlanReadsEachProcessOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	var blocks strings.Builder
	for n := range 30 {
		id := fmt.Sprintf("7a5c%028d", n)
		h.AddTask(sandbox.Task{ID: id, RunID: sandbox.SeedRunID})
		fmt.Fprintf(&blocks, "resource \"tallyfy_task_completion\" \"t%d\" {\n  run_id  = %q\n  task_id = %q\n}\n", n, sandbox.SeedRunID, id)
	}
	h.run(resource.TestStep{Config: h.configWith("", blocks.String()), PlanOnly: true, ExpectNonEmptyPlan: true})
	plans, separately := 0, 0
	for _, entry := range h.Journal() {
		switch {
		case entry.Method != http.MethodGet:
			t.Errorf("%s %s was sent", entry.Method, entry.Path)
		case strings.HasSuffix(entry.Path, "/runs/"+sandbox.SeedRunID+"/tasks"):
			plans++
		default:
			separately++
		}
	}
	if plans == 0 || plans > 2 || separately > plans { // the testing framework plans once or twice
		t.Errorf("%d lists and %d tasks were read", plans, separately)
	}
}
