// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file goes through the outcomes that one completion can have. Each asserts what was sent, what was not,
// and how often the webhooks fired.

// atPost is a fault of the completion.
func atPost(f sandbox.Fault) sandbox.Fault {
	f.Method, f.PathPart = post, completions
	return f
}

func TestLostAnswerIsLookedForAndNotResent(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"dropped":  {Handle: true, Drop: true},
		"500":      {Handle: true, Status: 500},
		"502":      {Handle: true, Status: 502, Body: "<html>"},
		"503":      {Handle: true, Status: 503},
		"504":      {Handle: true, Status: 504},
		"time-out": {Handle: true, Delay: time.Hour},
	} {
		inBubble(t, today(), nil, func(b *bench) {
			b.server.Inject(atPost(fault))
			result := b.create(b.want())
			b.sent(get, post, get)
			b.fired(1)
			b.warned(result)
			if result.Record.Status != "completed" || result.Record.CompletedAt == "" {
				b.Errorf("%s: recorded %+v", name, result.Record)
			}
		})
	}
}

func TestLostRequestIsSentAgainOnceSeenOpen(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"dropped": {Drop: true}, "500": {Status: 500}, "502": {Status: 502}, "time-out": {Delay: time.Hour},
	} {
		inBubble(t, today(), nil, func(b *bench) {
			b.server.Inject(atPost(fault))
			b.create(b.want())
			b.sent(get, post, get, get, get, post)
			b.fired(1)
			if b.Failed() {
				b.Log(name)
			}
		})
	}
}

func TestLookAfterALostAnswerThatFindsNothing(t *testing.T) {
	t.Parallel()
	for name, blind := range map[string]sandbox.Fault{
		"down": {Status: 502}, "gone": {Status: 404}, "denied": {Status: 401}, "html": {Status: 200, Body: "<html>"},
	} {
		inBubble(t, today(), nil, func(b *bench) {
			b.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true}))
			blind.Method, blind.Skip, blind.Times = get, 1, -1
			b.server.Inject(blind)
			failure := b.refuse(b.want())
			b.fired(1)
			if n := b.server.Count(post, ""); n != 1 {
				b.Errorf("%s: %d completions were sent", name, n)
			}
			b.says(failure.Error(), "Completion May Have Gone Through", "was not sent again")
			if name == "gone" { // and then the next run cannot look either
				b.says(failure.Error(), "Check the task in Tallyfy before you apply again")
			} else {
				b.says(failure.Error(), "the provider reads the task first")
			}
		})
	}
	// What the advice says is true: the next run finds it and sends nothing.
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true}))
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 401})
		b.says(b.refuse(b.want()).Error(), "May Have Gone Through")
		b.warned(b.create(b.want()), "Task Was Already Completed")
		b.sent(get, post, get, get)
		b.fired(1)
	})
}

func TestLostAnswersUseUpTheBudget(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 2} {
		inBubbleWithRetries(t, retries, today(), nil, func(b *bench) {
			b.server.Inject(atPost(sandbox.Fault{Drop: true, Times: -1}))
			failure := b.refuse(b.want())
			if n := b.server.Count(post, ""); n != retries+1 {
				b.Errorf("max_retries %d: %d completions were sent", retries, n)
			}
			b.fired(0)
			b.says(failure.Error(), "Task Was Not Completed", "it is open", "in-progress", "Apply again")
		})
		inBubbleWithRetries(t, retries, today(), nil, func(b *bench) {
			b.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true, Times: -1}))
			b.create(b.want())
			b.sent(get, post, get)
			b.fired(1)
		})
	}
}

// Whatever ends a series of attempts tells how many there were.
func TestAttemptsAreCounted(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Drop: true, Times: 2}))
		b.server.Inject(sandbox.Fault{Method: post, Status: 422, Body: `{"message":"no"}`})
		b.says(b.refuse(b.want()).Error(), "422 Unprocessable Entity, after 3 attempts", "it is open")
		b.sent(get, post, get, get, get, post, get, get, get, post, get, get, get)
	})
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(sandbox.Fault{Method: get, Status: 502, Times: 2})
		b.server.Inject(sandbox.Fault{Method: get, Status: 401})
		b.says(b.refuse(b.want()).Error(), "401 Unauthorized, after 3 attempts")
		b.sent(get, get, get)
	})
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Drop: true, Times: 2}))
		b.server.Inject(sandbox.Fault{Method: get, Skip: 4, Status: 403})
		b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through", "after 2 attempts")
	})
}

// A slow attempt may complete the task between the look and the next attempt; an API that then refuses the repeat must not
// make it look undone.
func TestRefusedRepeatIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Vintage: sandbox.Legacy}, nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Drop: true}))
		b.server.Inject(sandbox.Fault{Method: post, Before: func(*http.Request) { b.server.CompleteOutside(taskID, sandbox.CallerID, nil) }, Handle: true})
		result := b.create(b.want())
		b.sent(get, post, get, get, get, post, get)
		b.fired(1)
		if result.Record.Status != "completed" {
			b.Errorf("recorded %+v", result.Record)
		}
	})
}

func TestSomebodyElseWasFaster(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Drop: true, Before: func(*http.Request) { b.server.CompleteOutside(taskID, 1002, new(false)) }}))
		want := b.want()
		want.IsApproved = new(true)
		failure := b.refuse(want)
		b.sent(get, post, get)
		b.says(failure.Error(), "Task Was Completed Differently", "user 1002", "was rejected", "is not in the state")
	})
}

func TestRefusedForNowIsSentAgain(t *testing.T) {
	t.Parallel()
	after := http.Header{"Retry-After": {"60"}}
	for name, fault := range map[string]sandbox.Fault{
		"429": {Status: 429}, "429 after": {Status: 429, Header: after}, "503 after": {Status: 503, Header: after},
	} {
		inBubble(t, today(), nil, func(b *bench) {
			b.server.Inject(atPost(fault))
			began := time.Now()
			b.create(b.want())
			if fault.Status == http.StatusTooManyRequests {
				b.sent(get, post, get, post)
			} else { // as untrue as any 5xx may be
				b.sent(get, post, get, get, get, post)
			}
			b.fired(1)
			if waited := time.Since(began); fault.Header != nil && (waited < time.Minute || waited > time.Minute+6*time.Second) {
				b.Errorf("%s: waited %s", name, waited)
			}
		})
	}
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}, Times: -1}))
		began := time.Now()
		failure := b.refuse(b.want())
		b.sent(get, post)
		b.says(failure.Error(), "Task Was Not Completed", "429", "would have to wait 1h0m0s, and only 10m0s of the operation's timeout is left", "Wait and apply again")
		if time.Since(began) != 0 {
			b.Errorf("it ended only after %s", time.Since(began))
		}
	})
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Status: 429, Times: -1, Body: `{"message":"Too many","code":"RATE_LIMIT_EXCEEDED"}`}))
		failure := b.refuse(b.want())
		b.sent(get, post, get, post, get, post, get, post, get, post)
		b.says(failure.Error(), "gave up after 5 attempts (max_retries = 4)", "Too many")
	})
}

// A server may act on a request and answer that it did not, as a proxy in front of it does.
func TestRefusedForNowButActedOn(t *testing.T) {
	t.Parallel()
	after := http.Header{"Retry-After": {"60"}}
	for name, fault := range map[string]sandbox.Fault{"429": {Status: 429}, "503 after": {Status: 503, Header: after}} {
		inBubble(t, today(), nil, func(b *bench) {
			fault.Handle = true
			b.server.Inject(atPost(fault))
			b.create(b.want())
			b.sent(get, post, get)
			b.fired(1)
			if b.Failed() {
				b.Log(name)
			}
		})
	}
	// What cannot be looked at is not sent again.
	for _, status := range []int{401, 404} {
		inBubble(t, today(), nil, func(b *bench) {
			b.server.Inject(atPost(sandbox.Fault{Status: 503, Header: after}))
			b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: status})
			b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through", "503")
			b.sent(get, post, get)
		})
	}
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Status: 429, Header: after}))
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 401})
		b.says(b.refuse(b.want()).Error(), "Task Was Not Completed", "before its completion is sent again", "401", "The attempt before was refused (Tallyfy answered 429")
		b.sent(get, post, get)
	})
	inBubble(t, sandbox.Config{CompletionOnly: true}, nil, func(b *bench) { // a rate limit is believed where tasks are not shown
		b.server.Inject(atPost(sandbox.Fault{Status: 429, Header: after}))
		b.create(b.want())
		b.sent(get, post, get, post)
	})
}

func TestAcceptedButUnreadableIsLookedAt(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"empty": "", "html": "<html>", "truncated": `{"data":{"id":"`, "other JSON": `{"ok":true}`, "another task": `{"data":{"id":"x","status":"in-progress"}}`} {
		inBubble(t, today(), nil, func(b *bench) {
			b.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 200, Body: body}))
			result := b.create(b.want())
			b.sent(get, post, get)
			b.fired(1)
			b.warned(result)
			if result.Record.Status != "completed" {
				b.Errorf("%s: recorded %+v", name, result.Record)
			}
		})
	}
	// Nothing more can be learned: it is recorded all the same, since an error would complete the task again.
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 204}))
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 502, Times: 5})
		result := b.create(b.want())
		b.fired(1)
		b.warned(result, "Completion Accepted, Details Unknown")
		if r := result.Record; r.Title != "Provision the VPC" || r.RunID != runID || r.Status == "completed" {
			b.Errorf("recorded %+v", r)
		}
		// The next refresh fills in the rest.
		read, err := b.engine.Read(b.ctx, b.ref(), result.Record)
		if err != nil || read.Record.Status != "completed" || read.Record.CompletedAt == "" {
			b.Errorf("refreshed to %+v, %v", read, err)
		}
	})
}

func TestAcceptedAndStillOpen(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.EveryoneMustComplete = 2 }, func(b *bench) {
		result := b.create(b.want())
		b.sent(get, post, get)
		b.warned(result, "Completion Accepted, Task Still Open")
		b.says(result.Warnings[0].Detail, "Everyone who is assigned must complete this task", `"in-progress"`)
		if result.Record.Status != "in-progress" || result.Record.CompletedAt != "" {
			b.Errorf("recorded %+v", result.Record)
		}
		// It stays recorded, and nothing more is sent for it.
		read, err := b.engine.Read(b.ctx, b.ref(), result.Record)
		if err != nil || read.Reopened || read.Record.Status != "in-progress" {
			b.Errorf("refreshed to %+v, %v", read, err)
		}
		b.server.CompleteOutside(taskID, 1002, nil)
		if read, err = b.engine.Read(b.ctx, b.ref(), read.Record); err != nil || read.Record.Status != "completed" {
			b.Errorf("refreshed to %+v, %v", read, err)
		}
	})
	inBubble(t, today(), func(k *sandbox.Task) { k.ReopenedByAutomation = true }, func(b *bench) {
		b.warned(b.create(b.want()), "Completion Accepted, Task Still Open")
		b.sent(get, post, get, get, get)
		b.fired(1)
	})
	// The answer came from a replica that lags.
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"in-progress","tasks_changed_by_rules":{"x":1}}}`}))
		result := b.create(b.want())
		b.warned(result)
		if result.Record.Status != "completed" || result.Record.TasksChangedByRules != `{"x":1}` {
			b.Errorf("recorded %+v", result.Record)
		}
	})
}

func TestAcceptedOtherwiseThanAsked(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"completed","is_approved":false,"completer_id":9}}`}))
		want := b.want()
		want.IsApproved, want.OverrideUser = new(true), new(int64(7))
		b.warned(b.create(want), "Tallyfy Recorded Another Decision", "Tallyfy Recorded Another Completer")
	})
	inBubble(t, today(), nil, func(b *bench) {
		want := b.want()
		want.OverrideUser = new(int64(7))
		result := b.create(want)
		b.warned(result)
		if result.Record.CompleterID != 7 {
			b.Errorf("recorded completer %d", result.Record.CompleterID)
		}
	})
}

func TestCancelledWhileTheCompletionIsOut(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]time.Duration{"answered within the grace": 5 * time.Second, "not answered": time.Hour} {
		inBubble(t, today(), nil, func(b *bench) {
			ctx, cancel := context.WithCancel(b.ctx)
			b.server.Inject(atPost(sandbox.Fault{Handle: true, Delay: answers}))
			time.AfterFunc(time.Second, cancel)
			began := time.Now()
			result, err := b.engine.Create(ctx, b.want())
			if err != nil || result.Record.Status != "completed" {
				b.Errorf("%s: %+v, %v", name, result, err)
			}
			b.fired(1)
			if n := b.server.Count(post, ""); n != 1 {
				b.Errorf("%s: %d completions were sent", name, n)
			}
			if took := time.Since(began); took > time.Second+2*tallyfy.Grace {
				b.Errorf("%s: it held the run up for %s", name, took)
			}
		})
	}
	inBubble(t, today(), nil, func(b *bench) { // the same by the operation's time-out
		ctx, cancel := context.WithTimeout(b.ctx, time.Second)
		defer cancel()
		b.server.Inject(atPost(sandbox.Fault{Handle: true, Delay: 5 * time.Second}))
		if result, err := b.engine.Create(ctx, b.want()); err != nil || result.Record.Status != "completed" {
			b.Errorf("%+v, %v", result, err)
		}
		b.sent(get, post)
	})
	inBubble(t, today(), nil, func(b *bench) { // never handled: looked at, and not sent again
		ctx, cancel := context.WithCancel(b.ctx)
		time.AfterFunc(time.Second, cancel)
		b.server.Inject(atPost(sandbox.Fault{Delay: time.Hour}))
		failure := b.failure(b.engine.Create(ctx, b.want()))
		b.sent(get, post, get, get, get)
		b.fired(0)
		b.says(failure.Error(), "it is open", "the operation was cancelled")
	})
}

func TestCancelledBeforeTheCompletion(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		ctx, cancel := context.WithCancel(b.ctx)
		b.server.Inject(sandbox.Fault{Method: put, Handle: true, Before: func(*http.Request) { cancel() }})
		failure := b.failure(b.engine.Create(ctx, b.wantValue("vpc-1")))
		if n := b.server.Count(post, ""); n != 0 {
			b.Errorf("%d completions were sent", n)
		}
		b.says(failure.Error(), "the operation was cancelled", "not completed")
	})
	inBubble(t, today(), nil, func(b *bench) { // while it waits to send again
		ctx, cancel := context.WithCancel(b.ctx)
		time.AfterFunc(time.Second, cancel)
		b.server.Inject(atPost(sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"300"}}}))
		began := time.Now()
		failure := b.failure(b.engine.Create(ctx, b.want()))
		b.sent(get, post)
		b.says(failure.Error(), "429", "the operation was cancelled", "not completed", "Apply again")
		if took := time.Since(began); took != time.Second {
			b.Errorf("it ended after %s", took)
		}
	})
}
