// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Fifty waits of a process send one request per interval, and one more for each completed task.
func TestWaitsOfAProcessShareItsPolls(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: 50 * time.Millisecond}, nil, func(h *harness) {
		const n = 50
		var all []*outcome
		for i := range n {
			id := fmt.Sprintf("7a5c%028d", 1000+i)
			h.server.AddTask(sandbox.Task{ID: id, RunID: runID, Type: tallyfy.TypeApproval})
			want := h.want()
			want.Task = id
			time.Sleep(time.Millisecond) // they start shortly after each other
			all = append(all, h.start(want))
			h.schedule(time.Minute+time.Duration(i)*3*time.Second, h.decide(id, true))
		}
		h.over.Wait()
		for _, o := range all {
			if o.err != nil || !o.task.Completed() {
				h.Errorf("got %+v, %v", o.task, o.err)
			}
		}
		pages, tasks := h.requests()
		if most := int(time.Since(h.began)/interval) + 1; pages > most || tasks != n {
			h.Errorf("%d pages and %d tasks were read in %s, want %d and %d", pages, tasks, time.Since(h.began), most, n)
		}
	})
}

// A wait that searches for an alias uses the polls of the others, in each order.
func TestWaitsForIDsAndAliasesShareTheirPolls(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]bool{"aliases first": {true, true, false, false}, "IDs first": {false, false, true, true}, "in turns": {false, true, false, true}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sandbox.Config{Latency: 50 * time.Millisecond}, nil, func(h *harness) {
				for _, byAlias := range order {
					want := h.want()
					if byAlias {
						want.Task, want.Alias = "", "late"
					}
					h.start(want)
					time.Sleep(time.Second)
				}
				const late = "7a5c00000000000000000000000000cc"
				h.schedule(40*time.Second, func() { h.server.AddTask(sandbox.Task{ID: late, RunID: runID, Alias: "late"}) })
				h.schedule(100*time.Second, h.decide(late, true))
				h.schedule(100*time.Second, h.decide(taskID, true))
				h.over.Wait()
				pages, tasks := h.requests()
				if most := int(time.Since(h.began)/interval) + 1; pages > most || tasks != len(order) {
					h.Errorf("%d pages and %d tasks were read in %s, want at most %d and %d", pages, tasks, time.Since(h.began), most, len(order))
				}
			})
		})
	}
}

// Each wait polls at its own interval, and uses what another has read within it.
func TestWaitsWithIntervalsOfTheirOwn(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		for _, every := range []time.Duration{10 * time.Second, time.Minute} {
			want := h.want()
			want.Interval = every
			h.start(want)
		}
		h.schedule(305*time.Second, h.decide(taskID, true))
		h.over.Wait()
		pages, tasks := h.requests()
		if pages > 32+1 || tasks != 2 {
			h.Errorf("%d pages and %d tasks were read", pages, tasks)
		}
	})
}

// Waits of different processes share nothing. A one-off task is read separately.
func TestWaitsOfOtherProcesses(t *testing.T) {
	t.Parallel()
	const other, oneOff = "7a5c00000000000000000000000000aa", "7a5c00000000000000000000000000bb"
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.AddTask(sandbox.Task{ID: other, RunID: "5eed00000000000000000000000000aa"})
		h.server.AddTask(sandbox.Task{ID: oneOff, Title: "Rotate the key"})
		for _, ref := range []tallyfy.TaskRef{{Run: runID, Task: taskID}, {Run: "5eed00000000000000000000000000aa", Task: other}, {Task: oneOff}} {
			want := h.want()
			ref.Organization = want.Organization
			want.TaskRef = ref
			h.start(want)
		}
		for _, id := range []string{taskID, other, oneOff} {
			h.schedule(50*time.Second, h.decide(id, true))
		}
		h.over.Wait()
		h.wantRequests(2*5, 2+5) // the polls at 0, 15, 30, 45 and 60 seconds
	})
}

// In a process with more pages of tasks than there are waits, each task is read separately.
func TestUntilInALongProcess(t *testing.T) {
	t.Parallel()
	for waits, want := range map[int][2]int{1: {1, 5}, 3: {3 * 5, 3}} { // pages and tasks of 5 polls
		inBubble(t, sandbox.Config{}, nil, func(h *harness) {
			for i := range 299 {
				h.server.AddTask(sandbox.Task{ID: fmt.Sprintf("7a5c%028d", 2000+i), RunID: runID})
			}
			for i := range waits {
				id := fmt.Sprintf("7a5c%028d", 2290+i)
				wanted := h.want()
				wanted.Task = id
				h.start(wanted)
				h.schedule(50*time.Second, h.decide(id, true))
			}
			h.over.Wait()
			pages, tasks := h.requests()
			if pages > want[0]+waits || tasks > want[1]+waits {
				h.Errorf("%d waits: %d pages and %d tasks were read, want about %v", waits, pages, tasks, want)
			}
		})
	}
}

// Other waits do not use the poll of a wait that has timed out or was cancelled.
func TestPollOfAnotherWaitThatEnds(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: 8 * time.Second}, nil, func(h *harness) {
		short := h.want()
		short.Timeout = 5 * time.Second
		first := h.start(short)
		time.Sleep(time.Second)
		second := h.start(h.want())
		h.schedule(2*time.Second, h.decide(taskID, true))
		h.over.Wait()
		if second.err != nil || second.at > 30*time.Second {
			h.Errorf("after %s: got %v", second.at, second.err)
		}
		if first.err != nil { // its last read shows the task
			h.Errorf("after %s: got %v", first.at, first.err)
		}
	})
}

// A list that lags does not show the task as completed. A GET of the task does, at the latest at
// the timeout.
func TestUntilOnAListThatLags(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ListLag: 1}, nil, func(h *harness) {
		h.schedule(20*time.Second, h.decide(taskID, true))
		h.schedule(50*time.Second, func() { h.server.RenameOutside(taskID, "Approve the change now") }) // the list lags by one write
		h.completed(h.wait(h.Context(), h.want()), time.Minute)
		h.wantRequests(5, 1)
	})
	for approved, summary := range map[bool]string{true: "", false: "Approval Was Rejected"} {
		inBubble(t, sandbox.Config{ListLag: 100}, nil, func(h *harness) {
			h.schedule(20*time.Second, h.decide(taskID, approved))
			want := h.want()
			want.Timeout = 10 * time.Minute
			if o := h.wait(h.Context(), want); approved {
				h.completed(o, want.Timeout)
			} else {
				h.failed(o, want.Timeout, summary)
			}
			h.wantRequests(40, 1)
		})
	}
}

// A list that shows a completion does not end a wait. A GET of the task ends it, once it shows the
// completion too.
func TestUntilTheTaskItselfShowsIt(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 40 * time.Second}, nil, func(h *harness) {
		h.schedule(20*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), h.want()), time.Minute)
		h.wantRequests(5, 3) // at 30, 45 and 60 seconds
	})
}

// A task that the list does not contain is read separately.
func TestUntilOfATaskThatIsNotListed(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{PathPart: "/tasks/" + taskID, Times: -1}) // no fault
		h.server.Inject(sandbox.Fault{PathPart: "/tasks", Times: -1, Status: http.StatusOK, Body: `{"data":[]}`})
		h.schedule(50*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), h.want()), time.Minute)
		h.wantRequests(5, 5)
	})
}
