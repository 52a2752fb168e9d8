// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func wantedIn(run, task, alias, title string) Wanted {
	return Wanted{TaskRef: tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: run, Task: task}, Alias: alias, Title: title}
}

const (
	firstPage = "/tasks?archived=true&page=1&per_page=100&status=all"
	form      = "?with=form_fields"
)

func TestTaskIsReadWithItsForm(t *testing.T) {
	t.Parallel()
	task := sandbox.Task{ID: "t1", RunID: runID, Alias: "deploy", Title: "Deploy", Fields: []sandbox.Field{{ID: "f1", Label: "Version", Type: "text"}}}
	for name, c := range map[string]struct {
		wanted Wanted
		sent   []string
	}{
		"by id":          {wantedIn("", "t1", "", ""), []string{"/tasks/t1" + form}},
		"by id in a run": {wantedIn(runID, "t1", "", ""), []string{runID + "/tasks/t1" + form}},
		"by alias":       {wantedIn(runID, "", "deploy", ""), []string{runID + firstPage, runID + "/tasks/t1" + form}},
		"by title":       {wantedIn(runID, "", "", "Deploy"), []string{runID + firstPage, runID + "/tasks/t1" + form}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{}, task, sandbox.Task{ID: "t2", RunID: runID, Title: "deploy"}, sandbox.Task{ID: "t3", RunID: "other", Alias: "deploy", Title: "Deploy"})
			got, err := Task(t.Context(), h.client, c.wanted)
			if err != nil {
				t.Fatal(err)
			}
			if got.ID != "t1" || got.RunID != runID || len(got.Form) != 1 || got.Form[0].Label != "Version" {
				t.Errorf("got %+v", got)
			}
			h.sent(c.sent...)
		})
	}
}

// Hidden and archived tasks are found too, on any page.
func TestTaskIsFoundOnAnyPage(t *testing.T) {
	t.Parallel()
	var tasks []sandbox.Task
	for i := range 250 {
		tasks = append(tasks, sandbox.Task{ID: fmt.Sprintf("t%d", i), RunID: runID, Alias: fmt.Sprintf("step-%d", i), Hidden: i == 120, Archived: i == 249})
	}
	h := newHarness(t, sandbox.Config{}, tasks...)
	for _, n := range []int{0, 120, 249} {
		got, err := Task(t.Context(), h.client, wantedIn(runID, "", fmt.Sprintf("step-%d", n), ""))
		if err != nil || got.ID != fmt.Sprintf("t%d", n) {
			t.Errorf("step-%d: got %+v, %v", n, got, err)
		}
	}
	h.server.ResetJournal()
	_, err := Task(t.Context(), h.client, wantedIn(runID, "", "step-2500", ""))
	h.failed(err, "alias", "No Task Matches", `with the alias "step-2500": no task has it. Tasks in the process: 250.`, "step-0 –", "and 230 more", `Did you mean "step-200"?`)
	h.sent(firstPage, "page=2&per_page=100&status=all", "page=3&per_page=100&status=all")
}

func TestTaskIsNeverGuessed(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{},
		sandbox.Task{ID: "t1", RunID: runID, Alias: "deploy-a", Title: "Deploy"},
		sandbox.Task{ID: "t2", RunID: runID, Alias: "twice", Title: "Deploy", Archived: true},
		sandbox.Task{ID: "t3", RunID: runID, Alias: "twice", Title: "Test"})
	h.server.AddRun("empty", "Empty")

	_, err := Task(t.Context(), h.client, wantedIn(runID, "", "", "Deploy"))
	h.failed(err, "title", "Several Tasks Match", "Searching process "+runID, `with the title "Deploy": 2 of its 3 tasks have it`,
		`deploy-a – "Deploy" – t1`, `twice – "Deploy" – t2 (archived)`, "task_id", "alias")
	_, err = Task(t.Context(), h.client, wantedIn(runID, "", "twice", ""))
	h.failed(err, "alias", "Several Tasks Match", `twice – "Deploy" – t2 (archived)`, `twice – "Test" – t3`)
	_, err = Task(t.Context(), h.client, wantedIn(runID, "", "", "Deplyo"))
	h.failed(err, "title", "No Task Matches", "no task has it. Tasks in the process: 3.", `– "Test" – t3`, `Did you mean "Deploy"? Fix title`, "lag")
	_, err = Task(t.Context(), h.client, wantedIn(runID, "", "", "Something else"))
	h.failed(err, "title", "No Task Matches", "– t3\n\nFix title")
	_, err = Task(t.Context(), h.client, wantedIn("empty", "", "deploy", ""))
	h.failed(err, "alias", "No Task Matches", "Tallyfy lists no task in it.", "Check run_id.")
	if n := h.server.Count("", "/tasks/"); n != 0 {
		t.Errorf("%d tasks were read", n)
	}
}

// A list that lags shows which task has the name, and the facts come from the task itself.
func TestListThatLags(t *testing.T) {
	t.Parallel()
	lagging := func(t *testing.T) *harness {
		t.Helper()
		return newHarness(t, sandbox.Config{ListLag: 5}, sandbox.Task{ID: "t1", RunID: runID, Alias: "deploy", Title: "Deploy"}, sandbox.Task{ID: "t2", RunID: runID})
	}
	t.Run("a fact", func(t *testing.T) {
		t.Parallel()
		h := lagging(t)
		h.server.CompleteOutside("t1", sandbox.SeedColleagueID, nil)
		got, err := Task(t.Context(), h.client, wantedIn(runID, "", "deploy", ""))
		if err != nil || got.Status != "completed" || got.CompleterID != sandbox.SeedColleagueID {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("the title", func(t *testing.T) {
		t.Parallel()
		h := lagging(t)
		h.server.Update("t1", func(task *sandbox.Task) { task.Title = "Roll out" })
		_, err := Task(t.Context(), h.client, wantedIn(runID, "", "", "Deploy"))
		h.failed(err, "title", "Task Was Renamed", `shows task t1 of process `+runID+` with the title "Deploy", and the task itself has the title "Roll out"`, "Fix title")
		got, err := Task(t.Context(), h.client, wantedIn(runID, "", "deploy", ""))
		if err != nil || got.Title != "Roll out" {
			t.Errorf("by alias: got %+v, %v", got, err)
		}
	})
	t.Run("a deletion", func(t *testing.T) {
		t.Parallel()
		h := lagging(t)
		h.server.DeleteTask("t1")
		_, err := Task(t.Context(), h.client, wantedIn(runID, "", "deploy", ""))
		h.failed(err, "alias", "Task Could Not Be Read", `which has the alias "deploy": Tallyfy returned 404`, "Lists may lag", "Tallyfy said: Resource not found", "Request: GET", "Request ID: sandbox-")
	})
}

// A task that is archived or added while pages are read moves the others to other pages.
func TestTaskOnTwoPagesIsOne(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{}, sandbox.Task{ID: "t1", RunID: runID, Alias: "deploy"})
	for page, body := range []string{`{"id":"t1","alias":"deploy"},{"title":"no id"}`, `{"id":"t1","alias":"deploy"},{"id":"t2"}`} {
		h.server.Inject(sandbox.Fault{
			PathPart: "/tasks", Status: http.StatusOK,
			Body: fmt.Sprintf(`{"data":[%s],"meta":{"pagination":{"total_pages":2,"current_page":%d}}}`, body, page+1),
		})
	}
	if got, err := Task(t.Context(), h.client, wantedIn(runID, "", "deploy", "")); err != nil || got.ID != "t1" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{}, sandbox.Task{ID: "t1", RunID: runID, Alias: "deploy"})
	_, err := Task(t.Context(), h.client, wantedIn("", "gone", "", ""))
	h.failed(err, "task_id", "Task Could Not Be Read", "Reading task gone: Tallyfy returned 404 Not Found.", "Check organization_id and task_id.", "Request ID: sandbox-")
	_, err = Task(t.Context(), h.client, wantedIn("other", "t1", "", ""))
	h.failed(err, "task_id", "Task Could Not Be Read", "Reading task t1 of process other", "Without run_id, the whole organization is searched for the task.")
	_, err = Task(t.Context(), h.client, wantedIn("gone", "", "deploy", ""))
	h.failed(err, "run_id", "Tasks Could Not Be Listed", "Listing the tasks of process gone: Tallyfy returned 404", "Check organization_id and run_id.")
	_, err = Tasks(t.Context(), h.client, tallyfy.List{Organization: "wrong"})
	h.failed(err, "organization_id", "Tasks Could Not Be Listed", "Listing the tasks of organization wrong: Tallyfy returned 403", "the token's organization", "You don't have application's permissions")
	_, err = Run(t.Context(), h.client, sandbox.DefaultOrganization, "gone")
	h.failed(err, "run_id", "Process Could Not Be Read", "Reading process gone: Tallyfy returned 404", "Check organization_id and run_id.")
	h.server.Inject(sandbox.Fault{Status: http.StatusNotFound, Body: `{"code":"ENDPOINT_NOT_FOUND"}`})
	_, err = Tasks(t.Context(), h.client, tallyfy.List{Organization: sandbox.DefaultOrganization})
	h.failed(err, "organization_id", "Tasks Could Not Be Listed", "check base_url")
}
