// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// A completion with another time is new. Times are in whole seconds, so a completion with other
// contents in the same second is new too.
func TestIsNew(t *testing.T) {
	t.Parallel()
	const at, later = "2026-05-20T17:00:00.000Z", "2026-05-20T17:00:01.000Z"
	form := []tallyfy.Field{{ID: "f", Type: "multiselect"}, {ID: "g", Type: "text"}}
	first := map[string]any{"id": "1", "text": "a", "selected": true}
	second := map[string]any{"id": "2", "text": "b", "selected": true}
	values := func(selection []any, text string) map[string]any { return map[string]any{"f": selection, "g": text} }
	task := func(at string, approved bool, taskdata map[string]any) *tallyfy.Task {
		return &tallyfy.Task{ID: "t", Type: tallyfy.TypeApproval, Status: "completed", CompletedAt: at, IsApproved: &approved, Taskdata: taskdata, Form: form}
	}
	before := task(at, true, values([]any{first, second}, "x"))
	recorded := Record{Status: "completed", CompletedAt: at}
	for name, c := range map[string]struct {
		base baseline
		now  *tallyfy.Task
		want bool
	}{
		"the same":                           {baselineOf(before, Record{}), before, false},
		"the same, as recorded":              {baselineOf(nil, recorded), before, false},
		"the same, written differently":      {baselineOf(before, Record{}), task("2026-05-20T17:00:00Z", true, before.Taskdata), false},
		"a second later":                     {baselineOf(before, recorded), task(later, true, before.Taskdata), true},
		"open before":                        {baselineOf(open(tallyfy.TypeApproval), Record{}), before, true},
		"open now":                           {baselineOf(before, recorded), open(tallyfy.TypeApproval), false},
		"same second, another decision":      {baselineOf(before, recorded), task(at, false, before.Taskdata), true},
		"same second, another value":         {baselineOf(before, recorded), task(at, true, values([]any{first, second}, "y")), true},
		"same second, another selection":     {baselineOf(before, recorded), task(at, true, values([]any{first}, "x")), true},
		"same second, selection reordered":   {baselineOf(before, recorded), task(at, true, values([]any{second, first}, "x")), false},
		"same second, values are not shown":  {baselineOf(before, recorded), task(at, true, nil), false},
		"same second, value only recorded":   {baselineOf(nil, recorded), task(at, false, nil), false},
		"one recorded, another read before":  {baselineOf(before, Record{Status: "completed", CompletedAt: later}), before, false},
		"one recorded, that one is read now": {baselineOf(before, Record{Status: "completed", CompletedAt: later}), task(later, true, nil), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.base.isNew(c.now); got != c.want {
				t.Errorf("isNew is %v", got)
			}
		})
	}
}

// A share that arrived is visible in the progress or in the time of the last change, whichever the
// server shows, and perhaps only after a while.
func TestLostShareIsSeen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config sandbox.Config
		change func(*sandbox.Task)
	}{
		"progress":        {today(), func(k *sandbox.Task) { k.Extra = map[string]any{"last_updated": nil} }},
		"last change":     {today(), func(k *sandbox.Task) { k.Extra = map[string]any{"completion_progress": nil} }},
		"after some time": {sandbox.Config{ReadLag: 3 * time.Second}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, c.config, func(k *sandbox.Task) {
				everyoneTask(k)
				if c.change != nil {
					c.change(k)
				}
			}, func(h *harness) {
				time.Sleep(time.Minute) // the time of the last change is in whole seconds
				h.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true}))
				h.wantWarnings(h.create(h.want()), "Completion Accepted, Task Still Open")
				if n := h.server.Count(post, ""); n != 1 {
					h.Errorf("%d shares were sent", n)
				}
			})
		})
	}
}

// A colleague's edit changes the time of the last change. It is not a share.
func TestEditIsNoShare(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), everyoneTask, func(h *harness) {
		time.Sleep(time.Minute)
		h.server.Inject(atPost(sandbox.Fault{Drop: true, Before: func(*http.Request) {
			time.Sleep(time.Second)
			h.server.RenameOutside(taskID, "Renamed")
		}}))
		failure := h.refuse(h.want())
		h.wantText(failure.Error(), "Completion May Have Gone Through", "Everyone who is assigned", "The share was not sent again")
		h.wantRequests(get, post, get, get, get)
		if shares := h.task().Shares; len(shares) > 0 {
			h.Errorf("it has the shares %v", shares)
		}
	})
}

// The response to a share is not documented (API.md §8). Even if it shows the task as completed for
// the caller, the task itself decides, so that no refresh removes the share and sends it again.
func TestShareWhoseResponseIsCompleted(t *testing.T) {
	t.Parallel()
	const response = `{"data":{"id":"` + taskID + `","status":"completed","completed_at":"2000-01-01T00:00:00Z","completer_id":1001}}`
	for name, c := range map[string]struct {
		shares int // including the one that is sent
		status string
		warns  []string
	}{
		"one of two": {2, "in-progress", []string{"Completion Accepted, Task Still Open"}},
		"the last":   {1, "completed", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), everyoneTask, func(h *harness) {
				if c.shares == 1 {
					h.server.CompleteOutside(taskID, 1005, nil)
				}
				h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 200, Body: response}))
				result := h.create(h.want())
				h.wantRequests(get, post, get)
				h.wantWarnings(result, c.warns...)
				if result.Record.Status != c.status {
					h.Errorf("recorded %+v", result.Record)
				}
				if read, err := h.engine.Read(h.ctx, h.ref(), result.Record); err != nil || read.Reopened {
					h.Errorf("refreshed to %+v, %v", read, err)
				}
			})
		})
	}
}

// A reopening discards the shares, so their number before it is not evidence of the share that was
// sent after it.
func TestSharesBeforeAReopeningAreNotEvidence(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), everyoneTask, func(h *harness) {
		h.create(h.want())
		h.server.CompleteOutside(taskID, 1005, nil)
		time.Sleep(time.Minute)
		known, err := h.engine.Read(h.ctx, h.ref(), Record{})
		if err != nil || !known.Record.saysCompleted() {
			h.Fatalf("got %+v, %v", known, err)
		}
		h.server.ResetJournal()
		h.server.Inject(atPost(sandbox.Fault{Drop: true}))
		after := h.want()
		after.OverrideUser = new(int64(1002))
		failure := h.failure(h.engine.Update(h.ctx, known.Record, h.want(), after))
		h.wantText(failure.Error(), "Completion May Have Gone Through", "Everyone who is assigned", "The task had been reopened for this change")
		h.wantRequests(get, del, post, get, get, get)
	})
}

// A share that was accepted leaves the task open, so that the read after it does not wait for a
// completion.
func TestAcceptedShareIsReadOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: time.Minute}, everyoneTask, func(h *harness) {
		h.wantWarnings(h.create(h.want()), "Completion Accepted, Task Still Open")
		h.wantRequests(get, post, get)
	})
}
