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
)

// foresee returns what a plan says, a line for each message: "Warning: summary: detail".
func (h *harness) foresee(want Wanted) string {
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
		tasks int      // that are read by themselves
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
			says: []string{"Warning: Task Cannot Be Found: ", "while planning: Tallyfy returned 404", "Applying this looks for the task for a minute, and fails unless Tallyfy shows it by then."},
		},
		"no such alias": {
			want: func(w *Wanted) { w.Task, w.Alias = "", "approve-the-chagne" },
			says: []string{"Warning: Task Cannot Be Found: ", `Did you mean "approve-the-change"?`, "Applying this looks for the task for a minute"},
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
				said := h.foresee(want)
				if !strings.HasPrefix(said, c.says[0]) || strings.Contains(said, "\nWarning: ") || strings.Contains(said, "\nError: ") {
					h.Errorf("%s: it begins otherwise than %q", name, c.says[0])
				}
				h.says(said, c.says[1:]...)
				if pages, tasks := h.requests(); tasks != c.tasks || pages > 1 {
					h.Errorf("%s: %d pages and %d tasks were read", name, pages, tasks)
				}
			})
		})
	}
}

// A list that lags must not fail a plan: what speaks against a wait is confirmed by the task itself.
func TestCheckConfirmsARejection(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{PathPart: "/tasks/"}) // as it is
		h.server.Inject(sandbox.Fault{Status: http.StatusOK, Body: fmt.Sprintf(
			`{"data":[{"id":%q,"run_id":%q,"task_type":"approval","status":"completed","completed_at":"2026-05-20T17:00:00Z","is_approved":false}]}`, taskID, runID)})
		if said := h.foresee(h.want()); !strings.HasPrefix(said, "Warning: Apply Waits for a Task: ") {
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
			h.over.Go(func() { h.foresee(want) })
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
		h.foresee(h.want())
		h.after(20*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), h.want()), 30*time.Second)
		h.sent(3, 1)
	})
}

// A refusal is told once. No response is nothing to tell, and is not waited for again.
func TestCheckWithoutAResponse(t *testing.T) {
	t.Parallel()
	for code, says := range map[int]string{401: "Check the access token", 403: "may see the task", 302: "Redirects are not followed"} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			inBubble(t, sandbox.Config{}, nil, func(h *harness) {
				h.server.Inject(sandbox.Fault{Status: code, Body: "{}", Times: -1})
				first, second := h.foresee(h.want()), h.foresee(h.want())
				if !strings.HasPrefix(first, "Warning: Planned Wait Could Not Be Checked: ") || second != "" {
					h.Errorf("%d: it says %q, then %q", code, first, second)
				}
				h.says(first, fmt.Sprintf("Tallyfy returned %d", code), says, "the apply fails if Tallyfy still refuses")
			})
		})
	}
	for name, fault := range map[string]sandbox.Fault{"dropped": {Drop: true}, "no answer in time": {Delay: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sandbox.Config{}, nil, func(h *harness) {
				fault.Times = -1
				h.server.Inject(fault)
				said := h.foresee(h.want())
				took := time.Since(h.began)
				for range 5 {
					said += h.foresee(h.want())
				}
				if said != "" || took > planningTime || time.Since(h.began) != took || len(h.server.Journal()) != 1 {
					h.Errorf("%s: it says %q after %s, and after %s and %d requests in all", name, said, took, time.Since(h.began), len(h.server.Journal()))
				}
			})
		})
	}
	inBubble(t, sandbox.Config{}, nil, func(h *harness) { // a server error says nothing about the apply, and nothing about the next
		h.server.Inject(sandbox.Fault{Status: 502, Body: "<html></html>"})
		if said := h.foresee(h.want()); said != "" {
			h.Errorf("it says %q", said)
		}
		time.Sleep(planningFresh)
		if said := h.foresee(h.want()); !strings.HasPrefix(said, "Warning: Apply Waits for a Task: ") {
			h.Errorf("it says %q", said)
		}
	})
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
