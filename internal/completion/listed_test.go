// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// importAll imports tasks concurrently, as a plan does, and fails the test unless the records
// match.
func (h *harness) importAll(tasks []completedTask) {
	h.Helper()
	var all sync.WaitGroup
	slots := make(chan struct{}, 10)
	for _, task := range tasks {
		time.Sleep(time.Millisecond) // they begin one after the other, and not at the same instant
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			want := task.record
			want.TasksChangedByRules = "" // only the response to a completion has them
			result, err := h.engine.Import(h.ctx, task.ref)
			if err != nil || len(result.Warnings) > 0 || !result.Record.equal(want) {
				h.Errorf("importing %s: got %+v, %v, want %+v", task.ref.Task, result, err, want)
			}
		})
	}
	all.Wait()
}

// TestImportTakesARequestForEachHundred counts the requests of imports of one process, and of
// one-off tasks.
func TestImportTakesARequestForEachHundred(t *testing.T) {
	t.Parallel()
	for _, run := range []string{runID, ""} {
		for n, want := range map[int][2]int{1: {1, 0}, 2: {1, 1}, 100: {1, 1}, 250: {1, 3}} {
			t.Run(fmt.Sprintf("%d of run %q", n, run), func(t *testing.T) {
				t.Parallel()
				inBubble(t, sandbox.Config{Latency: 50 * time.Millisecond}, nil, func(h *harness) {
					if run == "" {
						h.completedTasks(runID, 300, nil) // which are not one-off tasks
					}
					h.importAll(h.completedTasks(run, n, nil))
					h.wantReads(want[0], want[1])
				})
			})
		}
	}
}

// TestImportByTheTaskAlone imports process tasks whose process the import does not name: the list
// of one-off tasks does not show them.
func TestImportByTheTaskAlone(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		tasks := h.completedTasks(runID, 10, nil)
		for i := range tasks {
			tasks[i].ref.Run = ""
		}
		h.importAll(tasks)
		h.wantReads(10, 1)
	})
}

// TestImportReadsWhatTheListDoesNotShow imports the last of three tasks, which the list shows as
// open or without a fact.
func TestImportReadsWhatTheListDoesNotShow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config sandbox.Config
		run    string
		change func(*sandbox.Task)
		happen func(*harness, tallyfy.TaskRef)
		gets   int // of tasks, by all three imports
		fails  bool
	}{
		"completed": {run: runID, gets: 1},
		"archived": {run: runID, happen: func(h *harness, ref tallyfy.TaskRef) {
			h.server.Update(ref.Task, func(task *sandbox.Task) { task.Archived = true })
		}, gets: 1},
		"open": {run: runID, happen: func(h *harness, ref tallyfy.TaskRef) { h.server.ReopenOutside(ref.Task) }, gets: 2, fails: true},
		"the list lags": {run: runID, config: sandbox.Config{ListLag: 1}, happen: func(h *harness, ref tallyfy.TaskRef) {
			h.server.ReopenOutside(ref.Task)
			h.server.CompleteOutside(ref.Task, sandbox.SeedColleagueID, nil)
		}, gets: 2},
		"no title":     {run: runID, change: without("title"), gets: 3},
		"no type":      {run: runID, change: without("task_type"), gets: 3},
		"no status":    {run: runID, change: without("status"), gets: 3},
		"no time":      {run: runID, change: without("completed_at"), gets: 3},
		"no completer": {run: runID, change: without("completer_id"), gets: 3},
		"no decision":  {run: runID, change: func(task *sandbox.Task) { task.Type = tallyfy.TypeApproval }, gets: 3},
		"a decision":   {run: runID, change: func(task *sandbox.Task) { task.Type, task.IsApproved = tallyfy.TypeApproval, new(false) }, gets: 1},
		"one-off":      {gets: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, c.config, nil, func(h *harness) {
				tasks := h.completedTasks(c.run, 3, c.change)
				if c.happen != nil {
					c.happen(h, tasks[2].ref)
				}
				for i, task := range tasks {
					result, err := h.engine.Import(h.ctx, task.ref)
					if failed := err != nil; failed != (c.fails && i == 2) {
						h.Errorf("import %d: got %+v, %v", i, result, err)
					}
					if err == nil && result.Record.CompletedAt != "" {
						held, _ := h.server.Task(task.ref.Task)
						if !sameTime(held.CompletedAt, result.Record.CompletedAt) {
							h.Errorf("import %d: recorded %s, and Tallyfy has %s", i, result.Record.CompletedAt, held.CompletedAt)
						}
					}
				}
				if got := h.server.Count(get, "/tasks/"); got != c.gets {
					h.Errorf("%d tasks were read, want %d", got, c.gets)
				}
			})
		})
	}
}

// without returns a change that has lists and tasks show null for a fact.
func without(fact string) func(*sandbox.Task) {
	return func(task *sandbox.Task) { task.Extra = map[string]any{fact: nil} }
}

// TestImportListedNeedsTheProcess reads one-off tasks from a list that does not show to which
// process a task belongs.
func TestImportListedNeedsTheProcess(t *testing.T) {
	t.Parallel()
	task := tallyfy.Task{ID: taskID, Title: "T", Type: "task", Status: "completed", CompletedAt: longAgo, CompleterID: 7}
	if _, ok := ImportListed(tallyfy.TaskRef{Task: taskID}, &task); ok {
		t.Error("a one-off task may belong to a process that the list does not show")
	}
	if record, ok := ImportListed(tallyfy.TaskRef{Task: taskID, Run: runID}, &task); !ok || record.RunID != runID {
		t.Errorf("got %+v, %t", record, ok)
	}
	task.ShowsRun, task.RunID = true, runID
	if record, ok := ImportListed(tallyfy.TaskRef{Task: taskID}, &task); !ok || record.RunID != runID {
		t.Errorf("got %+v, %t", record, ok)
	}
}

// TestIsListed checks tasks of a list whose filters have no effect.
func TestIsListed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		run  string
		task tallyfy.Task
		want bool
	}{
		"completed task of the process":      {runID, tallyfy.Task{RunID: runID, CompletedAt: longAgo, IsOneOff: new(false)}, true},
		"open task of the process":           {runID, tallyfy.Task{RunID: runID, Status: "in-progress"}, false},
		"one-off":                            {"", tallyfy.Task{CompletedAt: longAgo, IsOneOff: new(true)}, true},
		"open one-off":                       {"", tallyfy.Task{IsOneOff: new(true)}, false},
		"one-off attached to a process":      {"", tallyfy.Task{RunID: runID, CompletedAt: longAgo, IsOneOff: new(true)}, true},
		"one-off that is not said to be one": {"", tallyfy.Task{CompletedAt: longAgo}, true},
		"task of a process":                  {"", tallyfy.Task{RunID: runID, CompletedAt: longAgo, IsOneOff: new(false)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := IsListed(c.run, &c.task); got != c.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
