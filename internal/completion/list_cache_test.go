// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// completedTask is a task that was completed long ago, with its record.
type completedTask struct {
	ref    tallyfy.TaskRef
	record Record
}

const longAgo = "2026-05-20T17:00:00.000Z"

// completedTasks adds n completed tasks to a run, or n one-off tasks if run is empty.
func (h *harness) completedTasks(run string, n int, change func(*sandbox.Task)) []completedTask {
	h.Helper()
	var all []completedTask
	for i := range n {
		task := sandbox.Task{ID: fmt.Sprintf("c0%030d", i), RunID: run, Title: fmt.Sprintf("Step %d", i), Status: "completed", CompletedAt: longAgo, CompleterID: sandbox.CallerID}
		if run == "" {
			task.ID = fmt.Sprintf("0ff%029d", i)
		}
		if change != nil {
			change(&task)
		}
		h.server.AddTask(task)
		known := Record{RunID: run, Status: "completed", Title: task.Title, TaskType: "task", CompletedAt: longAgo, CompleterID: sandbox.CallerID, TasksChangedByRules: `{}`}
		if task.Type != "" {
			known.TaskType, known.IsApproved = task.Type, task.IsApproved
		}
		all = append(all, completedTask{tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: run, Task: task.ID}, known})
	}
	h.server.ResetJournal()
	return all
}

// refresh reads the tasks concurrently, as Terraform does, and fails the test if one has changed.
func (h *harness) refresh(tasks []completedTask, parallelism int) {
	h.Helper()
	var all sync.WaitGroup
	slots := make(chan struct{}, parallelism)
	for _, task := range tasks {
		time.Sleep(time.Millisecond) // they begin one after the other, and not at the same instant
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			result, err := h.engine.Read(h.ctx, task.ref, task.record)
			if err != nil || result.Reopened || len(result.Warnings) > 0 || !result.Record.equal(task.record) {
				h.Errorf("reading %s: got %+v, %v", task.ref.Task, result, err)
			}
		})
	}
	all.Wait()
}

// wantReads fails the test unless all requests were GETs: this many of single tasks, and this many
// of pages of lists.
func (h *harness) wantReads(tasks, pages int) {
	h.Helper()
	gotTasks, gotPages := 0, 0
	for _, entry := range h.server.Journal() {
		switch {
		case entry.Method != get:
			h.Errorf("%s %s was sent", entry.Method, entry.Path)
		case entry.Query != "":
			gotPages++
		default:
			gotTasks++
		}
	}
	if gotTasks != tasks || gotPages != pages {
		h.Errorf("%d tasks and %d pages were read, want %d and %d", gotTasks, gotPages, tasks, pages)
	}
}

// failLists adds a fault that affects requests for lists, but not those for the tasks.
func (h *harness) failLists(tasks []completedTask, fault sandbox.Fault) {
	for _, task := range tasks {
		h.server.Inject(sandbox.Fault{PathPart: "/tasks/" + task.ref.Task, Times: -1})
	}
	fault.Method = get
	h.server.Inject(fault)
}

// A refresh of the completions of a run takes two requests for the first hundred tasks, and one
// more for each further hundred.
func TestRefreshTakesARequestForEachHundred(t *testing.T) {
	t.Parallel()
	for run, parallelisms := range map[string][]int{runID: {1, 10, 50}, "": {10}} {
		for _, parallelism := range parallelisms {
			for n, want := range map[int][2]int{1: {1, 0}, 2: {1, 1}, 10: {1, 1}, 100: {1, 1}, 101: {1, 2}, 250: {1, 3}, 500: {1, 5}} {
				t.Run(fmt.Sprintf("run %q, %d tasks, parallelism %d", run, n, parallelism), func(t *testing.T) {
					t.Parallel()
					inBubble(t, sandbox.Config{Latency: 50 * time.Millisecond}, nil, func(h *harness) {
						if run == "" {
							h.completedTasks(runID, 300, nil) // which are not one-off tasks
						}
						h.refresh(h.completedTasks(run, n, nil), parallelism)
						h.wantReads(want[0], want[1])
					})
				})
			}
		}
	}
}

// The number of requests does not depend on latency or on the order in which Terraform reads the
// tasks.
func TestRefreshInAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		inBubble(t, today(), nil, func(h *harness) {
			tasks := h.completedTasks(runID, 500, nil)
			rand.New(rand.NewPCG(seed, 0)).Shuffle(len(tasks), func(i, j int) { tasks[i], tasks[j] = tasks[j], tasks[i] }) //nolint:gosec // an order for a test
			h.refresh(tasks, 10)
			h.wantReads(1, 5)
		})
	}
}

// A few completions of a long run are read one by one, because the list would take more requests.
// Its first page shows how long it is.
func TestRefreshOfFewInALongRun(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]int{1: {1, 0}, 2: {2, 1}, 5: {5, 1}} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				tasks := h.completedTasks(runID, 1000, nil)
				h.refresh(tasks[len(tasks)-n:], 10)
				h.wantReads(want[0], want[1])
			})
		})
	}
	// If they are read one after the other, at most twice as many requests are sent as necessary.
	inBubble(t, today(), nil, func(h *harness) {
		tasks := h.completedTasks(runID, 1000, nil)
		slices.Reverse(tasks)
		h.refresh(tasks[:100], 1)
		if n := len(h.server.Journal()); n > 2*(1+10) {
			h.Errorf("%d requests", n)
		}
	})
}

// A task that the list shows differently from its record is read separately, because lists may lag.
func TestListIsUsedOnlyToConfirm(t *testing.T) {
	t.Parallel()
	approved := func(task *sandbox.Task) { task.Type, task.IsApproved = tallyfy.TypeApproval, new(true) }
	for name, c := range map[string]struct {
		config sandbox.Config
		happen func(*harness, completedTask)
		// the result for the last of three tasks, and the number of GETs of tasks for all three
		reopened bool
		changed  func(*Record)
		gets     int
	}{
		"nothing happened": {gets: 1},
		"it is archived": {happen: func(h *harness, k completedTask) {
			h.server.Update(k.ref.Task, func(task *sandbox.Task) { task.Archived = true })
		}, gets: 1},
		"it was reopened": {happen: func(h *harness, k completedTask) { h.server.ReopenOutside(k.ref.Task) }, reopened: true, gets: 4}, // an open task is read three times
		"it was decided again": {happen: func(h *harness, k completedTask) {
			h.server.Update(k.ref.Task, func(task *sandbox.Task) { task.IsApproved = new(false) })
		}, changed: func(r *Record) { r.IsApproved = new(false) }, gets: 2},
		"it was renamed": {happen: func(h *harness, k completedTask) {
			h.server.Update(k.ref.Task, func(task *sandbox.Task) { task.Title = "Renamed" })
		}, changed: func(r *Record) { r.Title = "Renamed" }, gets: 2},
		"it was completed again, by someone else": {happen: func(h *harness, k completedTask) {
			h.server.Update(k.ref.Task, func(task *sandbox.Task) { task.CompletedAt, task.CompleterID = "2026-06-01T00:00:00Z", 7 })
		}, changed: func(r *Record) { r.CompletedAt, r.CompleterID, r.TasksChangedByRules = "2026-06-01T00:00:00Z", 7, "" }, gets: 2},
		"it is gone": {happen: func(h *harness, k completedTask) { h.server.DeleteTask(k.ref.Task) }, gets: 2},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, c.config, nil, func(h *harness) {
				tasks := h.completedTasks(runID, 3, approved)
				last := tasks[2]
				if c.happen != nil {
					c.happen(h, last)
				}
				h.refresh(tasks[:2], 1)
				result, err := h.engine.Read(h.ctx, last.ref, last.record)
				want := last.record
				if c.changed != nil {
					c.changed(&want)
				}
				if err != nil || result.Reopened != c.reopened || !c.reopened && !result.Record.equal(want) {
					h.Errorf("got %+v, %v", result, err)
				}
				if got := h.server.Count(get, "/tasks/"); got != c.gets {
					h.Errorf("%d tasks were read, want %d", got, c.gets)
				}
			})
		})
	}
}

// An update completes a task again. A list that lags shows the earlier completion. If that counted,
// the update would be planned again.
func TestListThatLagsBehindAnUpdate(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ListLag: 10}, nil, func(h *harness) {
		tasks := h.completedTasks(runID, 3, func(task *sandbox.Task) { task.Type, task.IsApproved = tallyfy.TypeApproval, new(true) })
		want := Desired{Task: tasks[2].ref, IsApproved: new(true)}
		other := want
		other.IsApproved = new(false)
		updated, err := h.engine.Update(h.ctx, tasks[2].record, want, other)
		if err != nil {
			h.Fatal(err)
		}
		h.server.ResetJournal()
		h.refresh(tasks[:2], 1)
		result, err := h.engine.Read(h.ctx, tasks[2].ref, updated.Record)
		if err != nil || result.Reopened || result.Record.IsApproved == nil || *result.Record.IsApproved || result.Record.CompletedAt != updated.Record.CompletedAt {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantReads(2, 1)
	})
}

// A list without completion times does not identify completions.
func TestListWithoutTimes(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		tasks := h.completedTasks(runID, 3, nil)
		h.failLists(tasks, sandbox.Fault{Times: -1, Status: 200, Body: `{"data":[{"id":"` + tasks[1].ref.Task + `","status":"completed"},{"id":"` + tasks[2].ref.Task + `","status":"completed"}]}`})
		h.refresh(tasks, 1)
		h.wantReads(3, 1)
	})
}

// If a list cannot be read, each task is read separately, and the list is not requested again.
func TestListThatFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"500": {Status: 500}, "502": {Status: 502, Body: "<html>"}, "403": {Status: 403}, "404": {Status: 404}, "302": {Status: 302},
		"html": {Status: 200, Body: "<html>"}, "no list": {Status: 200, Body: `{"data":{"id":"x"}}`}, "cut": {Raw: []byte("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"da")},
		"dropped": {Drop: true}, "no response": {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				fault.Times = -1
				tasks := h.completedTasks(runID, 30, nil)
				h.failLists(tasks, fault)
				h.refresh(tasks, 10)
				h.wantReads(30, 1)
			})
		})
	}
}

// If the list is rate limited, so are the single tasks.
func TestListThatIsRefusedForNow(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		tasks := h.completedTasks(runID, 30, nil)
		h.failLists(tasks, sandbox.Fault{Times: 2, Status: 429, Header: http.Header{"Retry-After": {"3"}}})
		h.refresh(tasks, 10)
		h.wantReads(1, 3)
	})
}

// Half of the time of a read is kept for the task itself, in case there is no response to the list.
func TestListTakesHalfOfTheTime(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		tasks := h.completedTasks(runID, 2, nil)
		h.refresh(tasks[:1], 1)
		h.server.Inject(sandbox.Fault{Method: get, Delay: time.Hour})
		ctx, cancel := context.WithTimeout(h.ctx, tallyfy.DefaultRequestTimeout/2)
		defer cancel()
		h.ctx = ctx
		h.refresh(tasks[1:], 1)
	})
}

// A second read of a task, or one much later, needs a new list.
func TestRefreshAgain(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]time.Duration{"at once": 0, "later": time.Hour} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				tasks := h.completedTasks(runID, 30, nil)
				first := tasks[:20]
				if wait == 0 {
					first = tasks
				}
				h.refresh(first, 10)
				time.Sleep(wait)
				last := tasks[29]
				h.server.ReopenOutside(last.ref.Task)
				h.ctx = h.Context()
				result, err := h.engine.Read(h.ctx, last.ref, last.record)
				if err != nil || !result.Reopened {
					h.Errorf("got %+v, %v", result, err)
				}
			})
		})
	}
}

// The preflight checks and the refresh of one plan share the list of a run.
func TestRefreshSharesTheListOfThePreflight(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		tasks := h.completedTasks(runID, 30, nil)
		preflight := h.listingPreflight()
		if problems, warnings, err := checkNew(preflight, h, h.want()); err != nil || len(problems)+len(warnings) > 0 {
			h.Errorf("got %v, %v, %v", problems, warnings, err)
		}
		h.refresh(tasks, 10)
		h.wantReads(0, 1)
	})
	inBubble(t, today(), nil, func(h *harness) { // two tasks to be completed, in a run of ten pages
		h.completedTasks(runID, 1000, nil)
		h.server.DeleteTask(taskID)
		h.server.AddTask(sandbox.Task{ID: taskID, RunID: runID})
		h.server.ResetJournal()
		if problems, warnings, err := checkNew(h.listingPreflight(), h, h.want()); err != nil || len(problems)+len(warnings) > 0 {
			h.Errorf("got %v, %v, %v", problems, warnings, err)
		}
		h.wantRequests(get, get)
	})
}

// A server that ignores the filter lists all tasks of the organization. One-off tasks are then read
// separately.
func TestOneOffTasksAmongMany(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.completedTasks(runID, 3000, func(task *sandbox.Task) { task.OneOff = true }) // one-off tasks that are attached to a run
		tasks := h.completedTasks("", 20, nil)
		h.refresh(tasks, 10)
		h.wantReads(20, 1)
	})
}

// pagesOf returns a reader of a list that fails after more pages than the cache should read.
func pagesOf(read *int, page func(number int) tallyfy.Page) pageReader {
	return func(_ context.Context, _ tallyfy.List, number int) (tallyfy.Page, error) {
		if *read++; *read > 10 {
			return tallyfy.Page{}, errors.New("it reads on and on")
		}
		return page(number), nil
	}
}

// A server that ignores the page number always announces another page.
func TestListWhosePagesAreAllTheSame(t *testing.T) {
	t.Parallel()
	read, caches := 0, &listCaches{}
	same := pagesOf(&read, func(number int) tallyfy.Page {
		return tallyfy.Page{Tasks: []*tallyfy.Task{{ID: taskID}}, Of: number + 1}
	})
	for n := range 20 {
		id := fmt.Sprintf("c0%030d", n)
		list, _ := caches.get(tallyfy.List{Run: runID}, id)
		if task, err := list.find(t.Context(), same, id); task != nil || err != nil {
			t.Errorf("got %+v, %v", task, err)
		}
	}
	if read != 2 {
		t.Errorf("%d pages were read", read)
	}
}

// A list may show IDs in a different letter case from the configuration.
func TestListWithIDsInAnotherCase(t *testing.T) {
	t.Parallel()
	read, caches := 0, &listCaches{}
	list, _ := caches.get(tallyfy.List{Run: runID}, taskID)
	task, err := list.find(t.Context(), pagesOf(&read, func(int) tallyfy.Page {
		return tallyfy.Page{Tasks: []*tallyfy.Task{{ID: strings.ToUpper(taskID)}}, Of: 1}
	}), taskID)
	if task == nil || err != nil {
		t.Errorf("got %+v, %v", task, err)
	}
	if again, _ := caches.get(tallyfy.List{Run: runID}, strings.ToUpper(taskID)); again == list {
		t.Error("a second read of a task is served by the list of the first one")
	}
}
