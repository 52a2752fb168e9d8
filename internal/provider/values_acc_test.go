// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// saved returns the JSON of the values in the n-th PUT.
func (h *harness) saved(n int) string {
	for _, entry := range h.Journal() {
		if entry.Method != "PUT" {
			continue
		}
		if n--; n > 0 {
			continue
		}
		var body struct {
			Taskdata json.RawMessage `json:"taskdata"`
		}
		if err := json.Unmarshal(entry.Body, &body); err != nil {
			return err.Error()
		}
		return string(body.Taskdata)
	}
	return ""
}

// savedAs checks the values that the n-th PUT sent.
func (h *harness) savedAs(n int, want string) statecheck.StateCheck {
	return stateCheck(func() error {
		if got := h.saved(n); got != want {
			return fmt.Errorf("saved\n%s\nwant\n%s", got, want)
		}
		return nil
	})
}

func TestTaskdataOfEveryFieldType(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(resource.TestStep{
		Config: h.config(`
resource "terraform_data" "vpc" {
  input = "vpc-0a1b2c"
}
` + block(vpcTask, fmt.Sprintf(`taskdata = {
    %q = terraform_data.vpc.output
    %q = "2026-11-23"
    %q = { id = 2, text = "eu-central-1" }
    %q = [{ id = 1, text = "Flow logs", selected = true }, { id = 2, text = "Peering", selected = false }]
    %q = [["a", "10.0.0.0/24"], ["b", "10.0.1.0/24"]]
    %q = "two\nlines"
    %q = "ops@example.com"
    %q = "critical"
    %q = { users = [1001], guests = ["auditor@example.com"], groups = [] }
    %q = [{ id = "f1", filename = "vpc.png", source = "url", url = "https://files.example.com/vpc.png" }]
  }`, sandbox.SeedVPCIDField, sandbox.SeedVPCDateField, sandbox.SeedVPCRegionField, sandbox.SeedVPCChecksField, sandbox.SeedVPCSubnetsField,
			sandbox.SeedVPCNotesField, sandbox.SeedVPCContactField, sandbox.SeedVPCTierField, sandbox.SeedVPCReviewersField, sandbox.SeedVPCDiagramField))),
		ConfigStateChecks: []statecheck.StateCheck{h.savedAs(1, `{`+
			`"`+sandbox.SeedVPCIDField+`":"vpc-0a1b2c",`+
			`"`+sandbox.SeedVPCDateField+`":"2026-11-23",`+
			`"`+sandbox.SeedVPCRegionField+`":{"id":2,"text":"eu-central-1"},`+
			`"`+sandbox.SeedVPCChecksField+`":[{"id":1,"selected":true,"text":"Flow logs"},{"id":2,"selected":false,"text":"Peering"}],`+
			`"`+sandbox.SeedVPCSubnetsField+`":[["a","10.0.0.0/24"],["b","10.0.1.0/24"]],`+
			`"`+sandbox.SeedVPCNotesField+`":"two\nlines",`+
			`"`+sandbox.SeedVPCContactField+`":"ops@example.com",`+
			`"`+sandbox.SeedVPCTierField+`":"critical",`+
			`"`+sandbox.SeedVPCReviewersField+`":{"groups":[],"guests":["auditor@example.com"],"users":[1001]},`+
			`"`+sandbox.SeedVPCDiagramField+`":[{"filename":"vpc.png","id":"f1","source":"url","url":"https://files.example.com/vpc.png"}]}`)},
	})
}

// Strings, numbers, Booleans, lists, objects and null, nested. A text field of the sandbox accepts
// any scalar, and the form of this test has a field for each value.
func TestTaskdataOfEveryShape(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	const id = "7a5c000000000000000000000000aaaa"
	shapes := map[string]string{
		"a_string":  `"x"`,
		"big":       `123456789012345678901234567890`,
		"flag":      `true`,
		"fraction":  `0.1`,
		"million":   `1000000`,
		"negative":  `-5`,
		"nothing":   `null`,
		"precision": `3.14159265358979323846264338327950288`,
	}
	fields := []sandbox.Field{{ID: "nested", Type: "table", Columns: []string{"left", "right"}}}
	lines := ""
	for name, value := range shapes {
		fields = append(fields, sandbox.Field{ID: name, Type: "text"})
		lines += fmt.Sprintf("%q = %s\n", name, value)
	}
	h.AddTask(sandbox.Task{ID: id, RunID: sandbox.SeedRunID, Title: "Shapes", Fields: fields})
	ids := fmt.Sprintf("run_id = %q\n task_id = %q", sandbox.SeedRunID, id)
	h.run(resource.TestStep{
		Config: h.task(ids, "taskdata = {\n"+lines+"nested = [{ a = [1, [true, null]], b = { c = {} } }, \"x\"]\n}"),
		ConfigStateChecks: []statecheck.StateCheck{h.savedAs(1, `{"a_string":"x","big":123456789012345678901234567890,"flag":true,"fraction":0.1,"million":1000000,"negative":-5,`+
			`"nested":[{"a":[1,[true,null]],"b":{"c":{}}},"x"],"nothing":null,"precision":3.14159265358979323846264338327950288}`)},
	})
}

// Equal values that are written differently are recorded as written, without a request. Terraform
// does not let a provider keep the former spelling in a final plan if a part was unknown in the
// first plan, and a provider cannot know that.
func TestTaskdataWrittenDifferentlySendsNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	id, region := sandbox.SeedVPCIDField, sandbox.SeedVPCRegionField
	written := func(does plancheck.ResourceActionType, taskdata string, arguments ...any) resource.TestStep {
		return resource.TestStep{
			Config:            h.task(vpcTask, "taskdata = "+fmt.Sprintf(taskdata, arguments...)),
			ConfigPlanChecks:  action(does),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("PUT", "POST"), h.fired(sandbox.SeedVPCTaskID, 1)},
		}
	}
	h.run(
		written(plancheck.ResourceActionCreate, `{ %q = "vpc-1", %q = { id = 2, text = "eu-central-1" } }`, id, region),
		written(plancheck.ResourceActionNoop, `{ %q = { text = "eu-central-1", id = 2.0 }, %q = "vpc-1" }`, region, id),
		written(plancheck.ResourceActionNoop, `jsondecode("{\"%s\": {\"id\": 2e0, \"text\": \"eu-central-1\"}, \"%s\": \"vpc-1\"}")`, region, id),
		written(plancheck.ResourceActionUpdate, `{ %q = { text = "eu-central-1", id = "2" }, %q = "vpc-1\r\n" }`, region, id),
	)
	m := newHarness(t, sandbox.Config{})
	step := func(does plancheck.ResourceActionType, lines string) resource.TestStep {
		return resource.TestStep{Config: m.task(vpcTask, lines), ConfigPlanChecks: action(does), ConfigStateChecks: []statecheck.StateCheck{m.wrote("PUT", "POST")}}
	}
	m.run(
		step(plancheck.ResourceActionCreate, fmt.Sprintf(`taskdata = { %q = "vpc-1" }`, id)),
		step(plancheck.ResourceActionUpdate, fmt.Sprintf(`taskdata = tomap({ %q = "vpc-1" })`, id)),
		step(plancheck.ResourceActionNoop, fmt.Sprintf(`taskdata = tomap({ %q = "vpc-1" })`, id)),
	)
}

// Equal values may be written differently while a part of them is known only after apply. Terraform
// compares the types and texts of the plan with those of the final plan and of the result. Each
// pair has a block and a task of its own, in one configuration.
func TestTaskdataWrittenDifferentlyWhilePartIsUnknown(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	later := regexp.MustCompile(`later\(("[^"]*")\)`)
	blocks := func(i int, task, known, trigger, values string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"later%d\" {\n  input            = %s\n  triggers_replace = %q\n}\n", i, known, trigger) +
			fmt.Sprintf("resource \"tallyfy_task_completion\" \"it%d\" {\n  run_id = %q\n  task_id = %q\n  form_fields = %s\n}\n",
				i, sandbox.SeedRunID, task, later.ReplaceAllString(values, fmt.Sprintf("terraform_data.later%d.output", i)))
	}
	var before, after string
	var updates []plancheck.PlanCheck
	names := map[string]string{} // task to name of the pair
	for i, c := range []struct{ name, before, after string }{
		{"a map, then an object", `tomap({ "VPC id" = "vpc-1" })`, `{ "VPC id" = later("vpc-1") }`},
		{"an object, then a map", `{ "VPC id" = "vpc-1", Tier = "critical" }`, `tomap({ "VPC id" = later("vpc-1"), Tier = "critical" })`},
		{"a list, then a tuple", `{ "VPC id" = "vpc-1", "Checks done" = tolist(["Flow logs", "DNS"]) }`, `{ "VPC id" = "vpc-1", "Checks done" = ["Flow logs", later("DNS")] }`},
		{"a tuple, then a set", `{ "VPC id" = "vpc-1", "Checks done" = ["DNS", "Flow logs"] }`, `{ "VPC id" = "vpc-1", "Checks done" = toset(["DNS", later("Flow logs")]) }`},
		{"another text beside", `{ "VPC id" = "vpc-1", Notes = "a\nb" }`, `{ "VPC id" = later("vpc-1"), Notes = "a\r\nb\n" }`},
		{"a number, then a text", `{ "VPC id" = "vpc-1", Notes = 42 }`, `{ "VPC id" = later("vpc-1"), Notes = "42" }`},
		{"a Boolean of a map", `{ "VPC id" = true, Notes = null }`, `tomap({ "VPC id" = later("true"), Notes = null })`},
		{"a whole that is unknown", `{ "VPC id" = "vpc-1" }`, `later("x") == "x" ? tomap({ "VPC id" = "vpc-1" }) : null`},
		{"an object with an empty part", `{ "VPC id" = "vpc-1", Reviewers = { users = [1001], guests = [] } }`, `{ "VPC id" = later("vpc-1"), Reviewers = { users = ["1001"], guests = null } }`},
	} {
		task, _ := h.Task(sandbox.SeedVPCTaskID)
		task.ID = fmt.Sprintf("7a5cb%027d", i)
		h.AddTask(task)
		names[task.ID] = c.name
		known := later.FindStringSubmatch(c.after)[1]
		before += blocks(i, task.ID, known, "1", c.before)
		after += blocks(i, task.ID, known, "2", c.after)
		updates = append(updates, plancheck.ExpectResourceAction(fmt.Sprintf("tallyfy_task_completion.it%d", i), plancheck.ResourceActionUpdate))
	}
	sendsNothing := stateCheck(func() (err error) {
		for id, name := range names {
			var wrote []string
			for _, entry := range h.Journal() {
				if entry.Method != http.MethodGet && strings.Contains(entry.Path+string(entry.Body), id) {
					wrote = append(wrote, entry.Method)
				}
			}
			if !slices.Equal(wrote, []string{http.MethodPut, http.MethodPost}) { // the requests of the first step
				err = errors.Join(err, fmt.Errorf("%s: the writes are %v", name, wrote))
			}
		}
		return err
	})
	h.run(
		resource.TestStep{Config: h.config(before)},
		resource.TestStep{
			Config:            h.config(after),
			ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: updates},
			ConfigStateChecks: []statecheck.StateCheck{sendsNothing},
		},
	)
}

// All arguments of a resource may be known only after apply.
func TestAllArgumentsUnknown(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(resource.TestStep{
		Config: fmt.Sprintf(`
resource "terraform_data" "later" {
  input = { token = %q, org = %q, url = %q, run = %q, task = %q, field = %q, yes = true, user = 1002, timeout = "20s", retries = 1 }
}
provider "tallyfy" {
  access_token    = terraform_data.later.output.token
  organization_id = terraform_data.later.output.org
  base_url        = terraform_data.later.output.url
  max_retries     = terraform_data.later.output.retries
  request_timeout = terraform_data.later.output.timeout
}
resource "tallyfy_task_completion" "it" {
  run_id        = terraform_data.later.output.run
  task_id       = terraform_data.later.output.task
  is_approved   = terraform_data.later.output.yes
  override_user = terraform_data.later.output.user
  taskdata      = { (terraform_data.later.output.field) = terraform_data.later.output.task }
}
`, sandbox.DefaultToken, sandbox.DefaultOrganization, h.URL(), sandbox.SeedRunID, sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField),
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("GET", "PUT", "POST"),
			h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, sandbox.SeedVPCTaskID),
		},
	})
}

// An unknown value is planned as an update. If it is the same after all, nothing is sent.
func TestUnknownValueThatStaysTheSameSendsNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	config := func(trigger string) string {
		return h.config(fmt.Sprintf("resource \"terraform_data\" \"vpc\" {\n  input            = \"vpc-1\"\n  triggers_replace = %q\n}\n", trigger) +
			block(vpcTask, vpcValue("terraform_data.vpc.output")))
	}
	h.run(
		resource.TestStep{Config: config("1")},
		resource.TestStep{
			PreConfig:         h.ResetJournal,
			Config:            config("2"),
			ConfigPlanChecks:  action(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{h.sent("GET"), h.fired(sandbox.SeedVPCTaskID, 1)}, // the refresh
		})
}
