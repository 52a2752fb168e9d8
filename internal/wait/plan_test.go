// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// check returns the messages of a plan, a line for each message: "Warning: summary: detail".
func (h *harness) check(want Wanted) string {
	h.Helper()
	var lines []string
	warnings, err := h.waits.Check(h.Context(), want)
	for _, warning := range warnings {
		lines = append(lines, "Warning: "+warning.Summary+": "+warning.Detail)
	}
	var failure *notice.Failure
	if errors.As(err, &failure) {
		lines = append(lines, "Error: "+failure.Summary+": "+failure.Detail)
	} else if err != nil {
		h.Errorf("got %v", err)
	}
	return strings.Join(lines, "\n")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	decide := func(approved bool) func(*harness) { return func(h *harness) { h.decide(taskID, approved)() } }
	for name, c := range map[string]struct {
		task  func(*sandbox.Task)
		given func(*harness)
		want  func(*Wanted)
		says  []string // the first is how it begins
		tasks int      // that are read separately
	}{
		"open": {says: []string{
			"Warning: Apply Waits for a Task: ", `Task "Approve the change" (` + taskID + `) is open: its status is "in-progress", and it is assigned to user 1002, guest auditor@example.com, group 96.`,
			"Applying this waits for up to 1h0m0s until it is completed. A rejection is an error.",
		}},
		"open, rejections accepted": {want: func(w *Wanted) { w.FailOnRejection = false }, says: []string{"Warning: Apply Waits for a Task: ", "until it is completed."}},
		"the time is not known":     {want: func(w *Wanted) { w.Timeout = 0 }, says: []string{"Warning: Apply Waits for a Task: ", "Applying this waits until it is completed. A"}},
		"everyone":                  {task: func(task *sandbox.Task) { task.EveryoneMustComplete = 2 }, says: []string{"Warning: Apply Waits for a Task: ", "Everyone who is assigned must"}},
		"not assigned to anyone":    {task: func(task *sandbox.Task) { task.Owners = sandbox.Owners{} }, says: []string{"Warning: Apply Waits for a Task: ", "not assigned to anyone"}},
		"without its process":       {want: func(w *Wanted) { w.Run = "" }, says: []string{"Warning: Apply Waits for a Task: "}, tasks: 1},
		"by its alias":              {want: func(w *Wanted) { w.Task, w.Alias = "", "approve-the-change" }, says: []string{"Warning: Apply Waits for a Task: "}},
		"approved":                  {given: decide(true), says: []string{"Warning: Nothing to Wait For: ", "was approved by user 1002 at", "records it without a wait"}, tasks: 1},
		"rejected":                  {given: decide(false), says: []string{"Error: Approval Was Rejected: ", "rejected by user 1002 at"}, tasks: 1},
		"rejected, and accepted":    {given: decide(false), want: func(w *Wanted) { w.FailOnRejection = false }, says: []string{"Warning: Nothing to Wait For: ", "was rejected by user 1002"}, tasks: 1},
		"archived":                  {task: func(task *sandbox.Task) { task.Archived = true }, says: []string{"Error: Task Is Archived: ", "The plan does not wait for it"}, tasks: 1},
		"not there": {
			want: func(w *Wanted) { w.Task = strings.Repeat("a", 32) }, tasks: 1,
			says: []string{"Warning: Task Cannot Be Found: ", "while planning: Tallyfy returned 404", "Applying this searches for the task for about 1m0s, and fails unless Tallyfy shows it by then."},
		},
		"no such alias": {
			want: func(w *Wanted) { w.Task, w.Alias = "", "approve-the-chagne" },
			says: []string{"Warning: Task Cannot Be Found: ", `Did you mean "approve-the-change"?`, "Applying this searches for the task for about 1m0s"},
		},
		"two with the alias": {
			given: func(h *harness) {
				h.server.AddTask(sandbox.Task{ID: strings.Repeat("b", 32), RunID: runID, Alias: "approve-the-change"})
			},
			want: func(w *Wanted) { w.Task, w.Alias = "", "approve-the-change" }, says: []string{"Error: Several Tasks Match: "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sandbox.Config{}, c.task, func(h *harness) {
				if c.given != nil {
					c.given(h)
				}
				want := h.want()
				if c.want != nil {
					c.want(&want)
				}
				said := h.check(want)
				if !strings.HasPrefix(said, c.says[0]) || strings.Contains(said, "\nWarning: ") || strings.Contains(said, "\nError: ") {
					h.Errorf("%s: it begins otherwise than %q", name, c.says[0])
				}
				h.wantText(said, c.says[1:]...)
				if pages, tasks := h.requests(); tasks != c.tasks || pages > 1 {
					h.Errorf("%s: %d pages and %d tasks were read", name, pages, tasks)
				}
			})
		})
	}
}

// A list that lags must not fail a plan. A rejection that a list shows is confirmed by reading the
// task.
func TestCheckConfirmsARejection(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{PathPart: "/tasks/"}) // no fault
		h.server.Inject(sandbox.Fault{Status: http.StatusOK, Body: fmt.Sprintf(
			`{"data":[{"id":%q,"run_id":%q,"task_type":"approval","status":"completed","completed_at":"2026-05-20T17:00:00Z","is_approved":false}]}`, taskID, runID)})
		if said := h.check(h.want()); !strings.HasPrefix(said, "Warning: Apply Waits for a Task: ") {
			h.Errorf("it says %q", said)
		}
	})
}

// The waits of a process are checked with one request for each hundred of its tasks.
func TestCheckManyWaits(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		for i := range 100 {
			want := h.want()
			want.Task = fmt.Sprintf("7a5c%028d", 3000+i)
			h.server.AddTask(sandbox.Task{ID: want.Task, RunID: runID})
		}
		for i := range 100 {
			want := h.want()
			want.Task = fmt.Sprintf("7a5c%028d", 3000+i)
			h.over.Go(func() { h.check(want) })
		}
		h.over.Wait()
		if pages, tasks := h.requests(); pages > 2 || tasks > 1 {
			h.Errorf("%d pages and %d tasks were read", pages, tasks)
		}
	})
}

// The plan of an apply and the wait that follows it share a list.
func TestUntilRightAfterCheck(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.check(h.want())
		h.schedule(20*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), h.want()), 30*time.Second)
		h.wantRequests(3, 1)
	})
}

// TestCheckOfAMissingTask reads how long an apply searches for a task, and waits that long.
func TestCheckOfAMissingTask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		interval, timeout time.Duration
		says              string
		ends              time.Duration
	}{
		"defaults":                {interval, timeout, "Applying this searches for the task for about 1m0s, and fails unless", time.Minute},
		"an interval beyond it":   {5 * time.Minute, timeout, "for about 5m0s, and fails unless", 5 * time.Minute},
		"an interval across it":   {25 * time.Second, timeout, "for about 1m15s, and fails unless", 75 * time.Second},
		"a short timeout":         {interval, 30 * time.Second, "until timeouts.create (30s) is over, and fails unless", 30 * time.Second},
		"a timeout at the end":    {interval, time.Minute, "until timeouts.create (1m0s) is over, and fails unless", time.Minute},
		"a timeout before a poll": {5 * time.Minute, 2 * time.Minute, "until timeouts.create (2m0s) is over, and fails unless", 2 * time.Minute},
		"an unknown timeout":      {interval, 0, "for about 1m0s, or until timeouts.create is over, and fails unless", 0},
	} {
		for by, want := range map[string]Wanted{
			"ID":    {TaskRef: tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: runID, Task: strings.Repeat("a", 32)}},
			"alias": {TaskRef: tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: runID}, Alias: "nobody"},
		} {
			t.Run(name+", by "+by, func(t *testing.T) {
				inBubble(t, sandbox.Config{}, nil, func(h *harness) {
					want.Interval, want.Timeout = c.interval, c.timeout
					h.wantText(h.check(want), c.says)
					if c.timeout == 0 {
						return
					}
					time.Sleep(c.interval) // so that the list of the plan is too old
					h.began = time.Now()
					o := h.wait(h.Context(), want)
					if o.err == nil || o.at != c.ends {
						h.Errorf("after %s: got %v, want an error after %s", o.at, o.err, c.ends)
					}
					var failure *notice.Failure
					if !errors.As(o.err, &failure) || failure.Attribute != want.attribute() || strings.Contains(failure.Detail, "Raise timeouts.create") {
						h.Errorf("on %q: %v", failure.Attribute, failure)
					}
					if failure.Summary != "No Task Matches" { // which lists the tasks
						h.wantText(failure.Detail, "Check ")
					}
				})
			})
		}
	}
}

// TestCheckOfAMissingProcess has an alias in a process that Tallyfy does not know.
func TestCheckOfAMissingProcess(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		want := h.want()
		want.Run, want.Task, want.Alias = strings.Repeat("a", 32), "", "approve-the-change"
		said := h.check(want)
		if !strings.HasPrefix(said, "Warning: Task Cannot Be Found: approve-the-change: Reading the tasks of process "+want.Run+" while planning: Tallyfy returned 404") {
			h.Errorf("it says %q", said)
		}
		h.wantText(said, "for about 1m0s", "Check organization_id and run_id.")
	})
}

// TestCheckThatCannotRead returns the error of the read, and does not wait long for it.
func TestCheckThatCannotRead(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"401": {Status: 401, Body: "{}"}, "403": {Status: 403, Body: "{}"}, "302": {Status: 302, Body: "{}"}, "404 of the path": {Status: 404, Body: `{"code":"ENDPOINT_NOT_FOUND"}`},
		"a page": {Status: 200, Body: "<html></html>"}, "502": {Status: 502, Body: "<html></html>"}, "dropped": {Drop: true}, "no response in time": {Delay: time.Hour},
	} {
		for by, alias := range map[string]string{"ID": "", "alias": "approve-the-change"} {
			t.Run(name+", by "+by, func(t *testing.T) {
				inBubble(t, sandbox.Config{}, nil, func(h *harness) {
					fault.Times = -1
					h.server.Inject(fault)
					want := h.want()
					if alias != "" {
						want.Task, want.Alias = "", alias
					}
					warnings, err := h.waits.Check(h.Context(), want)
					if len(warnings) > 0 || err == nil || errors.As(err, new(*notice.Failure)) || time.Since(h.began) > planningTime {
						h.Errorf("after %s: got %v, %v", time.Since(h.began), warnings, err)
					}
					h.server.Calm()
					time.Sleep(planningFresh)
					if said := h.check(want); !strings.HasPrefix(said, "Warning: Apply Waits for a Task: ") {
						h.Errorf("afterwards it says %q", said)
					}
				})
			})
		}
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		_, err := Import(h.Context(), h.client, h.want().TaskRef)
		h.failed(outcome{err: err}, 0, "Task Is Not Completed", `status is "in-progress"`, "To wait for it, leave the import out and apply.")
		h.decide(taskID, false)()
		task, err := Import(h.Context(), h.client, h.want().TaskRef)
		if err != nil || !task.Completed() {
			h.Errorf("got %+v, %v", task, err)
		}
		ref := h.want().TaskRef
		ref.Task = strings.Repeat("a", 32)
		_, err = Import(h.Context(), h.client, ref)
		h.failed(outcome{err: err}, 0, "Task Could Not Be Imported", "Tallyfy returned 404", "Check the IDs")
	})
}

// TestCheckSummaries compares the summaries of several waits. Terraform prints only one of several
// warnings with the same summary, so each wait must have its own.
func TestCheckSummaries(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		other, missing, alias := h.want(), h.want(), h.want()
		other.Task, missing.Task = strings.Repeat("b", 32), strings.Repeat("a", 32)
		alias.Task, alias.Alias = "", "nobody"
		byAlias := h.want()
		byAlias.Task, byAlias.Alias = "", "approve-the-change"
		if warnings, err := h.waits.Check(h.Context(), byAlias); err != nil || len(warnings) != 1 || warnings[0].Attribute != attrAlias {
			h.Errorf("got %v, %v", warnings, err)
		}
		h.server.AddTask(sandbox.Task{ID: other.Task, RunID: runID, Title: strings.Repeat("Long ", 20)})
		summaries := map[string]bool{}
		for _, completed := range []bool{false, true} {
			for _, want := range []Wanted{h.want(), other, missing, alias} {
				warnings, err := h.waits.Check(h.Context(), want)
				if err != nil || len(warnings) != 1 {
					h.Fatalf("got %v, %v", warnings, err)
				}
				if got := warnings[0].Attribute; got != want.attribute() {
					h.Errorf("%q is on %s", warnings[0].Summary, got)
				}
				if completed && want.Task != taskID && want.Task != other.Task {
					continue
				}
				summary := warnings[0].Summary
				if summaries[summary] || len([]rune(summary)) > 80 {
					h.Errorf("%q has %d characters, and another wait has it: %t", summary, len([]rune(summary)), summaries[summary])
				}
				summaries[summary] = true
			}
			h.decide(taskID, true)()
			h.decide(other.Task, true)()
			time.Sleep(planningFresh)
		}
		ref := h.want().TaskRef
		for _, n := range []notice.Notice{
			Revoked(ref, "A", "", true), Revoked(ref, "B", "", true), Reopened(ref, "A"), Reopened(ref, "B"),
			NotFound(ref, "A", errors.New("gone")), NotFound(ref, "B", errors.New("gone")),
		} {
			if summaries[n.Summary] {
				h.Errorf("two warnings have the summary %q", n.Summary)
			}
			summaries[n.Summary] = true
		}
	})
}
