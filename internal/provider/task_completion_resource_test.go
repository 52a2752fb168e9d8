// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// The testing framework plans again after each step, and fails the test if that plan is not empty.

func at(attribute string) tfjsonpath.Path { return tfjsonpath.New(attribute) }

func expect(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(it, at(attribute), value)
}

func action(a plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(it, a)}}
}

func TestProcessTask(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(resource.TestStep{
		Config: h.task(plainTask),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(it, plancheck.ResourceActionCreate),
			plancheck.ExpectKnownValue(it, at("organization_id"), knownvalue.StringExact(sandbox.DefaultOrganization)),
			plancheck.ExpectUnknownValue(it, at("status")),
		}},
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("GET /runs/"+sandbox.SeedRunID+"/tasks/"+sandbox.SeedPlainTaskID, "POST /runs/"+sandbox.SeedRunID+"/completed-tasks"),
			h.fired(sandbox.SeedPlainTaskID, 1),
			expect("id", knownvalue.StringExact(sandbox.DefaultOrganization+"/"+sandbox.SeedRunID+"/"+sandbox.SeedPlainTaskID)),
			expect("status", knownvalue.StringExact("completed")),
			expect("title", knownvalue.StringExact("Announce the maintenance window")),
			expect("task_type", knownvalue.StringExact("task")),
			expect("completed_at", knownvalue.StringRegexp(regexp.MustCompile(`^20\d\d-.*Z$`))),
			expect("completer_id", knownvalue.Int64Exact(sandbox.CallerID)),
			expect("completer_guest_id", knownvalue.Null()),
			expect("is_approved", knownvalue.Null()),
			expect("tasks_changed_by_rules", knownvalue.StringExact("[]")),
		},
	}, resource.TestStep{ // a second apply reads, and sends nothing
		PreConfig:         h.ResetJournal,
		Config:            h.task(plainTask),
		ConfigPlanChecks:  action(plancheck.ResourceActionNoop),
		ConfigStateChecks: []statecheck.StateCheck{h.wrote()},
	})
	// The framework has destroyed the resource.
	if err := h.writes(); err != nil {
		t.Errorf("destroy: %v", err)
	}
	if task, _ := h.Task(sandbox.SeedPlainTaskID); task.CompletedAt == "" {
		t.Error("destroy touched the task")
	}
}

func TestOneOffTask(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(resource.TestStep{
		Config: h.task(oneOff, fmt.Sprintf("taskdata = { %q = %q }", sandbox.SeedKeyField, "SHA256:abc")),
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("GET /tasks/"+sandbox.SeedOneOffTaskID, "PUT /tasks/"+sandbox.SeedOneOffTaskID, "POST "+sandbox.DefaultOrganization+"/completed-tasks"),
			h.holds(sandbox.SeedOneOffTaskID, sandbox.SeedKeyField, "SHA256:abc"),
			expect("run_id", knownvalue.Null()),
			expect("id", knownvalue.StringExact(sandbox.DefaultOrganization+"//"+sandbox.SeedOneOffTaskID)),
			expect("tasks_changed_by_rules", knownvalue.Null()),
		},
	})
	if task, _ := h.Task(sandbox.SeedOneOffTaskID); len(task.Owners.Users) != 1 || len(task.Owners.Guests) != 1 || len(task.Owners.Groups) != 1 || task.Deadline == "" {
		t.Errorf("saving the values changed the task: %+v", task)
	}
}

func TestProcessIsFoundByTheProvider(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(resource.TestStep{
		Config: h.task(fmt.Sprintf("task_id = %q", sandbox.SeedPlainTaskID)),
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("GET "+sandbox.DefaultOrganization+"/tasks/"+sandbox.SeedPlainTaskID, "POST /runs/"+sandbox.SeedRunID+"/completed-tasks"),
			expect("run_id", knownvalue.StringExact(sandbox.SeedRunID)),
		},
	}, resource.TestStep{ // configuring the process that Tallyfy has reported changes nothing
		PreConfig:         h.ResetJournal,
		Config:            h.task(plainTask),
		ConfigPlanChecks:  action(plancheck.ResourceActionNoop),
		ConfigStateChecks: []statecheck.StateCheck{h.wrote()},
	}, resource.TestStep{
		Config:            h.task(fmt.Sprintf("task_id = %q", sandbox.SeedPlainTaskID)),
		ConfigPlanChecks:  action(plancheck.ResourceActionNoop),
		ConfigStateChecks: []statecheck.StateCheck{h.wrote()},
	})
}

func TestApproval(t *testing.T) {
	t.Parallel()
	for _, approved := range []bool{true, false} {
		t.Run(fmt.Sprint(approved), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.run(resource.TestStep{
				Config: h.task(approval, fmt.Sprintf("is_approved = %v", approved)),
				ConfigStateChecks: []statecheck.StateCheck{
					h.sent("GET", "POST"),
					expect("is_approved", knownvalue.Bool(approved)),
					expect("task_type", knownvalue.StringExact("approval")),
				},
			})
			if task, _ := h.Task(sandbox.SeedApprovalTaskID); task.IsApproved == nil || *task.IsApproved != approved {
				t.Errorf("the task holds %v", task.IsApproved)
			}
		})
	}
}

func TestCompletionByEachVersionOfTheAPI(t *testing.T) {
	t.Parallel()
	for name, vintage := range map[string]sandbox.Vintage{"today": sandbox.Today, "legacy": sandbox.Legacy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{Vintage: vintage})
			h.run(resource.TestStep{
				Config: h.task(vpcTask, vpcValue(`"vpc-1"`)),
				ConfigStateChecks: []statecheck.StateCheck{
					h.sent("GET", "PUT", "POST"),
					h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, "vpc-1"),
					h.fired(sandbox.SeedVPCTaskID, 1),
				},
			})
		})
	}
}

func TestServerThatOnlyAcceptsCompletions(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{CompletionOnly: true})
	h.run(resource.TestStep{
		Config: h.task(plainTask),
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("GET", "POST"),
			expect("status", knownvalue.StringExact("completed")),
			expect("title", knownvalue.NotNull()),
		},
	})
	if err := h.writes("POST"); err != nil {
		t.Error(err)
	}
}

func TestReopenedTaskIsPlannedAgain(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(
		resource.TestStep{Config: h.task(plainTask)},
		resource.TestStep{
			PreConfig:        func() { h.ReopenOutside(sandbox.SeedPlainTaskID) },
			Config:           h.task(plainTask),
			ConfigPlanChecks: action(plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				h.wrote("POST", "POST"),
				expect("status", knownvalue.StringExact("completed")),
			},
		})
}

func TestDeletedTaskStaysRecorded(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(
		resource.TestStep{Config: h.task(plainTask)},
		resource.TestStep{
			PreConfig:        func() { h.DeleteTask(sandbox.SeedPlainTaskID) },
			Config:           h.task(plainTask),
			ConfigPlanChecks: action(plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{
				h.wrote("POST"),
				expect("status", knownvalue.StringExact("completed")),
			},
		})
}

func TestUpdateReopensAndCompletes(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(
		resource.TestStep{Config: h.task(vpcTask, vpcValue(`"vpc-1"`)), ConfigStateChecks: []statecheck.StateCheck{h.wrote("PUT", "POST")}},
		resource.TestStep{
			PreConfig: h.ResetJournal,
			Config:    h.task(vpcTask, vpcValue(`"vpc-2"`)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(it, plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(it, at("completed_at")),
				plancheck.ExpectUnknownValue(it, at("status")),
				plancheck.ExpectKnownValue(it, at("title"), knownvalue.StringExact("Provision the VPC")),
				plancheck.ExpectKnownValue(it, at("id"), knownvalue.NotNull()),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				h.wrote("DELETE", "PUT", "POST"),
				h.holds(sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, "vpc-2"),
				h.fired(sandbox.SeedVPCTaskID, 2),
				expect("status", knownvalue.StringExact("completed")),
			},
		})
}

func TestChangedDecisionIsAnUpdate(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(
		resource.TestStep{Config: h.task(approval, "is_approved = true")},
		resource.TestStep{
			PreConfig:         h.ResetJournal,
			Config:            h.task(approval, "is_approved = false"),
			ConfigPlanChecks:  action(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("DELETE", "POST"), expect("is_approved", knownvalue.Bool(false))},
		},
		resource.TestStep{ // a person has decided differently: the plan shows it
			PreConfig: func() {
				h.ReopenOutside(sandbox.SeedApprovalTaskID)
				h.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(true))
				h.ResetJournal()
			},
			Config:            h.task(approval, "is_approved = false"),
			ConfigPlanChecks:  action(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("DELETE", "POST")},
		})
}

func TestSettingsOnlyChangeTheState(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	steps := []resource.TestStep{{Config: h.task(plainTask)}}
	for _, lines := range []string{"reopen_on_destroy = true", "reopen_on_destroy = false", "timeouts {\n    create = \"1m\"\n    update = \"90s\"\n  }", "taskdata = {}"} {
		steps = append(steps, resource.TestStep{
			PreConfig: h.ResetJournal,
			Config:    h.task(plainTask, lines),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(it, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(it, at("completed_at"), knownvalue.NotNull()),
				plancheck.ExpectKnownValue(it, at("completer_guest_id"), knownvalue.Null()),
			}},
			ConfigStateChecks: []statecheck.StateCheck{h.wrote(), h.fired(sandbox.SeedPlainTaskID, 1)},
		})
	}
	h.run(steps...)
}

func TestAnotherTaskIsAReplacement(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(
		resource.TestStep{Config: h.task(plainTask)},
		resource.TestStep{
			PreConfig:        h.ResetJournal,
			Config:           h.task(oneOff),
			ConfigPlanChecks: action(plancheck.ResourceActionReplace),
			ConfigStateChecks: []statecheck.StateCheck{
				h.wrote("POST"),
				expect("title", knownvalue.StringExact("Rotate the deploy key")),
				expect("run_id", knownvalue.Null()),
			},
		})
}

func TestReopenOnDestroy(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(resource.TestStep{Config: h.task(plainTask, "reopen_on_destroy = true")})
	if err := h.writes("POST", "DELETE"); err != nil {
		t.Error(err)
	}
	if task, _ := h.Task(sandbox.SeedPlainTaskID); task.CompletedAt != "" {
		t.Error("the task is still completed")
	}
}

func TestEveryoneMustComplete(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	config := h.task(fmt.Sprintf("task_id = %q", sandbox.SeedEveryoneTaskID))
	h.run(
		resource.TestStep{
			Config:            config,
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("POST"), expect("status", knownvalue.StringExact("in-progress")), expect("completed_at", knownvalue.Null())},
		},
		resource.TestStep{
			PreConfig:         func() { h.CompleteOutside(sandbox.SeedEveryoneTaskID, sandbox.SeedColleagueID, nil) },
			Config:            config,
			ConfigPlanChecks:  action(plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("POST"), expect("status", knownvalue.StringExact("completed"))},
		})
}

// A lost response must neither taint the resource nor complete the task again.
func TestLostResponseIsRecorded(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.Inject(sandbox.Fault{Method: "POST", Handle: true, Drop: true})
	h.run(resource.TestStep{
		Config: h.task(plainTask),
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("GET", "POST", "GET"), h.fired(sandbox.SeedPlainTaskID, 1), expect("status", knownvalue.StringExact("completed")),
		},
	})
}

func TestNextApplyAdoptsALostCompletion(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.Inject(sandbox.Fault{Method: "POST", Handle: true, Drop: true})
	h.Inject(sandbox.Fault{Method: "GET", Skip: 1, Status: 404})
	h.run(
		resource.TestStep{Config: h.task(plainTask), ExpectError: regexp.MustCompile(`Completion May Have Gone Through`)},
		resource.TestStep{
			Config:            h.task(plainTask),
			ConfigPlanChecks:  action(plancheck.ResourceActionCreate),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("POST"), h.fired(sandbox.SeedPlainTaskID, 1)},
		})
}

// A refresh that Tallyfy rejects does not change the state.
func TestRejectedRefreshKeepsTheState(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(
		resource.TestStep{Config: h.task(plainTask)},
		resource.TestStep{
			PreConfig: func() {
				h.Inject(sandbox.Fault{Method: "GET", Status: 401, Body: `{"message":"Unauthenticated."}`})
			},
			Config:      h.task(plainTask),
			ExpectError: regexp.MustCompile(`(?s)Task Could Not Be Read.*401 Unauthorized.*Check the access\s+token.*Unauthenticated`),
		},
		resource.TestStep{
			Config:            h.task(plainTask),
			ConfigPlanChecks:  action(plancheck.ResourceActionNoop),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("POST")},
		})
}
