// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// listed returns the IDs of the tasks, in order.
func listed(t *testing.T, data map[string]any) []string {
	t.Helper()
	tasks, ok := data["tasks"].([]any)
	if !ok {
		t.Fatalf("tasks are %v", data["tasks"])
	}
	ids := []string{}
	for _, task := range tasks {
		facts, _ := task.(map[string]any)
		ids = append(ids, fmt.Sprint(facts["id"]))
	}
	return ids
}

// severalTasks returns a sandbox with a completed task, an archived one, and one of another
// process.
func severalTasks(t *testing.T) *harness {
	t.Helper()
	h := newHarness(t, sandbox.Config{})
	h.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(true))
	h.Update(sandbox.SeedPlainTaskID, func(task *sandbox.Task) { task.Archived = true })
	h.AddTask(sandbox.Task{ID: "elsewhere", RunID: "other"})
	return h
}

func TestTasksOfEachFilter(t *testing.T) {
	t.Parallel()
	inRun := []string{
		sandbox.SeedVPCTaskID, sandbox.SeedApprovalTaskID, sandbox.SeedSecurityTaskID, sandbox.SeedExpiringTaskID, sandbox.SeedEveryoneTaskID, sandbox.SeedEmailTaskID,
	}
	for name, c := range map[string]struct {
		block attributes
		want  []string
		reads string
	}{
		"a run":            {attributes{"run_id": sandbox.SeedRunID}, inRun, seedRun + "/tasks?page=1&per_page=100&status=all"},
		"the organization": {attributes{}, append(slices.Clone(inRun), sandbox.SeedOneOffTaskID, "elsewhere"), "c0ffee00/tasks?page=1&per_page=100&status=all"},
		"a status":         {attributes{"run_id": sandbox.SeedRunID, "status": "complete"}, []string{sandbox.SeedApprovalTaskID}, "status=complete"},
		"none":             {attributes{"status": "overdue"}, []string{}, "status=overdue"},
	} {
		t.Run(name, func(t *testing.T) {
			h := severalTasks(t)
			got := h.mustData("tallyfy_tasks", c.block)
			if ids := listed(t, got); !slices.Equal(ids, c.want) {
				t.Errorf("got %q, want %q", ids, c.want)
			}
			h.checkReads(c.reads)
			if got["run_id"] != c.block["run_id"] || got["status"] != c.block["status"] {
				t.Errorf("the configuration became %v, %v", got["run_id"], got["status"])
			}
		})
	}
}

// A task of the list has the attributes of the task itself, without those of its own data source.
func TestTasksHaveTheFactsOfATask(t *testing.T) {
	t.Parallel()
	h := severalTasks(t)
	tasks, _ := h.mustData("tallyfy_tasks", attributes{"status": "complete"})["tasks"].([]any)
	alone := h.mustData("tallyfy_task", attributes{"task_id": sandbox.SeedApprovalTaskID})
	for _, own := range []string{"organization_id", "task_id", "timeouts", "form_fields", "values_by_label", "values_by_alias"} {
		delete(alone, own)
	}
	if len(tasks) != 1 || !reflect.DeepEqual(tasks[0], any(alone)) {
		t.Errorf("a task in the list is %v, alone it is %v", tasks, alone)
	}
}

func TestTasksOfAllPages(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	var want []string
	for i := range 201 {
		want = append(want, fmt.Sprintf("task-%d", i))
		h.AddTask(sandbox.Task{ID: want[i], RunID: "many"})
	}
	if got := listed(t, h.mustData("tallyfy_tasks", attributes{"run_id": "many"})); !slices.Equal(got, want) {
		t.Errorf("got %d tasks", len(got))
	}
	h.checkReads("page=1&per_page=100&status=all", "page=2&per_page=100&status=all", "page=3&per_page=100&status=all")
}

// A row of a list without a process belongs to the process of the request.
func TestTasksHaveTheProcessOfTheRequest(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.Update(sandbox.SeedPlainTaskID, func(task *sandbox.Task) { task.Extra = map[string]any{"run_id": nil} })
	tasks, _ := h.mustData("tallyfy_tasks", attributes{"run_id": sandbox.SeedRunID})["tasks"].([]any)
	for _, task := range tasks {
		if got, _ := task.(map[string]any); got["run_id"] != sandbox.SeedRunID {
			t.Errorf("%v is of run %v", got["id"], got["run_id"])
		}
	}
}

func TestTasksDataSourceErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		block     attributes
		attribute string
		words     []string
		reads     []string
	}{
		"completed": {attributes{"status": "completed"}, "status", []string{"Invalid Status Filter", `lists every task: use "complete"`}, nil},
		"inverted":  {attributes{"status": "auto-skipped"}, "status", []string{"Invalid Status Filter", "use one of all, active, active-visible"}, nil},
		"two":       {attributes{"status": "active,complete"}, "status", []string{"Invalid Status Filter"}, nil},
		"empty":     {attributes{"status": ""}, "status", []string{"Invalid Status Filter"}, nil},
		"run":       {attributes{"run_id": "a/b"}, "run_id", []string{"Invalid ID"}, nil},
		"no such run": {
			attributes{"run_id": "gone"}, "run_id", []string{"Tasks Could Not Be Listed", "404", "Check organization_id and run_id"}, []string{"/runs/gone/tasks?page=1&per_page=100&status=all"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			_, said := h.data("tallyfy_tasks", c.block)
			h.checkError(said, c.attribute, c.words...)
			h.checkReads(c.reads...)
		})
	}
}
