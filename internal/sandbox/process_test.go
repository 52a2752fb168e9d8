// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const (
	orgRuns = "/organizations/" + org + "/runs"
	theRun  = orgRuns + "/" + run
)

// writes are the requests that change a task of a process.
var writes = []struct{ method, path, body string }{
	{http.MethodPost, runPost, completion},
	{http.MethodDelete, runPost + "/" + task, ""},
	{http.MethodPut, runTask, `{"title":"New"}`},
}

func TestSetRunIssue(t *testing.T) {
	elsewhere := sandbox.Task{ID: "elsewhere", RunID: other}
	c := start(t, sandbox.Config{}, processTask(), elsewhere)
	c.SetRunIssue(run, true)
	got := c.expect(http.StatusOK, http.MethodGet, theRun, "")
	c.check(got, `"issue"`, "data", "status")
	c.check(got, `true`, "data", "has_open_issue")
	for _, w := range writes {
		t.Run(w.method, func(t *testing.T) {
			got := c.expect(http.StatusLocked, w.method, w.path, w.body)
			if want := `{"code":"THE_PROCESS_HAS_AN_OPEN_I","error":true,"message":"The process has an open issue."}`; got.at() != want {
				t.Errorf("got %s", got.raw)
			}
		})
	}
	if after := c.state(); after.CompletedAt != "" || after.Title != "A task" || c.Webhooks(task) != 0 {
		t.Errorf("refused, and yet the task is %+v", after)
	}
	c.expect(http.StatusOK, http.MethodGet, runTask, "")
	c.expect(http.StatusOK, http.MethodPut, "/organizations/"+org+"/runs/"+other+"/tasks/elsewhere", `{"title":"New"}`)

	c.SetRunIssue(run, false)
	c.check(c.expect(http.StatusOK, http.MethodGet, theRun, ""), `"active"`, "data", "status")
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
}

func TestArchivedRun(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask(), sandbox.Task{ID: "oneoff"})
	got := c.expect(http.StatusOK, http.MethodDelete, theRun, "")
	c.check(got, `"archived"`, "data", "status")
	c.check(got, `"2035-06-06T12:00:00Z"`, "data", "archived_at")

	for _, path := range []string{orgTask, runTask} {
		c.check(c.expect(http.StatusNotFound, http.MethodGet, path, ""), `"RESOURCE_NOT_FOUND"`, "code")
	}
	for _, w := range writes {
		c.expect(http.StatusNotFound, w.method, w.path, w.body)
	}
	c.expect(http.StatusNotFound, http.MethodPost, orgTask+"/comment", `{"content":"x"}`)
	for path, want := range map[string]string{
		orgTasks: "oneoff", orgTasks + "?archived=true": "oneoff", runTasks: "", orgRuns: "", theRun + "/form-fields": "",
	} {
		t.Run(path, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, path, "")); got != want {
				t.Errorf("%s lists %q, want %q", path, got, want)
			}
		})
	}
	c.check(c.expect(http.StatusOK, http.MethodGet, theRun+"?with=tasks", ""), `{"data":[]}`, "data", "tasks")
	if c.state().Archived {
		t.Error("the task itself is archived")
	}

	c.check(c.expect(http.StatusOK, http.MethodPut, theRun+"/activate", ""), `null`, "data", "archived_at")
	c.expect(http.StatusOK, http.MethodGet, runTask, "")
	if got := ids(c.expect(http.StatusOK, http.MethodGet, runTasks, "")); got != task {
		t.Errorf("the active process lists %q", got)
	}
	c.expect(http.StatusNotFound, http.MethodDelete, orgRuns+"/unknown", "")
	c.expect(http.StatusNotFound, http.MethodPut, orgRuns+"/unknown/activate", "")
}

func TestArchiveRunOutside(t *testing.T) {
	now := noon
	c := start(t, sandbox.Config{ReadLag: time.Hour, ListLag: 5, Now: func() time.Time { return now }}, processTask())
	c.ArchiveRun(run, true)
	now = now.Add(time.Minute)
	c.ArchiveRun(run, true) // The first time stays.
	c.check(c.expect(http.StatusOK, http.MethodGet, theRun, ""), `"2035-06-06T12:00:00Z"`, "data", "archived_at")
	c.expect(http.StatusNotFound, http.MethodGet, runTask, "") // This does not lag.
	if got := ids(c.expect(http.StatusOK, http.MethodGet, runTasks, "")); got != "" {
		t.Errorf("got %q", got)
	}
	c.ArchiveRun(run, false)
	c.expect(http.StatusOK, http.MethodGet, runTask, "")
}

func TestRunShape(t *testing.T) {
	now := noon
	c := start(t, sandbox.Config{Now: func() time.Time { return now }}, processTask(),
		sandbox.Task{ID: "b", RunID: run}, sandbox.Task{ID: "c", RunID: run})
	now = now.Add(time.Minute)
	c.CompleteOutside("b", 7, nil)
	now = now.Add(time.Minute)
	got := c.expect(http.StatusOK, http.MethodGet, theRun, "")
	for key, want := range map[string]string{
		"progress":        `{"complete":1,"percent":33,"total":3}`,
		"created_at":      `"2035-06-06T12:00:00Z"`,
		"started_at":      `"2035-06-06T12:00:00Z"`,
		"last_updated":    `"2035-06-06T12:01:00Z"`,
		"has_open_issue":  `false`,
		"checklist_id":    `null`,
		"checklist_title": `null`,
		"owner_id":        `null`,
		"started_by":      `null`,
		"completed_at":    `null`,
		"due_date":        `null`,
		"archived_at":     `null`,
	} {
		c.check(got, want, "data", key)
	}
	c.AddRun("empty", "Nothing to do")
	got = c.expect(http.StatusOK, http.MethodGet, orgRuns+"/empty", "")
	c.check(got, `{"complete":0,"percent":0,"total":0}`, "data", "progress")
}

func TestRuns(t *testing.T) {
	c := start(t, sandbox.Config{}, sandbox.Task{ID: "x", RunID: "r1"}, sandbox.Task{ID: "y", RunID: "r2"})
	c.AddRun("r3", "Launch payments")
	for query, want := range map[string]string{
		"": "r1 r2 r3", "?q=LAUNCH": "r3", "?q=none": "", "?per_page=2&page=2": "r3", "?without_pagination=true": "r1 r2 r3",
	} {
		t.Run(query, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, orgRuns+query, "")); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	c.check(c.expect(http.StatusOK, http.MethodGet, orgRuns, ""), `3`, "meta", "pagination", "total")
	c.SetRunIssue("r2", true)
	c.ArchiveRun("r3", true)
	for status, want := range map[string]string{"active": "r1", "issue": "r2", "problem": "r2", "archived": "r3", "other": "r1 r2", "": "r1 r2"} {
		if got := ids(c.expect(http.StatusOK, http.MethodGet, orgRuns+"?status="+status, "")); got != want {
			t.Errorf("status=%s: got %q, want %q", status, got, want)
		}
	}
}
