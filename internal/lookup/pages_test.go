// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"fmt"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// A task is never chosen from a part of a list, however the server pages it.
func TestSecondMatchIsOnAnotherPage(t *testing.T) {
	t.Parallel()
	for name, paging := range map[string]sandbox.Paging{
		"documented": sandbox.PagingDocumented, "links": sandbox.PagingLinks, "has_more_pages": sandbox.PagingHasMore, "total_pages is 1": sandbox.PagingOneTotalPage,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{Paging: paging}, manyTasks()...)
			_, err := Task(t.Context(), h.client, wantedIn(runID, "", "", "Deploy"))
			h.failed(err, "title", "Several Tasks Match", "2 of its 150 tasks have it")
		})
	}
	t.Run("page is ignored", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t, sandbox.Config{Paging: sandbox.PagingFirstPage}, manyTasks()...)
		_, err := Task(t.Context(), h.client, wantedIn(runID, "", "", "Deploy"))
		h.failed(err, "run_id", "Task List Is Incomplete", "contain 100 of its 150 tasks", "It chose no task", "task_id")
		_, err = Run(t.Context(), h.client, sandbox.DefaultOrganization, runID)
		h.failed(err, "run_id", "Task List Is Incomplete")
		if n := h.server.Count("", "/tasks/"); n != 0 {
			t.Errorf("%d tasks were read", n)
		}
	})
}

// manyTasks has "Deploy" on its first page and on its second one.
func manyTasks() []sandbox.Task {
	var tasks []sandbox.Task
	for n := range 150 {
		task := sandbox.Task{ID: fmt.Sprintf("t%d", n), RunID: runID, Title: fmt.Sprintf("Step %d", n)}
		if n == 3 || n == 120 {
			task.Title = "Deploy"
		}
		tasks = append(tasks, task)
	}
	return tasks
}

// Terraform normalizes every string to NFC; titles that people paste often are not.
func TestNamesInAnotherForm(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{}, sandbox.Task{ID: "t1", RunID: runID, Alias: "pru\u0308fung", Title: "Pru\u0308fung\u00a0abschlie\u00dfen"}, sandbox.Task{ID: "t2", RunID: runID, Title: "Other"})
	for _, wanted := range []Wanted{wantedIn(runID, "", "", "Pr\u00fcfung abschlie\u00dfen"), wantedIn(runID, "", "pr\u00fcfung", "")} {
		if got, err := Task(t.Context(), h.client, wanted); err != nil || got.ID != "t1" {
			t.Errorf("%+v: got %+v, %v", wanted, got, err)
		}
	}
	found, err := Run(t.Context(), h.client, sandbox.DefaultOrganization, runID)
	if err != nil || found.TaskIDs["pr\u00fcfung"] != "t1" {
		t.Errorf("got %+v, %v", found, err)
	}
	h.server.AddTask(sandbox.Task{ID: "t3", RunID: runID, Title: "Pr\u00fcfung abschlie\u00dfen"})
	_, err = Task(t.Context(), h.client, wantedIn(runID, "", "", "Pr\u00fcfung abschlie\u00dfen"))
	h.failed(err, "title", "Several Tasks Match")
}

func TestIDsInAnotherCase(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{}, sandbox.Task{ID: "t1", RunID: runID})
	h.server.Inject(sandbox.Fault{Status: 200, Body: `{"data":[{"id":"AB"},{"id":"ab"}],"meta":{"pagination":{"total_pages":1}}}`})
	if tasks, err := Tasks(t.Context(), h.client, tallyfy.List{Organization: sandbox.DefaultOrganization}); err != nil || len(tasks) != 1 {
		t.Errorf("got %v, %v", ids(tasks), err)
	}
}
