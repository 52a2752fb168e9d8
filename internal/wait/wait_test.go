// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestUntilSomeoneApproves(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.schedule(100*time.Second, h.decide(taskID, true))
		o := h.wait(h.Context(), h.want())
		h.completed(o, 105*time.Second)
		h.wantRequests(8, 1) // the list at 0, 15, …, 105 seconds, and the task
		if o.task.IsApproved == nil || !*o.task.IsApproved || o.task.CompleterID != person {
			h.Errorf("got %+v", o.task)
		}
		h.wantText(strings.Join(h.log, "\n"), "waiting for a Tallyfy task", "Approve the change", "in-progress", "assigned_to:user 1002, guest auditor@example.com, group 96 ", "the wait for a Tallyfy task is over")
		if len(h.log) != 3 { // open, completed, over: a poll without a change is not logged
			h.Errorf("there are %d lines:\n%s", len(h.log), strings.Join(h.log, "\n"))
		}
	})
}

func TestUntilOfACompletedTask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.decide(taskID, true)()
		h.completed(h.wait(h.Context(), h.want()), 0)
		h.wantRequests(1, 1)
	})
}

// A rejection fails a wait, at any time, whatever the list shows.
func TestUntilSomeoneRejects(t *testing.T) {
	t.Parallel()
	for _, when := range []time.Duration{0, 40 * time.Second} {
		inBubble(t, sandbox.Config{}, nil, func(h *harness) {
			h.schedule(when, h.decide(taskID, false))
			o := h.wait(h.Context(), h.want())
			if at := o.at; at != 0 && at != 15*time.Second && at != 45*time.Second {
				h.Errorf("it took %s", at)
			}
			h.failed(o, o.at, "Approval Was Rejected", `Task "Approve the change" (`+taskID+`)`, "rejected by user 1002 at ", `status is "completed"`,
				"assigned to user 1002, guest auditor@example.com, group 96", "Nothing is recorded", "The next apply reads the task again, and fails as long as it is rejected")
		})
		inBubble(t, sandbox.Config{}, nil, func(h *harness) {
			h.schedule(when, h.decide(taskID, false))
			want := h.want()
			want.FailOnRejection = false
			if o := h.wait(h.Context(), want); o.err != nil || o.task.IsApproved == nil || *o.task.IsApproved {
				h.Errorf("a rejection that is accepted: got %+v, %v", o.task, o.err)
			}
		})
	}
}

// A wait without the process reads the task once to learn it.
func TestUntilLearnsTheProcess(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		want := h.want()
		want.Run = ""
		h.schedule(50*time.Second, h.decide(taskID, true))
		o := h.wait(h.Context(), want)
		h.completed(o, time.Minute)
		h.wantRequests(4, 2)
		if o.task.RunID != runID {
			h.Errorf("got the run %q", o.task.RunID)
		}
	})
}

func TestUntilTimesOut(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, func(task *sandbox.Task) { task.EveryoneMustComplete = 2 }, func(h *harness) {
		want := h.want()
		want.Timeout = 20 * time.Minute
		h.failed(h.wait(h.Context(), want), 20*time.Minute, "Wait Timed Out", "Waited 20m0s (timeouts.create) for task \"Approve the change\"", `its status is "in-progress"`,
			"assigned to user 1002, guest auditor@example.com, group 96", "Everyone who is assigned must complete it", "Nothing is recorded",
			"The next apply waits again, and records the task if it is completed by then. Raise timeouts.create")
		h.wantRequests(80, 1)
	})
}

// An interrupt ends a wait immediately, also during a poll, and no further request is sent.
func TestUntilInterrupted(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]sandbox.Config{"between two polls": {Latency: time.Second}, "in a poll": {Latency: 20 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, config, nil, func(h *harness) {
				ctx, cancel := context.WithCancel(h.Context())
				h.schedule(75*time.Second, cancel)
				o := h.wait(ctx, h.want())
				before := len(h.server.Journal())
				h.failed(o, 75*time.Second, "Wait Was Interrupted", `waited for task "Approve the change" (`+taskID+`)`, `status is "in-progress"`,
					"assigned to user 1002", "Nothing is recorded", "The next apply waits again")
				time.Sleep(time.Hour)
				if after := len(h.server.Journal()); after != before {
					h.Errorf("%s: %d requests were sent afterwards", name, after-before)
				}
			})
		})
	}
}

// A task may appear a moment after its process was launched. If it does not appear within a minute,
// the wait fails.
func TestUntilATaskAppears(t *testing.T) {
	t.Parallel()
	const late = "7a5c00000000000000000000000000cc"
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		want := h.want()
		want.Task = late
		h.schedule(40*time.Second, func() { h.server.AddTask(sandbox.Task{ID: late, RunID: runID, Title: "Late"}) })
		h.schedule(80*time.Second, h.decide(late, true))
		h.completed(h.wait(h.Context(), want), 90*time.Second)
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		want := h.want()
		want.Task = late
		h.failed(h.wait(h.Context(), want), time.Minute, "Task Could Not Be Read", "Waiting for task "+late+" of process "+runID+": Tallyfy returned 404",
			"for at least 1m0s", "Check organization_id, run_id and task_id", "The next apply waits again")
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) { // the task is deleted during the wait
		h.schedule(20*time.Second, func() { h.server.DeleteTask(taskID) })
		h.failed(h.wait(h.Context(), h.want()), 90*time.Second, "Task Could Not Be Read", `task "Approve the change"`, "assigned to user 1002")
	})
}

func TestUntilByAlias(t *testing.T) {
	t.Parallel()
	byAlias := func(h *harness, alias string) Wanted {
		want := h.want()
		want.Task, want.Alias = "", alias
		return want
	}
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.schedule(50*time.Second, h.decide(taskID, true))
		for range 3 {
			h.start(byAlias(h, "approve-the-change"))
		}
		h.over.Wait()
		h.wantRequests(5, 3) // the search for the alias counts as the first poll
	})
	inBubble(t, sandbox.Config{}, func(task *sandbox.Task) { task.Alias = "" }, func(h *harness) { // the alias appears later
		h.schedule(20*time.Second, func() { h.server.Update(taskID, func(task *sandbox.Task) { task.Alias = "approve-the-change" }) })
		h.schedule(50*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), byAlias(h, "approve-the-change")), time.Minute)
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.failed(h.wait(h.Context(), byAlias(h, "approve-the-chagne")), time.Minute, "No Task Matches", `Did you mean "approve-the-change"?`)
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.AddTask(sandbox.Task{ID: "7a5c00000000000000000000000000dd", RunID: runID, Alias: "approve-the-change"})
		h.failed(h.wait(h.Context(), byAlias(h, "approve-the-change")), 0, "Several Tasks Match")
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) { // the list fails until the timeout
		h.server.Inject(sandbox.Fault{Status: 502, Body: "<html></html>", Times: -1})
		h.failed(h.wait(h.Context(), byAlias(h, "approve-the-change")), timeout, "Wait Timed Out",
			`the task with the alias "approve-the-change" of process `+runID, "The last poll failed: Tallyfy returned 502")
	})
}

// An archived task cannot be completed, so a wait for it fails.
func TestUntilOfAnArchivedTask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.schedule(20*time.Second, func() { h.server.Update(taskID, func(task *sandbox.Task) { task.Archived = true }) })
		h.failed(h.wait(h.Context(), h.want()), 30*time.Second, "Task Is Archived", "Restore the task")
	})
}

// A hidden task is waited for, because an automation may show it.
func TestUntilOfAHiddenTask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, func(task *sandbox.Task) { task.Hidden = true }, func(h *harness) {
		h.schedule(20*time.Second, func() { h.server.Update(taskID, func(task *sandbox.Task) { task.Hidden = false }) })
		h.schedule(50*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), h.want()), time.Minute)
	})
}
