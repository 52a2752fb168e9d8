// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// longBefore completes the task in another apply, more than a minute ago.
func longBefore(h *harness, want Desired) Record {
	known := h.recorded(want)
	time.Sleep(time.Minute)
	h.restart()
	return known
}

// A proxy may return 503 after Tallyfy has reopened the task. If a colleague completes it during
// the wait, it stays completed.
func TestReopeningIsNotRepeatedWithoutARead(t *testing.T) {
	t.Parallel()
	wait := func(h *harness, values map[string]any) {
		h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 503, Header: http.Header{"Retry-After": {"60"}}})
		time.AfterFunc(30*time.Second, func() { h.server.CompleteOutsideWith(taskID, 1005, nil, values) })
	}
	inBubble(t, today(), nil, func(h *harness) {
		known := longBefore(h, h.want())
		wait(h, nil)
		result, err := h.destroy(h.ctx, known)
		if err != nil {
			h.Fatal(err)
		}
		h.wantWarnings(result, "Task Was Completed Again")
		h.wantRequests(get, del, get)
	})
	inBubble(t, today(), nil, func(h *harness) {
		known := longBefore(h, h.wantValue("vpc-1"))
		wait(h, nil)
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2")))
		h.wantText(failure.Error(), "Task Was Completed Differently", "user 1005", "holds another value")
		h.wantRequests(get, del, get)
	})
	// The colleague's values are those of the update.
	inBubble(t, today(), nil, func(h *harness) {
		known := longBefore(h, h.wantValue("vpc-1"))
		wait(h, map[string]any{field: "vpc-2"})
		result, err := h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))
		if err != nil || result.Record.CompleterID != 1005 {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantWarnings(result, "Task Was Already Completed")
		h.wantRequests(get, del, get)
	})
}

// Values that Tallyfy does not show do not count as those of the update.
func TestCompletedAgainWithoutShowingItsValues(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := longBefore(h, h.wantValue("vpc-1"))
		h.server.Inject(sandbox.Fault{Method: del, Handle: true, Drop: true})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"completed","completed_at":"2035-06-04T17:00:00Z","completer_id":1005}}`})
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2")))
		h.wantText(failure.Error(), "Task Was Completed Differently", "Tallyfy does not show the values")
		h.wantRequests(get, del, get)
	})
}

// No completion is sent if Tallyfy still shows the earlier one after it accepted the reopening.
func TestReopeningThatChangesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := longBefore(h, h.wantValue("vpc-1"))
		h.server.Inject(sandbox.Fault{Method: del, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"completed","completed_at":"` + known.CompletedAt + `"}}`})
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2")))
		h.wantText(failure.Error(), "Task Could Not Be Reopened", "still shows the completion")
		h.wantRequests(get, del, get, get, get)
	})
}

// If an earlier attempt may have been processed, a later rejection does not change that.
func TestRefusedReopeningAfterALostOne(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := longBefore(h, h.want())
		h.server.Inject(sandbox.Fault{Method: del, Drop: true})
		h.server.Inject(sandbox.Fault{Method: del, Status: 429, Header: http.Header{"Retry-After": {"864000"}}})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 4, Status: 403})
		h.wantText(h.failure(h.destroy(h.ctx, known)).Error(), "Task Could Not Be Reopened", "429", "It is not known whether the task is open now")
		h.wantRequests(get, del, get, get, get, del, get)
	})
}

// An update that is interrupted during the DELETE continues, even if only a read shows that the
// task is open.
func TestInterruptedReopeningIsRead(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := longBefore(h, h.wantValue("vpc-1"))
		ctx, cancel := context.WithCancel(h.ctx)
		h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204, Before: func(*http.Request) { cancel() }})
		if _, err := h.engine.Update(ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2")); err != nil || h.task().CompletedAt == "" {
			h.Errorf("%v, and the task is %s", err, h.task().Status)
		}
		h.wantRequests(get, del, get, put, post)
	})
}

// A replacement creates while reads lag. They show the completion that its own destroy has undone,
// or a newer one.
func TestCreateAfterADestroyWaitsForReads(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 2 * time.Second}, nil, func(h *harness) {
		known := longBefore(h, h.want())
		if _, err := h.destroy(h.ctx, known); err != nil {
			h.Fatal(err)
		}
		h.server.CompleteOutside(taskID, 1005, nil)
		h.wantWarnings(h.create(h.want()), "Task Was Already Completed")
		if n := h.server.Count(post, ""); n != 0 {
			h.Errorf("%d completions were sent", n)
		}
	})
	// If reads lag for longer than the provider waits, the completion that was undone still does
	// not count.
	inBubble(t, sandbox.Config{ReadLag: 8 * time.Second}, nil, func(h *harness) {
		known := longBefore(h, h.want())
		if _, err := h.destroy(h.ctx, known); err != nil {
			h.Fatal(err)
		}
		result, err := h.engine.Create(h.ctx, h.want())
		h.notLost(result, err)
		h.wantWebhooks(2)
	})
}
