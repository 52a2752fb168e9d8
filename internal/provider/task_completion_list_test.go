// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const (
	listedRun   = "5eed00000000000000000000000000aa"
	listedSince = "2026-05-20T17:00:00.000Z"
)

// completedTasks adds completed tasks to a process, or one-off ones if run is empty.
func (h *harness) completedTasks(run string, n int) {
	if run != "" {
		h.AddRun(run, "Launch")
	}
	for i := range n {
		h.AddTask(sandbox.Task{ID: fmt.Sprintf("c%s%030d", run[:min(1, len(run))], i), RunID: run, Title: fmt.Sprintf("Step %d", i), Status: "completed", CompletedAt: listedSince, CompleterID: sandbox.CallerID})
	}
	h.ResetJournal()
}

// query runs a query to its end.
func (h *harness) query(session *prototest.Session, block prototest.Attributes, whole bool, limit int64) []prototest.Listed {
	h.Helper()
	var all []prototest.Listed
	said, err := session.Query(h.Context(), completionName, block, whole, limit, func(one prototest.Listed) bool { all = append(all, one); return true })
	if err != nil || len(said) > 0 {
		h.Fatalf("%v\n%s", err, said)
	}
	return all
}

// TestListIsWhatAnImportRecords compares each result with an import and a refresh of its identity,
// in another session.
func TestListIsWhatAnImportRecords(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	for _, task := range sandbox.SeedTasks() {
		var approved *bool
		if task.Type == "approval" {
			approved = new(task.ID == sandbox.SeedApprovalTaskID)
		}
		if task.ID != sandbox.SeedVPCTaskID && task.ID != sandbox.SeedEveryoneTaskID { // which stay open
			h.CompleteOutside(task.ID, sandbox.SeedColleagueID, approved)
		}
	}
	h.Update(sandbox.SeedPlainTaskID, func(task *sandbox.Task) { task.Extra = map[string]any{"completer_id": nil, "completer_guest_id": nil} }) // so that the task must be read
	for run, want := range map[string]int{sandbox.SeedRunID: 5, "": 1} {
		block := prototest.Attributes{"run_id": nil}
		if run != "" {
			block["run_id"] = run
		}
		results := h.query(h.session(nil), block, true, 100)
		if len(results) != want {
			t.Errorf("run %q: %d results, want %d", run, len(results), want)
		}
		for _, one := range results {
			if len(one.Diagnostics) > 0 {
				t.Errorf("%s: %s", one.DisplayName, one.Diagnostics)
				continue
			}
			recorded, said, err := h.session(nil).Import(t.Context(), completionName, one.Identity)
			if err != nil || len(said) > 0 || !recorded.Equal(one.Resource) {
				t.Errorf("%s: the list has\n%s\nand an import\n%s\n%v %s", one.DisplayName, one.Resource, recorded, err, said)
			}
		}
		for i, one := range h.query(h.session(nil), block, false, 100) {
			if !one.Resource.IsNull() || fmt.Sprint(one.Identity) != fmt.Sprint(results[i].Identity) {
				t.Errorf("without the resource: got %s of %s", one.Resource, one.Identity)
			}
		}
	}
	if writes := h.Count("", "") - h.Count(http.MethodGet, ""); writes != 0 {
		t.Errorf("%d requests that may change something", writes)
	}
}

// TestListNamesTasks reads the display names.
func TestListNamesTasks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		run    string
		change func(*harness)
		want   string
	}{
		"process": {listedRun, nil, `Step 0 (process "Launch")`},
		"process that cannot be read": {listedRun, func(h *harness) {
			h.Inject(sandbox.Fault{Method: http.MethodGet, PathPart: "/tasks", Times: -1})
			h.Inject(sandbox.Fault{Method: http.MethodGet, PathPart: "/runs/" + listedRun, Status: http.StatusForbidden})
		}, `Step 0 (process ` + listedRun + `)`},
		"one-off": {"", nil, `Step 0 (one-off task)`},
		"one-off of a process": {"", func(h *harness) {
			h.AddRun(listedRun, "Hidden")
			h.Update(fmt.Sprintf("c%030d", 0), func(task *sandbox.Task) { task.RunID, task.OneOff = listedRun, true })
		}, `Step 0 (process ` + listedRun + `)`},
		"no title": {"", func(h *harness) {
			h.Update(fmt.Sprintf("c%030d", 0), func(task *sandbox.Task) { task.Extra = map[string]any{"title": nil} })
		}, fmt.Sprintf("c%030d (one-off task)", 0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.completedTasks(c.run, 1)
			if c.change != nil {
				c.change(h)
			}
			block := prototest.Attributes{}
			if c.run != "" {
				block["run_id"] = c.run
			}
			if got := h.query(h.session(nil), block, false, 10); len(got) != 1 || got[0].DisplayName != c.want {
				t.Errorf("got %+v, want %q", got, c.want)
			}
		})
	}
}

// TestListStopsAtTheLimit counts the pages that limits take.
func TestListStopsAtTheLimit(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]struct{ results, pages int }{1: {1, 1}, 99: {99, 1}, 100: {100, 1}, 101: {101, 2}, 250: {250, 3}, 1000: {250, 3}, 0: {250, 3}} {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d, whole %t", limit, whole), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t, sandbox.Config{})
				h.completedTasks(listedRun, 250)
				got := h.query(h.session(nil), prototest.Attributes{"run_id": listedRun}, whole, limit)
				if pages := h.Count(http.MethodGet, "/tasks"); len(got) != want.results || pages != want.pages {
					t.Errorf("%d results of %d requests, want %+v", len(got), pages, want)
				}
				if n := h.Count("", ""); n != want.pages+1 { // and the process itself
					t.Errorf("%d requests", n)
				}
			})
		}
	}
	t.Run("the CLI has enough", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t, sandbox.Config{})
		h.completedTasks(listedRun, 250)
		count := 0
		_, err := h.session(nil).Query(t.Context(), completionName, prototest.Attributes{"run_id": listedRun}, false, 1000, func(prototest.Listed) bool { count++; return count < 3 })
		if pages := h.Count(http.MethodGet, "/tasks"); err != nil || count != 3 || pages != 1 {
			t.Errorf("%d results, %d pages, %v", count, pages, err)
		}
	})
}

// TestListLeavesOutOthers lists with a server that ignores the filters.
func TestListLeavesOutOthers(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.completedTasks(listedRun, 3)
	h.completedTasks("", 2)
	h.CompleteOutside(sandbox.SeedOneOffTaskID, sandbox.SeedColleagueID, nil)
	h.Inject(sandbox.Fault{Method: http.MethodGet, PathPart: "/tasks", Times: -1, Before: func(r *http.Request) {
		query := r.URL.Query()
		query.Del("is_oneoff")
		query.Del("status")
		r.URL.RawQuery = query.Encode()
	}})
	if got := h.query(h.session(nil), nil, false, 100); len(got) != 3 {
		t.Errorf("%d one-off tasks, want 3: %+v", len(got), got)
	}
	if got := h.query(h.session(nil), prototest.Attributes{"run_id": sandbox.SeedRunID}, false, 100); len(got) != 0 {
		t.Errorf("%d completed tasks of a process that has none", len(got))
	}
}

// TestListShowsTheProcessOfAOneOff lists a one-off task of a process, of which the list does not
// show all facts.
func TestListShowsTheProcessOfAOneOff(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.completedTasks("", 1)
	h.AddRun(listedRun, "Hidden")
	h.Update(fmt.Sprintf("c%030d", 0), func(task *sandbox.Task) {
		task.RunID, task.OneOff, task.Extra = listedRun, true, map[string]any{"completer_id": nil, "completer_guest_id": nil}
	})
	for _, whole := range []bool{false, true} {
		got := h.query(h.session(nil), nil, whole, 10)
		if len(got) != 1 || !got[0].Identity["run_id"].Equal(tftypes.NewValue(tftypes.String, listedRun)) {
			t.Errorf("whole %t: got %+v", whole, got)
		}
	}
}

// TestListFails reads errors as results, after the results that came before them.
func TestListFails(t *testing.T) {
	t.Parallel()
	noFacts := map[string]any{"completer_id": nil, "completer_guest_id": nil}
	for name, c := range map[string]struct {
		block    prototest.Attributes
		settings prototest.Attributes
		whole    bool
		before   func(*harness)
		results  int
		want     string
	}{
		"no such process": {block: prototest.Attributes{"run_id": "nothing"}, want: "Error: Tasks Could Not Be Listed: Listing the tasks of process nothing: Tallyfy returned 404"},
		"second page": {block: prototest.Attributes{"run_id": listedRun}, before: func(h *harness) {
			h.Inject(sandbox.Fault{PathPart: "/tasks", Skip: 1, Status: http.StatusForbidden})
		}, results: 100, want: "Error: Tasks Could Not Be Listed"},
		"third page": {block: prototest.Attributes{"run_id": listedRun}, settings: prototest.Attributes{"max_retries": 0}, before: func(h *harness) {
			h.Inject(sandbox.Fault{PathPart: "/tasks", Skip: 2, Status: http.StatusInternalServerError})
		}, results: 200, want: "Error: Tasks Could Not Be Listed: Listing the tasks of process " + listedRun + ": Tallyfy returned 500"},
		"no organization":  {settings: prototest.Attributes{"organization_id": nil}, want: "Error: Missing Organization: It is not known which organization to use: neither the query"},
		"provider unknown": {settings: prototest.Attributes{"base_url": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}, want: "Error: Provider Configuration Is Not Known"},
		"the token ends before a task is read": {block: prototest.Attributes{"run_id": listedRun}, whole: true, before: func(h *harness) {
			h.Update(listedTask(1), func(task *sandbox.Task) { task.Extra = noFacts })
			h.Inject(sandbox.Fault{PathPart: "/tasks/" + listedTask(1), Status: http.StatusUnauthorized})
		}, results: 1, want: "Error: Task Could Not Be Imported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.completedTasks(listedRun, 250)
			if c.before != nil {
				c.before(h)
			}
			got := h.query(h.session(c.settings), c.block, c.whole, 1000)
			if len(got) != c.results+1 {
				t.Fatalf("%d results, want %d and an error", len(got), c.results)
			}
			for i, one := range got {
				if failed := i == c.results; one.Failed() != failed || failed && !strings.HasPrefix(one.String(), c.want) {
					t.Errorf("result %d: %s", i, one)
				}
			}
		})
	}
}

// listedTask returns the ID of a task of completedTasks.
func listedTask(n int) string { return fmt.Sprintf("c5%030d", n) }

// TestListLeavesOutUnreadableTasks has tasks that the list shows without all facts, and whose own
// read fails. The others are listed, up to the limit.
func TestListLeavesOutUnreadableTasks(t *testing.T) {
	t.Parallel()
	forbidden := func(h *harness) {
		h.Inject(sandbox.Fault{PathPart: "/tasks/" + listedTask(1), Status: http.StatusForbidden, Body: `{"message":"Not yours."}`, Times: -1})
	}
	for name, c := range map[string]struct {
		fails   func(*harness)
		limit   int64
		results int
		says    string // empty if no warning is expected
	}{
		"forbidden": {fails: forbidden, limit: 1000, results: 119, says: "Tallyfy returned 403 Forbidden. An import needs that read too. The results do not contain this task. The query continues with the others. Tallyfy said: Not yours."},
		"not found": {fails: func(h *harness) {
			h.Inject(sandbox.Fault{PathPart: "/tasks/" + listedTask(1), Status: http.StatusNotFound, Body: `{"error":true,"code":"RESOURCE_NOT_FOUND"}`, Times: -1})
		}, limit: 1000, results: 119, says: "Tallyfy returned 404 Not Found"},
		"server error": {fails: func(h *harness) {
			h.Inject(sandbox.Fault{PathPart: "/tasks/" + listedTask(1), Status: http.StatusInternalServerError, Times: -1})
		}, limit: 1000, results: 119, says: "Tallyfy returned 500 Internal Server Error"},
		"open by now": {fails: func(h *harness) {
			h.Inject(sandbox.Fault{PathPart: "/tasks/" + listedTask(1), Times: -1, Status: http.StatusOK, Body: `{"data":{"id":"` + listedTask(1) + `","status":"in-progress"}}`})
		}, limit: 1000, results: 119, says: "The task itself is open: someone has reopened it, or the list lags behind a change. There is no completion to import."},
		"within the limit": {fails: forbidden, limit: 10, results: 10, says: "403"},
		"at the limit":     {fails: forbidden, limit: 1, results: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.completedTasks(listedRun, 120)
			h.Update(listedTask(1), func(task *sandbox.Task) {
				task.Extra = map[string]any{"completer_id": nil, "completer_guest_id": nil}
			})
			c.fails(h)
			said, results := "", 0
			for i, one := range h.query(h.session(prototest.Attributes{"max_retries": 0}), prototest.Attributes{"run_id": listedRun}, true, c.limit) {
				if one.Identity == nil {
					said += fmt.Sprint(i, " ", one)
					continue
				}
				if results++; len(one.Diagnostics) > 0 || one.DisplayName == "" {
					t.Errorf("result %d: %q %s", i, one.DisplayName, one)
				}
			}
			if results != c.results {
				t.Errorf("%d tasks, want %d", results, c.results)
			}
			pages, tasks := h.Count(http.MethodGet, "/tasks")-h.Count(http.MethodGet, "/tasks/"), h.Count(http.MethodGet, "/tasks/")
			if pages > 2 || tasks > 1 {
				t.Errorf("%d pages and %d tasks were read", pages, tasks)
			}
			if (said == "") != (c.says == "") || c.says != "" && !strings.HasPrefix(said, "1 Warning: Task Was Left Out: Step 1: Tallyfy's list shows task \"Step 1\" ("+listedTask(1)+") as completed") ||
				!strings.Contains(said, c.says) || strings.Count(said, "Warning:") > 1 {
				t.Errorf("said %q", said)
			}
		})
	}
}

// TestListThatShifts has a task appear at the start of the list while its pages are read, which
// moves another one to the next page.
func TestListThatShifts(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.completedTasks(listedRun, 150)
	pages := 0
	h.Inject(sandbox.Fault{PathPart: "/tasks", Times: -1, Before: func(r *http.Request) {
		query := r.URL.Query()
		query.Set("sort", "newest")
		r.URL.RawQuery = query.Encode()
		if pages++; pages == 2 {
			h.AddTask(sandbox.Task{ID: listedTask(999), RunID: listedRun, Title: "New", Status: "completed", CompletedAt: listedSince, CompleterID: sandbox.CallerID})
		}
	}})
	seen := map[string]int{}
	for _, one := range h.query(h.session(nil), prototest.Attributes{"run_id": listedRun}, false, 1000) {
		seen[one.DisplayName]++
	}
	if len(seen) != 151 {
		t.Errorf("%d tasks are listed, want 151", len(seen))
	}
	for name, times := range seen {
		if times != 1 {
			t.Errorf("%s is listed %d times", name, times)
		}
	}
}
