// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestRunDataSource(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.Update(sandbox.SeedPlainTaskID, func(task *sandbox.Task) { task.Archived = true })
	h.Update(sandbox.SeedEmailTaskID, func(task *sandbox.Task) { task.Hidden = true })
	h.Update(sandbox.SeedEveryoneTaskID, func(task *sandbox.Task) { task.Alias = "" })
	h.CompleteOutside(sandbox.SeedVPCTaskID, 1, nil)
	got := h.mustData("tallyfy_run", attributes{"run_id": sandbox.SeedRunID})
	want := map[string]any{
		"organization_id": sandbox.DefaultOrganization, "run_id": sandbox.SeedRunID, "id": sandbox.SeedRunID,
		"name": "Launch the payments service", "status": "active", "progress": map[string]any{"complete": int64(1), "percent": int64(14), "total": int64(7)}, "timeouts": nil,
		"task_ids": map[string]any{
			"provision-the-vpc":               sandbox.SeedVPCTaskID,
			"approve-the-change":              sandbox.SeedApprovalTaskID,
			"accept-the-security-review":      sandbox.SeedSecurityTaskID,
			"announce-the-maintenance-window": sandbox.SeedPlainTaskID,
			"acknowledge-the-runbook":         sandbox.SeedExpiringTaskID,
			"send-the-launch-notice":          sandbox.SeedEmailTaskID,
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	h.checkReads(seedRun, listOfRun)
}

func TestRunOfManyTasks(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	for i := range 150 {
		h.AddTask(sandbox.Task{ID: fmt.Sprintf("task-%d", i), RunID: "many", Alias: fmt.Sprintf("step-%d", i)})
	}
	h.AddRun("none", "Nothing to do")
	got, _ := h.mustData("tallyfy_run", attributes{"run_id": "many"})["task_ids"].(map[string]any)
	if len(got) != 150 || got["step-149"] != "task-149" {
		t.Errorf("got %d tasks, %v", len(got), got["step-149"])
	}
	h.checkReads("/runs/many", "page=1&per_page=100&status=all", "page=2&per_page=100&status=all")
	if got := h.mustData("tallyfy_run", attributes{"run_id": "none"}); !reflect.DeepEqual(got["task_ids"], map[string]any{}) {
		t.Errorf("a run without tasks: got %v", got["task_ids"])
	}
}

func TestRunWithARepeatedAlias(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.AddTask(sandbox.Task{ID: "again", RunID: sandbox.SeedRunID, Title: "Provision another VPC", Alias: "provision-the-vpc"})
	got, said := h.data("tallyfy_run", attributes{"run_id": sandbox.SeedRunID})
	ids, _ := got["task_ids"].(map[string]any)
	if _, picked := ids["provision-the-vpc"]; picked || ids["approve-the-change"] != sandbox.SeedApprovalTaskID {
		t.Errorf("got %v", ids)
	}
	if len(said) != 1 || said.Failed() || !spaced("Warning: Alias Is Not Unique in the Process", "task_ids leaves them out",
		`- provision-the-vpc – "Provision the VPC" – `+sandbox.SeedVPCTaskID, `- provision-the-vpc – "Provision another VPC" – again`).MatchString(said.String()) {
		t.Fatalf("said %s", said)
	}
	onAttribute(t, said[0], "task_ids")
}

func TestRunWithMissingFacts(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]any{
		`{"id":"r"}`: nil,
		`{"data":{"id":"r","progress":null,"name":7,"status":[]}}`:     nil,
		`{"data":{"id":"r","progress":40}}`:                            map[string]any{"complete": nil, "total": nil, "percent": int64(40)},
		`{"data":{"id":"r","progress":{"complete":2,"percent":"33"}}}`: map[string]any{"complete": int64(2), "total": nil, "percent": int64(33)},
	} {
		t.Run(body, func(t *testing.T) {
			h := newHarness(t, sandbox.Config{})
			h.AddRun("r", "R")
			h.Inject(sandbox.Fault{Status: http.StatusOK, Body: body})
			if got := h.mustData("tallyfy_run", attributes{"run_id": "r"}); !reflect.DeepEqual(got["progress"], want) || got["status"] != nil || got["id"] != "r" {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestRunDataSourceErrors(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	_, said := h.data("tallyfy_run", attributes{"run_id": "gone"})
	h.checkError(said, "run_id", "Process Could Not Be Read: Reading process gone: Tallyfy returned 404 Not Found.", "Check organization_id and run_id", "Tallyfy said: Resource not found", "Request ID: sandbox-")
	h.checkReads("/runs/gone")
	_, said = h.data("tallyfy_run", attributes{"run_id": "https://go.tallyfy.com/tracker/1"})
	h.checkError(said, "run_id", "Invalid ID", "use only the ID")
	h.checkReads()
	h.Inject(sandbox.Fault{PathPart: "/tasks", Status: http.StatusBadGateway, Body: "<title>Bad</title>"})
	_, said = h.data("tallyfy_run", attributes{"run_id": sandbox.SeedRunID})
	h.checkError(said, "run_id", "Tasks Could Not Be Listed", "502", `an HTML page titled "Bad"`)
	h.checkReads(seedRun, listOfRun)
}
