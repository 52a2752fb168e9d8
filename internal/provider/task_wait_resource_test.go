// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const theWait = "tallyfy_task_wait.it"

// waitFor returns a block of the resource, "tallyfy_task_wait.it", with these lines.
func waitFor(lines ...string) string {
	return "resource \"tallyfy_task_wait\" \"it\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

// decided decides the seeded approval as a colleague.
func (h *harness) decided(approved bool) {
	h.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, &approved)
}

// TestTaskWaitRecordsTheTask has a person approve while an apply waits. The apply continues and
// records who approved. Only GETs are sent.
func TestTaskWaitRecordsTheTask(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	polls := 0
	h.Inject(sandbox.Fault{Method: http.MethodGet, Times: -1, Before: func(*http.Request) {
		if polls++; polls == 3 {
			h.decided(true)
		}
	}})
	config := h.config(waitFor(approval, `poll_interval = "1s"`))
	h.run(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("id"), knownvalue.StringExact(sandbox.DefaultOrganization+"/"+sandbox.SeedRunID+"/"+sandbox.SeedApprovalTaskID)),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("status"), knownvalue.StringExact("completed")),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("title"), knownvalue.StringExact("Approve the change")),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("task_type"), knownvalue.StringExact("approval")),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("is_approved"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("completed_at"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("completer_id"), knownvalue.Int64Exact(sandbox.SeedColleagueID)),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("completer_guest_id"), knownvalue.Null()),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("fail_on_rejection"), knownvalue.Bool(true)),
				h.wrote(),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
	)
	if err := h.writes(); err != nil {
		t.Error(err)
	}
}

func TestTaskWaitWaysToNameATask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ task, lines, run string }{
		"by its process":  {sandbox.SeedPlainTaskID, plainTask, sandbox.SeedRunID},
		"by its ID alone": {sandbox.SeedPlainTaskID, fmt.Sprintf("task_id = %q", sandbox.SeedPlainTaskID), sandbox.SeedRunID},
		"of no process":   {sandbox.SeedOneOffTaskID, oneOff, ""},
		"by its alias":    {sandbox.SeedPlainTaskID, fmt.Sprintf("run_id = %q\n  alias = %q", sandbox.SeedRunID, "announce-the-maintenance-window"), sandbox.SeedRunID},
		"in another organization": {
			sandbox.SeedPlainTaskID, plainTask + fmt.Sprintf("\n  organization_id = %q", sandbox.DefaultOrganization), sandbox.SeedRunID,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.CompleteOutside(c.task, sandbox.SeedColleagueID, nil)
			run := knownvalue.Check(knownvalue.Null())
			if c.run != "" {
				run = knownvalue.StringExact(c.run)
			}
			config := h.config(waitFor(c.lines))
			h.run(
				resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(theWait, tfjsonpath.New("task_id"), knownvalue.StringExact(c.task)),
					statecheck.ExpectKnownValue(theWait, tfjsonpath.New("run_id"), run),
					statecheck.ExpectKnownValue(theWait, tfjsonpath.New("is_approved"), knownvalue.Null()),
				}},
				resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
				resource.TestStep{
					ResourceName: theWait, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"alias"},
					ImportStateId: sandbox.DefaultOrganization + "/" + c.run + "/" + c.task,
				},
			)
			if err := h.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTaskWaitRefusesConfigurations(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	for lines, says := range map[string]string{
		"":                              `Missing Attribute Configuration`,
		plainTask + "\n  alias = \"x\"": `Invalid Attribute Combination`,
		`alias = "x"`:                   `run_id`,
		`task_id = "a b"`:               `Invalid ID`,
		plainTask + "\n  poll_interval = \"999ms\"":       `poll_interval cannot be used: it must be at least 1s`,
		plainTask + "\n  poll_interval = \"soon\"":        `Invalid Duration`,
		plainTask + "\n  timeouts {\n create = \"0s\"\n}": `Invalid Duration`,
	} {
		h.run(resource.TestStep{Config: h.config(waitFor(lines)), ExpectError: regexp.MustCompile(says), PlanOnly: true})
	}
	if n := len(h.Journal()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A rejection fails the apply, is not recorded, and fails the next plan. Dependent resources are
// not created.
func TestTaskWaitFailsOnARejection(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.decided(false)
	after := "resource \"terraform_data\" \"production\" {\n  depends_on = [tallyfy_task_wait.it]\n}\n"
	h.run(
		resource.TestStep{Config: h.config(waitFor(approval) + after), ExpectError: regexp.MustCompile(`(?s)Approval Was Rejected.*rejected by\s+user 1002`)},
		resource.TestStep{Config: h.configWith("", waitFor(approval)+after), PlanOnly: true, ExpectError: regexp.MustCompile(`Approval Was Rejected`)},
		resource.TestStep{
			Config: h.config(waitFor(approval, "fail_on_rejection = false") + after),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("is_approved"), knownvalue.Bool(false)), h.wrote(),
			},
		},
		resource.TestStep{ // a recorded rejection that is no longer accepted
			Config: h.config(waitFor(approval) + after), ExpectError: regexp.MustCompile(`(?s)Approval Was Rejected.*fail_on_rejection\s+is\s+true\s+now`),
		},
	)
}

// Settings of the wait change in place, without requests besides those of the refresh.
func TestTaskWaitUpdatesInPlace(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.decided(true)
	updates := func(lines string) resource.TestStep {
		return resource.TestStep{
			PreConfig: h.ResetJournal,
			Config:    h.config(waitFor(approval, lines)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(theWait, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(theWait, tfjsonpath.New("completed_at"), knownvalue.NotNull()),
			}},
			ConfigStateChecks: []statecheck.StateCheck{h.wrote()},
		}
	}
	h.run(
		resource.TestStep{Config: h.config(waitFor(approval))},
		updates("fail_on_rejection = false"),
		updates(`poll_interval = "1m"`),
		updates("timeouts {\n    create = \"8h\"\n  }"),
	)
}

// Another task forces a new wait. A destroy sends no request.
func TestTaskWaitIsReplaced(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.decided(true)
	h.CompleteOutside(sandbox.SeedPlainTaskID, sandbox.SeedColleagueID, nil)
	replaces := func(lines string) resource.TestStep {
		return resource.TestStep{Config: h.config(waitFor(lines)), ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(theWait, plancheck.ResourceActionDestroyBeforeCreate)},
		}}
	}
	byAlias := func(alias string) string { return fmt.Sprintf("run_id = %q\n  alias = %q", sandbox.SeedRunID, alias) }
	h.run(
		resource.TestStep{Config: h.config(waitFor(approval))},
		replaces(plainTask),
		replaces(byAlias("announce-the-maintenance-window")),
		replaces(byAlias("approve-the-change")),
		resource.TestStep{Config: h.config(waitFor(byAlias("approve-the-change"))), ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(theWait, tfjsonpath.New("task_id"), knownvalue.StringExact(sandbox.SeedApprovalTaskID)),
		}},
	)
	if err := h.writes(); err != nil {
		t.Error(err)
	}
}

// waiter returns a provider with a wait, called over its protocol.
func (h *harness) waiter(settings attributes) *driver {
	h.Helper()
	all := attributes{"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": h.URL(), "max_retries": 0}
	for name, value := range settings {
		all[name] = value
	}
	terraform, err := prototest.New(h.Context(), New("test"), all, "tallyfy_task_wait")
	if err != nil {
		h.Fatal(err)
	}
	return &driver{T: h.T, Terraform: terraform}
}

// waits applies a block, and returns the messages.
func (d *driver) waits(block attributes) string {
	d.Helper()
	plan, err := d.Plan(d.Context(), block)
	if err != nil {
		d.Fatal(err)
	}
	said := plan.String()
	if plan.Failed() {
		return said
	}
	more, err := d.Apply(d.Context(), plan)
	if err != nil {
		d.Fatal(err)
	}
	return strings.TrimSpace(said + "\n" + more.String())
}

// plans plans a block, and returns the action and the messages.
func (d *driver) plans(block attributes) (prototest.Action, string) {
	d.Helper()
	plan, err := d.Plan(d.Context(), block)
	if err != nil {
		d.Fatal(err)
	}
	return plan.Action, plan.String()
}

func approvalBlock(more attributes) attributes {
	block := attributes{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedApprovalTaskID}
	for name, value := range more {
		block[name] = value
	}
	return block
}

// A failed wait records nothing, and no tainted resource.
func TestTaskWaitThatFailsRecordsNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	d := h.waiter(attributes{"preflight": false})
	block := approvalBlock(attributes{"poll_interval": "1s", "timeouts": tftypes.NewValue(
		tftypes.Object{AttributeTypes: map[string]tftypes.Type{"create": tftypes.String, "read": tftypes.String}},
		map[string]tftypes.Value{"create": text("1s"), "read": tftypes.NewValue(tftypes.String, nil)})})
	if said := d.waits(block); !strings.HasPrefix(said, "Error: Wait Timed Out: Waited 1s (timeouts.create)") || d.State != nil {
		t.Errorf("the state is %+v, and it says %q", d.State, said)
	}
	h.decided(true)
	if said := d.waits(block); said != "" || d.State == nil || d.State.Tainted {
		t.Errorf("the state is %+v, and it says %q", d.State, said)
	}
	if err := h.writes(); err != nil {
		t.Error(err)
	}
}
