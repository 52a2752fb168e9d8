// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// The resources of other providers that a completion is moved from, with the attributes that are
// read.
func restapi(attributes string) prototest.Source {
	return prototest.Source{Provider: "registry.terraform.io/mastercard/restapi", Resource: "restapi_object", JSON: attributes}
}

func operation(version int64, attributes string) prototest.Source {
	return prototest.Source{Provider: "registry.opentofu.org/magodo/restful", Resource: "restful_operation", SchemaVersion: version, JSON: attributes}
}

func restful(version int64, attributes string) prototest.Source {
	return prototest.Source{Provider: "registry.terraform.io/magodo/restful", Resource: "restful_resource", SchemaVersion: version, JSON: attributes}
}

const inRun = `"path":"/organizations/o/runs/r/completed-tasks"`

// A moved state contains the IDs of the completion, and nothing else.
func TestMoveReadsTheIDs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from              prototest.Source
		organization, run string
	}{
		"restapi":                                  {restapi(`{` + inRun + `,"data":"{\"task_id\":\"t\"}","id":"7","api_response":"{\"data\":{\"id\":\"other\"}}"}`), "o", "r"},
		"restapi: a path to create by":             {restapi(`{"path":"/tasks","create_path":"/organizations/o/runs/r/completed-tasks","create_method":"post","data":"{\"task_id\":\"t\"}"}`), "o", "r"},
		"restapi: a one-off task":                  {restapi(`{"path":"/organizations/o/completed-tasks/","create_path":null,"data":"{\"task_id\":\"t\"}"}`), "o", ""},
		"restapi: the mount point in the path":     {restapi(`{"path":"api/organizations/o/runs/r/completed-tasks?with=run","data":"{\"task_id\":\"t\"}"}`), "o", "r"},
		"restapi: the organization in the URI":     {restapi(`{"path":"/runs/r/completed-tasks","data":"{\"task_id\":\"t\"}"}`), "", "r"},
		"restapi: the run in the URI":              {restapi(`{"path":"/completed-tasks","data":"{\"task_id\":\"t\"}"}`), "", ""},
		"restapi: a refresh replaced the data":     {restapi(`{` + inRun + `,"data":"{\"data\":{\"id\":\"t\",\"status\":\"completed\"}}","create_response":null}`), "o", "r"},
		"restapi: the POST's response counts most": {restapi(`{` + inRun + `,"data":"{}","create_response":"{\"data\":{\"id\":\"t\"}}","api_response":"{\"data\":{\"id\":\"r\"}}"}`), "o", "r"},
		"restapi: from a mirror":                   {prototest.Source{Provider: "mirror.example.com/Mastercard/restapi", Resource: "restapi_object", JSON: `{` + inRun + `,"data":"{\"task_id\":\"t\"}"}`}, "o", "r"},
		"operation of version 0":                   {operation(0, `{`+inRun+`,"method":"POST","body":"{\"task_id\":\"t\"}"}`), "o", "r"},
		"operation of version 1":                   {operation(1, `{`+inRun+`,"method":"POST","body":{"value":{"task_id":"t"},"type":["object",{"task_id":"string"}]}}`), "o", "r"},
		"operation of version 2":                   {operation(2, `{`+inRun+`,"method":"POST","id_builder":null,"body":{"value":"{\"task_id\":\"t\"}","type":"string"}}`), "o", "r"},
		"operation with an ephemeral body":         {operation(2, `{`+inRun+`,"method":"POST","body":null,"output":{"value":{"data":{"id":"t"}},"type":"dynamic"}}`), "o", "r"},
		"resource of version 0":                    {restful(0, `{`+inRun+`,"body":"{\"task_id\":\"t\"}","create_method":null}`), "o", "r"},
		"resource of version 1":                    {restful(1, `{`+inRun+`,"body":{"value":{"task_id":"t"},"type":["object",{"task_id":"string"}]}}`), "o", "r"},
		"resource with a selected response":        {restful(2, `{`+inRun+`,"body":{"value":{"task_id":null},"type":["object",{"task_id":"string"}]},"output":{"value":{"id":"t"},"type":["object",{"id":"string"}]}}`), "o", "r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDriver(t, unreachableSettings())
			if said, err := d.Move(t.Context(), c.from); err != nil || len(said) > 0 {
				t.Fatalf("got %v, %v", err, said)
			}
			for name, value := range attributesOf(d.T, d.State.Value) {
				want := map[string]string{"organization_id": c.organization, "run_id": c.run, "task_id": "t"}[name]
				if (want == "") != value.IsNull() || want != "" && !value.Equal(tftypes.NewValue(tftypes.String, want)) {
					t.Errorf("%s is %s, want %q", name, value, want)
				}
			}
		})
	}
}

// A state without a completion is rejected. The error states the problem and the fix, and does not
// quote values that may be secrets.
func TestMoveRejectsStatesWithoutACompletion(t *testing.T) {
	t.Parallel()
	const body = `"data":"{\"task_id\":\"t\",\"taskdata\":{\"f\":\"hunter2\"}}"`
	for _, c := range []struct {
		want string
		from prototest.Source
	}{
		{"its state cannot be read", restapi(`[`)},
		{"its state cannot be read", restapi(`null`)},
		{`its path is ""`, restapi(`{` + body + `}`)},
		{`its path is "/organizations/o/tasks"`, restapi(`{"path":"/organizations/o/tasks",` + body + `}`)},
		{`its create_path is "/organizations/o/runs/r/completed-tasks/t"`, restapi(`{` + inRun + `,"create_path":"/organizations/o/runs/r/completed-tasks/t",` + body + `}`)},
		{`its path is "/organizations/o o/completed-tasks": the ID of its organization is invalid: it contains whitespace`, restapi(`{"path":"/organizations/o o/completed-tasks",` + body + `}`)},
		{`its create_method is "PUT", and a completion is a POST`, restapi(`{` + inRun + `,"create_method":"PUT",` + body + `}`)},
		{"its data contains no task_id, and create_response, api_response, data no ID of a task", restapi(`{` + inRun + `,"id":"t","data":"{\"taskdata\":\"hunter2\"}","api_response":"<html>"}`)},
		{"its data contains no task_id, and create_response, api_response, data no ID of a task", restapi(`{` + inRun + `,"data":"hunter2","api_response":"[]"}`)},
		{"its task_id is not an ID: it contains whitespace", restapi(`{` + inRun + `,"data":"{\"task_id\":\"hunter2 hunter2\"}"}`)},
		{`its method is "DELETE"`, operation(2, `{`+inRun+`,"method":"DELETE","body":{"value":{"task_id":"t"},"type":"dynamic"}}`)},
		{"its body contains no task_id, and output no ID of a task", operation(2, `{`+inRun+`,"method":"POST","body":{"value":{"task_id":7},"type":"dynamic"},"output":{"value":null,"type":"dynamic"}}`)},
		{"its body contains no task_id, and output no ID of a task", restful(1, `{`+inRun+`}`)},
		{"Moving a restful_resource here: its state cannot be read", restful(1, ``)},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			d := newDriver(t, unreachableSettings())
			said, err := d.Move(t.Context(), c.from)
			if err != nil {
				t.Fatal(err)
			}
			text := said.String()
			for _, part := range []string{"Error: State Does Not Name a Completion: Moving a " + c.from.Resource + " here: ", c.want, "Nothing was moved, and nothing was sent.", "removed block"} {
				if !strings.Contains(text, part) {
					t.Errorf("%q is missing in: %s", part, text)
				}
			}
			if d.State != nil || strings.Contains(text, "hunter2") {
				t.Errorf("it said %s and left %v", text, d.State)
			}
		})
	}
}

// Other resources, and resources of the same type of other providers, are not read.
func TestMoveSkipsOtherResources(t *testing.T) {
	t.Parallel()
	const attributes = `{` + inRun + `,"method":"POST","data":"{\"task_id\":\"t\"}","body":"{\"task_id\":\"t\"}"}`
	for _, from := range []prototest.Source{
		{Provider: "registry.terraform.io/example/restapi", Resource: "restapi_object", JSON: attributes},
		{Provider: "registry.terraform.io/mastercard/restapi", Resource: "restapi_setting", JSON: attributes},
		{Provider: "registry.terraform.io/mastercard/restapi", Resource: "restful_operation", JSON: attributes},
		{Provider: "restapi", Resource: "restapi_object", JSON: attributes},
		{Provider: "terraform.io/builtin/terraform", Resource: "terraform_data", JSON: attributes},
		{Provider: "registry.terraform.io/hashicorp/null", Resource: "null_resource", JSON: attributes},
	} {
		t.Run(from.Provider+", "+from.Resource, func(t *testing.T) {
			d := newDriver(t, unreachableSettings())
			said, err := d.Move(t.Context(), from)
			if err != nil {
				t.Fatal(err)
			}
			if text := said.String(); !strings.Contains(text, "Error: Unable to Move Resource State") || d.State != nil {
				t.Errorf("it said %s and left %v", text, d.State)
			}
		})
	}
}

// moved returns a driver that has moved the completion of a task, after prepare has changed the
// sandbox.
func moved(t *testing.T, path, task string, prepare func(*harness)) (*driver, *harness) {
	t.Helper()
	h := newHarness(t, sandbox.Config{})
	prepare(h)
	d := newDriver(t, attributes{"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": h.URL()})
	said, err := d.Move(t.Context(), restapi(fmt.Sprintf(`{"path":%q,"data":"{\"task_id\":\"%s\"}"}`, path, task)))
	if err != nil || len(said) > 0 {
		t.Fatalf("got %v, %v", err, said)
	}
	return d, h
}

// The plan after a move reads the task. The apply only changes the state if the task has the
// configured values.
func TestMovedCompletionIsNotSentAgain(t *testing.T) {
	t.Parallel()
	approved := true
	values := object(map[string]tftypes.Value{sandbox.SeedVPCIDField: text("vpc-1")})
	for name, c := range map[string]struct {
		path, task string
		decision   *bool
		config     attributes
		action     prototest.Action
	}{
		"approval":             {"/organizations/" + sandbox.DefaultOrganization + "/runs/" + sandbox.SeedRunID + "/completed-tasks", sandbox.SeedApprovalTaskID, &approved, attributes{"run_id": sandbox.SeedRunID, "is_approved": true}, prototest.NoOp},
		"run that is found":    {"/completed-tasks", sandbox.SeedApprovalTaskID, &approved, attributes{"is_approved": true}, prototest.NoOp},
		"one-off task":         {"/organizations/" + sandbox.DefaultOrganization + "/completed-tasks", sandbox.SeedOneOffTaskID, nil, attributes{}, prototest.NoOp},
		"values that it holds": {"/runs/" + sandbox.SeedRunID + "/completed-tasks", sandbox.SeedVPCTaskID, nil, attributes{"run_id": sandbox.SeedRunID, "taskdata": values}, prototest.Update},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, h := moved(t, c.path, c.task, func(h *harness) {
				if c.task == sandbox.SeedVPCTaskID {
					h.Update(c.task, func(task *sandbox.Task) { task.Taskdata = map[string]any{sandbox.SeedVPCIDField: "vpc-1"} })
				}
				h.CompleteOutside(c.task, sandbox.SeedColleagueID, c.decision)
			})
			c.config["task_id"] = c.task
			plan, err := d.Plan(t.Context(), c.config)
			if err != nil || plan.Failed() || plan.Action != c.action {
				t.Fatalf("the plan is to %s, with %v and %v", plan.Action, err, plan)
			}
			if said, err := d.Apply(t.Context(), plan); err != nil || said.Failed() {
				t.Fatalf("the apply brought %v, %v", err, said)
			}
			if plan, err := d.Plan(t.Context(), c.config); err != nil || plan.Action != prototest.NoOp || len(plan.Diagnostics) > 0 {
				t.Errorf("the next plan is to %s, with %v and %v", plan.Action, err, plan)
			}
			if err := h.writes(); err != nil {
				t.Error(err)
			}
			if fired := h.Webhooks(c.task); fired != 1 {
				t.Errorf("the webhooks fired %d times", fired)
			}
		})
	}
}

// The move of an open task fails, as its import does, and does not complete it.
func TestMoveOfAnOpenTaskFails(t *testing.T) {
	t.Parallel()
	d, h := moved(t, "/runs/"+sandbox.SeedRunID+"/completed-tasks", sandbox.SeedPlainTaskID, func(*harness) {})
	plan, err := d.Plan(t.Context(), attributes{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedPlainTaskID})
	if err != nil || !strings.Contains(plan.String(), "Error: Task Is Not Completed") || !strings.Contains(plan.String(), "removed block") {
		t.Errorf("got %v, %v", err, plan)
	}
	if err := h.writes(); err != nil {
		t.Error(err)
	}
}

// If neither the moved state nor the provider names the organization, the move fails without a
// request.
func TestMoveWithoutAnOrganizationFails(t *testing.T) {
	t.Parallel()
	d := newDriver(t, attributes{"access_token": "token", "base_url": "http://127.0.0.1:1/api"})
	if said, err := d.Move(t.Context(), restapi(`{"path":"/runs/r/completed-tasks","data":"{\"task_id\":\"t\"}"}`)); err != nil || len(said) > 0 {
		t.Fatalf("got %v, %v", err, said)
	}
	said, err := d.Refresh(t.Context())
	if err != nil || len(said) != 1 || said[0].Summary != "Missing Organization" {
		t.Errorf("got %v, %v", err, said)
	}
}

// Without the refresh that follows a move, the apply reads the task.
func TestMovedCompletionIsNotSentAgainWithoutARefresh(t *testing.T) {
	t.Parallel()
	approved := true
	d, h := moved(t, "/organizations/"+sandbox.DefaultOrganization+"/completed-tasks", sandbox.SeedApprovalTaskID, func(h *harness) {
		h.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, &approved)
	})
	config := attributes{"task_id": sandbox.SeedApprovalTaskID, "is_approved": true}
	plan, err := d.PlanAsRecorded(t.Context(), config)
	if err != nil || plan.Failed() || plan.Action != prototest.Update {
		t.Fatalf("the plan is to %s, with %v and %v", plan.Action, err, plan)
	}
	if said, err := d.Apply(t.Context(), plan); err != nil || said.Failed() {
		t.Fatalf("the apply brought %v, %v", err, said)
	}
	if plan, err := d.Plan(t.Context(), config); err != nil || plan.Action != prototest.NoOp || plan.Failed() {
		t.Errorf("the next plan is to %s, with %v and %v", plan.Action, err, plan)
	}
	if err := h.writes(); err != nil {
		t.Error(err)
	}
}
