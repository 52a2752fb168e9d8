// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Two blocks for one task complete it once, even if one of them does not know its run or reads lag.
func TestTwoBlocksForOneTask(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]sandbox.Config{
		"today": {Latency: 50 * time.Millisecond}, "reads lag": {Latency: 50 * time.Millisecond, ReadLag: 3 * time.Second}, "legacy": {Vintage: sandbox.Legacy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, config, nil, func(h *harness) {
				var both sync.WaitGroup
				adopted := make(chan bool, 2)
				for _, run := range []string{runID, ""} {
					both.Go(func() {
						want := h.want()
						want.Task.Run = run
						result, err := h.engine.Create(h.ctx, want)
						if err != nil || result.Record.Status != "completed" {
							h.Errorf("got %+v, %v", result, err)
						}
						adopted <- summaries(result.Warnings) == "Task Was Already Completed"
					})
				}
				both.Wait()
				if one, other := <-adopted, <-adopted; one == other {
					h.Error("not exactly one of them has the warning that the task was already completed")
				}
				h.wantWebhooks(1)
				if n := h.server.Count(post, ""); n != 1 {
					h.Errorf("%d completions were sent", n)
				}
			})
		})
	}
}

// An operation that waits for a task until its timeout sends nothing, and reports that. Other
// operations can use the task afterwards.
func TestTimeoutWhileWaitingForATask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: time.Minute}, nil, func(h *harness) {
		unlock, err := h.engine.locks.lock(h.ctx, h.ref(), Resource)
		if err != nil {
			h.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(h.ctx, time.Second)
		defer cancel()
		h.wantText(h.failure(h.engine.Create(ctx, h.want())).Error(), "Waiting for another block", "timeout passed", "Nothing was sent", "one block for each task")
		h.wantText(h.failure(h.engine.Update(ctx, Record{}, h.want(), h.wantValue("x"))).Error(), "Nothing was sent")
		h.wantText(h.failure(h.destroy(ctx, Record{})).Error(), "Nothing was sent")
		h.wantRequests()
		unlock()
		again, err := h.engine.locks.lock(h.ctx, h.ref(), Resource)
		if err != nil {
			h.Fatal(err)
		}
		again()
	})
}

// A task is the same with any run and in any letter case.
func TestHistoryOfATask(t *testing.T) {
	t.Parallel()
	ref := tallyfy.TaskRef{Organization: "c0ffee", Run: "5eed", Task: "7a5c"}
	same := tallyfy.TaskRef{Organization: "C0FFEE", Task: "7A5C"}
	base := baselineOf(nil, Record{Status: "completed", CompletedAt: longAgo})
	l := &taskLocks{}
	check := func(recorded bool, takenBack string) {
		t.Helper()
		did := l.history(ref)
		if (did.last != nil) != recorded || strings.Join(did.reopened.completions, " ") != takenBack {
			t.Errorf("recorded: %v, reopened: %+v", did.last, did.reopened)
		}
	}
	check(false, "")
	l.record(Desired{Task: ref}, Record{})
	check(true, "")
	l.recordReopening(same, base)
	check(false, longAgo)
	l.record(Desired{Task: same}, Record{})
	check(true, longAgo) // which a read may still show
	l.recordUnknownOutcome(ref)
	check(false, longAgo)
}

// Writes to a process are concurrent until two of them conflict, and are then serialized for a
// while. Other processes are not affected.
func TestWritesAreSerializedAfterAConflict(t *testing.T) {
	t.Parallel()
	const other = "5eed0000000000000000000000000043"
	// together returns how many of ten writes to a process were in flight at the same time.
	together := func(t *testing.T, l *processLocks, run string) (most int) {
		t.Helper()
		var mu sync.Mutex
		var all sync.WaitGroup
		out := 0
		for n := range 10 {
			all.Go(func() {
				_, _ = l.write(t.Context(), tallyfy.TaskRef{Run: run, Task: fmt.Sprint(n)}, func() (*tallyfy.Task, error) {
					mu.Lock()
					out++
					most = max(most, out)
					mu.Unlock()
					time.Sleep(time.Second)
					mu.Lock()
					out--
					mu.Unlock()
					return nil, nil
				})
			})
		}
		all.Wait()
		return most
	}
	for status, want := range map[int]int{200: 10, 409: 1, 429: 10, 500: 1, 503: 1, 422: 10} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &processLocks{}
				failed := func() (*tallyfy.Task, error) { return nil, &tallyfy.Error{Status: status} }
				_, _ = l.write(t.Context(), tallyfy.TaskRef{Run: strings.ToUpper(runID), Task: taskID}, failed)
				if got := together(t, l, runID); got != want {
					t.Errorf("%d writes were in flight together, want %d", got, want)
				}
				if got := together(t, l, other); got != 10 {
					t.Errorf("%d writes to another process were in flight together", got)
				}
				time.Sleep(contentionTime)
				if got := together(t, l, runID); got != 10 {
					t.Errorf("%d writes were in flight together later", got)
				}
				_, _ = l.write(t.Context(), tallyfy.TaskRef{Task: taskID}, failed)
				if got := together(t, l, ""); got != 10 {
					t.Errorf("%d writes to one-off tasks were in flight together", got)
				}
			})
		})
	}
}
