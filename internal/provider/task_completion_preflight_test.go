// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// seeded returns a driver and its seeded sandbox.
func seeded(t *testing.T, settings attributes) (*driver, *sandbox.Server) {
	t.Helper()
	server := newHarness(t, sandbox.Config{}).Server
	all := attributes{"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": server.URL(), "max_retries": 0}
	for name, value := range settings {
		all[name] = value
	}
	return newDriver(t, all), server
}

// planDiagnostics plans, and returns the diagnostics as text, even if the plan fails.
func (d *driver) planDiagnostics(state, config attributes) string {
	d.Helper()
	if d.State = nil; state != nil {
		d.Record(state)
	}
	plan, err := d.PlanAsRecorded(d.Context(), config)
	if err != nil {
		d.Fatal(err)
	}
	return plan.String()
}

func vpcFields(value any) tftypes.Value {
	return object(map[string]tftypes.Value{"VPC id": tftypes.NewValue(tftypes.String, value)})
}

// vpcState returns the state of the VPC task, completed with vpc-1.
func vpcState(s *sandbox.Server) attributes {
	s.CompleteOutsideWith(sandbox.SeedVPCTaskID, sandbox.CallerID, nil, map[string]any{sandbox.SeedVPCIDField: "vpc-1"})
	task, _ := s.Task(sandbox.SeedVPCTaskID)
	s.ResetJournal()
	return attributes{
		"id": sandbox.DefaultOrganization + "/" + sandbox.SeedRunID + "/" + sandbox.SeedVPCTaskID, "organization_id": sandbox.DefaultOrganization,
		"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedVPCTaskID, "status": "completed", "title": "Provision the VPC", "task_type": "task",
		"completed_at": task.CompletedAt, "completer_id": sandbox.CallerID, "form_fields": vpcFields("vpc-1"),
	}
}

func vpcBlock(value any) attributes {
	return attributes{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedVPCTaskID, "form_fields": vpcFields(value)}
}

// An update is checked as a create is, with one read of the task.
func TestPlanChecksAnUpdate(t *testing.T) {
	t.Parallel()
	with := func(name string, value any) attributes {
		block := vpcBlock("vpc-1")
		block[name] = value
		return block
	}
	for name, c := range map[string]struct {
		before string // the value in the state; the value of the task is vpc-1
		block  attributes
		says   []string
		gets   int
	}{
		"another value":      {"vpc-1", vpcBlock("vpc-2"), []string{"Warning: Update Reopens the Task and Completes It Again: ", `differs from the state: form_fields "VPC id".`}, 1},
		"what it holds":      {"vpc-0", vpcBlock("vpc-1"), []string{"Warning: Task Is Already as Configured: ", "no completion is sent"}, 1},
		"unknown label":      {"vpc-1", with("form_fields", object(map[string]tftypes.Value{"Vpc Id": text("x")})), []string{"Error: Unknown Form Field: ", `Did you mean "VPC id"?`}, 1},
		"unknown option":     {"vpc-1", with("form_fields", object(map[string]tftypes.Value{"VPC id": text("vpc-1"), "Tier": text("platinum")})), []string{"Error: Invalid Form Value: "}, 1},
		"required, null":     {"vpc-1", vpcBlock(nil), []string{"Error: Required Field Is Empty: "}, 1},
		"value known later":  {"vpc-1", vpcBlock(tftypes.UnknownValue), []string{"Warning: Update May Reopen the Task and Complete It Again: ", `Known only after apply: form_fields "VPC id".`}, 1},
		"values known later": {"vpc-1", with("form_fields", tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue)), []string{"Warning: Update May Reopen the Task and Complete It Again: ", "Known only after apply: form_fields."}, 1},
		"map known later":    {"vpc-1", with("form_fields", tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, tftypes.UnknownValue)), []string{"Warning: Update May Reopen the Task and Complete It Again: ", "Known only after apply: form_fields."}, 1},
		"decision":           {"vpc-1", with("is_approved", true), []string{"Warning: Decision Has No Effect on This Task: Provision the VPC: ", "Warning: Task Is Already as Configured: "}, 1},
		"completer":          {"vpc-1", with("override_user", 1002), []string{"Warning: Update Reopens the Task and Completes It Again: ", "differs from the state: override_user."}, 1},
		"completer later":    {"vpc-1", with("override_user", tftypes.UnknownValue), []string{"Warning: Update May Reopen the Task and Complete It Again: ", "Known only after apply: override_user."}, 1},
		"a setting":          {"vpc-1", with("reopen_on_destroy", true), nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, server := seeded(t, nil)
			state := vpcState(server)
			state["form_fields"] = vpcFields(c.before)
			said := d.planDiagnostics(state, c.block)
			for _, part := range c.says {
				if !strings.Contains(said, part) {
					t.Errorf("%q is missing in:\n%s", part, said)
				}
			}
			if strings.Count(said, "Error: ")+strings.Count(said, "Warning: ") > max(1, len(c.says)) || c.says == nil && said != "" {
				t.Errorf("it says:\n%s", said)
			}
			if n := server.Count(http.MethodGet, ""); n != c.gets || n != server.Count("", "") {
				t.Errorf("%d GETs of %d requests, want %d", n, server.Count("", ""), c.gets)
			}
		})
	}
}

// A decision that is known only after apply does not contradict any decision of another block.
func TestUnknownDecisionContradictsNoOtherBlock(t *testing.T) {
	t.Parallel()
	for _, decision := range []bool{true, false} {
		h := newHarness(t, sandbox.Config{})
		known := strings.Replace(block(approval, fmt.Sprintf("is_approved = %t", decision)), `"it"`, `"known"`, 1)
		later := block(approval, "is_approved = terraform_data.checks.output")
		h.run(resource.TestStep{
			Config:            h.configWith("", fmt.Sprintf("resource \"terraform_data\" \"checks\" {\n  input = %t\n}\n", decision)+known+later),
			ConfigStateChecks: []statecheck.StateCheck{h.wrote("POST"), h.fired(sandbox.SeedApprovalTaskID, 1)},
		})
	}
}

// The warning of an update is on the attribute that changed.
func TestWarningOfAnUpdateIsOnTheChangedAttribute(t *testing.T) {
	t.Parallel()
	d, server := seeded(t, nil)
	d.Record(vpcState(server))
	plan, err := d.PlanAsRecorded(t.Context(), vpcBlock("vpc-2"))
	if err != nil || len(plan.Diagnostics) != 1 {
		t.Fatal(plan, err)
	}
	if at := plan.Diagnostics[0].Attribute.String(); !strings.Contains(at, "form_fields") || !strings.Contains(at, "VPC id") {
		t.Errorf("it is on %s", at)
	}
}

// The apply records the planned values, even if the completion turns out to be that of a guest.
func TestApplyRecordsThePlannedValues(t *testing.T) {
	t.Parallel()
	d, server := seeded(t, nil)
	d.Record(vpcState(server))
	plan, err := d.PlanAsRecorded(t.Context(), vpcBlock("vpc-2"))
	if err != nil || plan.Failed() {
		t.Fatal(plan, err)
	}
	server.Update(sandbox.SeedVPCTaskID, func(k *sandbox.Task) {
		k.Extra, k.Taskdata = map[string]any{"completer_id": nil, "completer_guest_id": "guest-1"}, map[string]any{sandbox.SeedVPCIDField: "vpc-2"}
	})
	said, err := d.Apply(t.Context(), plan)
	if err != nil || said.Failed() || !strings.Contains(said.String(), "Task Is Already as Configured") {
		t.Fatal(said, err)
	}
	if said, err = d.Refresh(t.Context()); err != nil || said.Failed() {
		t.Fatal(said, err)
	}
	if guest := d.attributes(d.State.Value)["completer_guest_id"]; !guest.Equal(text("guest-1")) {
		t.Errorf("completer_guest_id is %s", guest)
	}
}

// Terraform plans a replacement twice, and shows the warnings of the first plan, which checks the
// new task.
func TestPlanOfAReplacementChecksTheNewTask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		block attributes
		says  []string
	}{
		"not there":     {attributes{"task_id": "7a5c000000000000000000000000dead", "run_id": sandbox.SeedRunID}, []string{"Warning: Task Cannot Be Found: 7a5c000000000000000000000000dead: "}},
		"no decision":   {attributes{"task_id": sandbox.SeedApprovalTaskID, "run_id": sandbox.SeedRunID}, []string{"Error: Approval Needs a Decision: "}},
		"without a run": {attributes{"task_id": sandbox.SeedApprovalTaskID}, []string{"Error: Approval Needs a Decision: "}},
		"known later":   {attributes{"task_id": tftypes.UnknownValue}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, server := seeded(t, nil)
			said := d.planDiagnostics(vpcState(server), c.block)
			for _, part := range append(c.says, "Warning: Destroy Does Not Reopen the Task: ") {
				if !strings.Contains(said, part) {
					t.Errorf("%q is missing in:\n%s", part, said)
				}
			}
			if server.Count("", "") != server.Count(http.MethodGet, "") {
				t.Error("something was written")
			}
		})
	}
}

// A refused token is a warning that names the source of the token. It does not fail the plan.
func TestPlanWithARefusedToken(t *testing.T) {
	t.Parallel()
	d, _ := seeded(t, attributes{"access_token": "expired-token-of-somebody"})
	said := d.planDiagnostics(nil, attributes{"task_id": sandbox.SeedPlainTaskID, "run_id": sandbox.SeedRunID})
	for _, part := range []string{"Warning: Tasks Could Not Be Checked: ", "401", "Token from: access_token in the provider block", "Check the access token"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q is missing in:\n%s", part, said)
		}
	}
	if strings.Contains(said, "expired-token-of-somebody") || strings.Contains(said, "Error: ") {
		t.Error(said)
	}
}

// Blocks that Terraform validates before it plans the first one are checked by the list of their
// process. A block that is alone is checked by a read of its task, and the apply uses that read.
func TestValidatedBlocksShareTheList(t *testing.T) {
	t.Parallel()
	const resource = "tallyfy_task_completion"
	tasks := []string{sandbox.SeedPlainTaskID, "7a5c00000000000000000000000000aa"}
	for name, c := range map[string]struct {
		validated, planned int
		organization       any
		want               string
	}{
		"one":                     {1, 1, nil, "GET task"},
		"two":                     {2, 2, nil, "GET tasks"},
		"two with organization":   {2, 2, sandbox.DefaultOrganization, "GET tasks"},
		"one that waits":          {1, 2, nil, "GET task, GET tasks"},
		"of unknown organization": {1, 1, tftypes.UnknownValue, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.AddTask(sandbox.Task{ID: tasks[1], RunID: sandbox.SeedRunID})
			session := h.session(nil)
			said := func(got prototest.Diagnostics, err error) {
				t.Helper()
				if err != nil || got.Failed() {
					t.Fatalf("%v\n%s", err, got)
				}
			}
			block := func(n int) prototest.Attributes {
				return prototest.Attributes{"run_id": sandbox.SeedRunID, "task_id": tasks[n], "organization_id": c.organization}
			}
			for n := range c.validated {
				said(session.Validate(t.Context(), resource, block(n)))
			}
			for n := range c.planned {
				said(session.Plan(t.Context(), resource, block(n)))
			}
			var got []string
			for _, entry := range h.Journal() {
				got = append(got, entry.Method+map[bool]string{true: " tasks", false: " task"}[strings.HasSuffix(entry.Path, "/tasks")])
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("requests: %q, want %q", got, c.want)
			}
		})
	}
	t.Run("an apply", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t, sandbox.Config{})
		block := prototest.Attributes{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedPlainTaskID}
		if said, err := h.session(nil).Create(t.Context(), resource, block); err != nil || said.Failed() {
			t.Fatalf("%v\n%s", err, said)
		}
		if n := h.Count(http.MethodGet, ""); n != 1 || h.Count(http.MethodPost, "") != 1 || h.Webhooks(sandbox.SeedPlainTaskID) != 1 {
			t.Errorf("%d × GET, %d × POST", n, h.Count(http.MethodPost, ""))
		}
	})
}
