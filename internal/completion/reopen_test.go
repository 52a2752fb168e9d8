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

// longBefore completes the task a minute ago, in an apply of its own.
func longBefore(b *bench, want Desired) Record {
	known := b.recorded(want)
	time.Sleep(time.Minute)
	b.restart()
	return known
}

// A proxy may answer 503 after Tallyfy has reopened the task. If a colleague completes it during the wait, it stays completed.
func TestReopeningIsNotRepeatedWithoutARead(t *testing.T) {
	t.Parallel()
	wait := func(b *bench, values map[string]any) {
		b.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 503, Header: http.Header{"Retry-After": {"60"}}})
		time.AfterFunc(30*time.Second, func() { b.server.CompleteOutsideWith(taskID, 1005, nil, values) })
	}
	inBubble(t, today(), nil, func(b *bench) {
		known := longBefore(b, b.want())
		wait(b, nil)
		result, err := b.delete(b.ctx, known)
		if err != nil {
			b.Fatal(err)
		}
		b.warned(result, "Task Was Completed Again")
		b.sent(get, del, get)
	})
	inBubble(t, today(), nil, func(b *bench) {
		known := longBefore(b, b.wantValue("vpc-1"))
		wait(b, nil)
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2")))
		b.says(failure.Error(), "Task Was Completed Differently", "user 1005", "holds another value")
		b.sent(get, del, get)
	})
	// The colleague's values are those that the update is for.
	inBubble(t, today(), nil, func(b *bench) {
		known := longBefore(b, b.wantValue("vpc-1"))
		wait(b, map[string]any{field: "vpc-2"})
		result, err := b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))
		if err != nil || result.Record.CompleterID != 1005 {
			b.Errorf("got %+v, %v", result, err)
		}
		b.warned(result, "Task Was Already Completed")
		b.sent(get, del, get)
	})
}

// Values that Tallyfy does not show are not taken for the ones that the update is for.
func TestCompletedAgainWithoutShowingItsValues(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := longBefore(b, b.wantValue("vpc-1"))
		b.server.Inject(sandbox.Fault{Method: del, Handle: true, Drop: true})
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"completed","completed_at":"2035-06-04T17:00:00Z","completer_id":1005}}`})
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2")))
		b.says(failure.Error(), "Task Was Completed Differently", "Tallyfy does not show the values")
		b.sent(get, del, get)
	})
}

// Nothing is sent on top of a completion that Tallyfy still shows after it accepted the reopening.
func TestReopeningThatChangesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := longBefore(b, b.wantValue("vpc-1"))
		b.server.Inject(sandbox.Fault{Method: del, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"completed","completed_at":"` + known.CompletedAt + `"}}`})
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2")))
		b.says(failure.Error(), "Task Could Not Be Reopened", "still shows the completion that was to be taken back")
		b.sent(get, del, get, get, get)
	})
}

// What an earlier attempt may have done is not forgotten because a later one was refused.
func TestRefusedReopeningAfterALostOne(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := longBefore(b, b.want())
		b.server.Inject(sandbox.Fault{Method: del, Drop: true})
		b.server.Inject(sandbox.Fault{Method: del, Status: 429, Header: http.Header{"Retry-After": {"864000"}}})
		b.server.Inject(sandbox.Fault{Method: get, Skip: 4, Status: 403})
		b.says(b.failure(b.delete(b.ctx, known)).Error(), "Task Could Not Be Reopened", "429", "It is not known whether the task is open now")
		b.sent(get, del, get, get, get, del, get)
	})
}

// An update that is interrupted during the DELETE goes on, even if only a read shows that the task is open.
func TestInterruptedReopeningIsRead(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := longBefore(b, b.wantValue("vpc-1"))
		ctx, cancel := context.WithCancel(b.ctx)
		b.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204, Before: func(*http.Request) { cancel() }})
		if _, err := b.engine.Update(ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2")); err != nil || b.task().CompletedAt == "" {
			b.Errorf("%v, and the task is %s", err, b.task().Status)
		}
		b.sent(get, del, get, put, post)
	})
}

// A replacement creates while reads lag: what they show is the completion that its own destroy has taken back, or a newer one.
func TestCreateAfterADestroyWaitsForReads(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 2 * time.Second}, nil, func(b *bench) {
		known := longBefore(b, b.want())
		if _, err := b.delete(b.ctx, known); err != nil {
			b.Fatal(err)
		}
		b.server.CompleteOutside(taskID, 1005, nil)
		b.warned(b.create(b.want()), "Task Was Already Completed")
		if n := b.server.Count(post, ""); n != 0 {
			b.Errorf("%d completions were sent", n)
		}
	})
	// Longer than the provider waits: the completion that was taken back is not taken for one that is there.
	inBubble(t, sandbox.Config{ReadLag: 8 * time.Second}, nil, func(b *bench) {
		known := longBefore(b, b.want())
		if _, err := b.delete(b.ctx, known); err != nil {
			b.Fatal(err)
		}
		result, err := b.engine.Create(b.ctx, b.want())
		b.notLost(result, err)
		b.fired(2)
	})
}
