// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// The tests in this file cover the outcomes of one completion. Each asserts which requests were
// sent and how often the webhooks fired.

// atPost returns a fault of the completion.
func atPost(f sandbox.Fault) sandbox.Fault {
	f.Method, f.PathPart = post, completions
	return f
}

func TestLostResponseIsReadAndNotResent(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"dropped":  {Handle: true, Drop: true},
		"500":      {Handle: true, Status: 500},
		"502":      {Handle: true, Status: 502, Body: "<html>"},
		"503":      {Handle: true, Status: 503},
		"504":      {Handle: true, Status: 504},
		"time-out": {Handle: true, Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(atPost(fault))
				result := h.create(h.want())
				h.wantRequests(get, post, get)
				h.wantWebhooks(1)
				h.wantWarnings(result)
				if result.Record.Status != "completed" || result.Record.CompletedAt == "" {
					h.Errorf("recorded %+v", result.Record)
				}
			})
		})
	}
}

func TestLostRequestIsSentAgainOnceSeenOpen(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"dropped": {Drop: true}, "500": {Status: 500}, "502": {Status: 502}, "time-out": {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(atPost(fault))
				h.create(h.want())
				h.wantRequests(get, post, get, get, get, post)
				h.wantWebhooks(1)
			})
		})
	}
}

func TestReadAfterALostResponseThatFindsNothing(t *testing.T) {
	t.Parallel()
	for name, blind := range map[string]sandbox.Fault{
		"down": {Status: 502}, "gone": {Status: 404}, "denied": {Status: 401}, "html": {Status: 200, Body: "<html>"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true}))
				blind.Method, blind.Skip, blind.Times = get, 1, -1
				h.server.Inject(blind)
				failure := h.refuse(h.want())
				h.wantWebhooks(1)
				if n := h.server.Count(post, ""); n != 1 {
					h.Errorf("%d completions were sent", n)
				}
				h.wantText(failure.Error(), "Completion May Have Gone Through", "was not sent again")
				if name == "gone" { // the next apply cannot read it either
					h.wantText(failure.Error(), "Check the task in Tallyfy before you apply again")
				} else {
					h.wantText(failure.Error(), "the provider reads the task first")
				}
			})
		})
	}
	// The advice is true: the next apply finds the completion and sends nothing.
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true}))
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 401})
		h.wantText(h.refuse(h.want()).Error(), "May Have Gone Through")
		h.wantWarnings(h.create(h.want()), "Task Was Already Completed")
		h.wantRequests(get, post, get, get)
		h.wantWebhooks(1)
	})
}

func TestLostResponsesUseUpTheBudget(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 2} {
		t.Run(fmt.Sprintf("max_retries %d", retries), func(t *testing.T) {
			t.Parallel()
			inBubbleWithRetries(t, retries, today(), nil, func(h *harness) {
				h.server.Inject(atPost(sandbox.Fault{Drop: true, Times: -1}))
				failure := h.refuse(h.want())
				if n := h.server.Count(post, ""); n != retries+1 {
					h.Errorf("%d completions were sent", n)
				}
				h.wantWebhooks(0)
				h.wantText(failure.Error(), "Task Was Not Completed", "it is open", "in-progress", "Apply again")
			})
			inBubbleWithRetries(t, retries, today(), nil, func(h *harness) {
				h.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true, Times: -1}))
				h.create(h.want())
				h.wantRequests(get, post, get)
				h.wantWebhooks(1)
			})
		})
	}
}

// A failure after several attempts has their number.
func TestAttemptsAreCounted(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Drop: true, Times: 2}))
		h.server.Inject(sandbox.Fault{Method: post, Status: 422, Body: `{"message":"no"}`})
		h.wantText(h.refuse(h.want()).Error(), "422 Unprocessable Entity, after 3 attempts", "it is open")
		h.wantRequests(get, post, get, get, get, post, get, get, get, post, get, get, get)
	})
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: get, Status: 502, Times: 2})
		h.server.Inject(sandbox.Fault{Method: get, Status: 401})
		h.wantText(h.refuse(h.want()).Error(), "401 Unauthorized, after 3 attempts")
		h.wantRequests(get, get, get)
	})
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Drop: true, Times: 2}))
		h.server.Inject(sandbox.Fault{Method: get, Skip: 4, Status: 403})
		h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through", "after 2 attempts")
	})
}

// A slow attempt may complete the task between the read and the next attempt. If the API rejects
// the next attempt, the completion is found by another read.
func TestRefusedRepeatIsReadAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Vintage: sandbox.Legacy}, nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Drop: true}))
		h.server.Inject(sandbox.Fault{Method: post, Before: func(*http.Request) { h.server.CompleteOutside(taskID, sandbox.CallerID, nil) }, Handle: true})
		result := h.create(h.want())
		h.wantRequests(get, post, get, get, get, post, get)
		h.wantWebhooks(1)
		if result.Record.Status != "completed" {
			h.Errorf("recorded %+v", result.Record)
		}
	})
}

func TestSomeoneElseCompletedItFirst(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Drop: true, Before: func(*http.Request) { h.server.CompleteOutside(taskID, 1002, new(false)) }}))
		want := h.want()
		want.IsApproved = new(true)
		failure := h.refuse(want)
		h.wantRequests(get, post, get)
		h.wantText(failure.Error(), "Task Was Completed Differently", "user 1002", "was rejected", "is not in the state")
	})
}

func TestRejectedForNowIsSentAgain(t *testing.T) {
	t.Parallel()
	after := http.Header{"Retry-After": {"60"}}
	for name, fault := range map[string]sandbox.Fault{
		"429": {Status: 429}, "429 after": {Status: 429, Header: after}, "503 after": {Status: 503, Header: after},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(atPost(fault))
				began := time.Now()
				h.create(h.want())
				if fault.Status == http.StatusTooManyRequests {
					h.wantRequests(get, post, get, post)
				} else { // a 503 may follow a processed request, as any 5xx may
					h.wantRequests(get, post, get, get, get, post)
				}
				h.wantWebhooks(1)
				if waited := time.Since(began); fault.Header != nil && (waited < time.Minute || waited > time.Minute+6*time.Second) {
					h.Errorf("waited %s", waited)
				}
			})
		})
	}
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}, Times: -1}))
		began := time.Now()
		failure := h.refuse(h.want())
		h.wantRequests(get, post)
		h.wantText(failure.Error(), "Task Was Not Completed", "429", "would have to wait 1h0m0s, and only 10m0s of the operation's timeout is left", "Wait, then apply again")
		if time.Since(began) != 0 {
			h.Errorf("it ended only after %s", time.Since(began))
		}
	})
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Status: 429, Times: -1, Body: `{"message":"Too many","code":"RATE_LIMIT_EXCEEDED"}`}))
		failure := h.refuse(h.want())
		h.wantRequests(slices.Repeat([]string{get, post}, maxAttempts)...)
		h.wantText(failure.Error(), gaveUp, "Too many")
	})
}

// A server may process a request although the response, such as a proxy's, rejects it.
func TestRejectedForNowButProcessed(t *testing.T) {
	t.Parallel()
	after := http.Header{"Retry-After": {"60"}}
	for name, fault := range map[string]sandbox.Fault{"429": {Status: 429}, "503 after": {Status: 503, Header: after}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				fault.Handle = true
				h.server.Inject(atPost(fault))
				h.create(h.want())
				h.wantRequests(get, post, get)
				h.wantWebhooks(1)
			})
		})
	}
	// A completion is not sent again if the task cannot be read.
	for _, status := range []int{401, 404} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(atPost(sandbox.Fault{Status: 503, Header: after}))
				h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: status})
				h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through", "503")
				h.wantRequests(get, post, get)
			})
		})
	}
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Status: 429, Header: after}))
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 401})
		h.wantText(h.refuse(h.want()).Error(), "Task Was Not Completed", "before sending its completion again", "401", "The previous attempt was rejected (Tallyfy returned 429")
		h.wantRequests(get, post, get)
	})
	inBubble(t, sandbox.Config{CompletionOnly: true}, nil, func(h *harness) { // a rate limit is unambiguous on a server that shows no tasks
		h.server.Inject(atPost(sandbox.Fault{Status: 429, Header: after}))
		h.create(h.want())
		h.wantRequests(get, post, get, post)
	})
}

func TestCancelledDuringTheCompletion(t *testing.T) {
	t.Parallel()
	for name, delay := range map[string]time.Duration{"response within the grace": 5 * time.Second, "no response": time.Hour} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				ctx, cancel := context.WithCancel(h.ctx)
				h.server.Inject(atPost(sandbox.Fault{Handle: true, Delay: delay}))
				time.AfterFunc(time.Second, cancel)
				began := time.Now()
				result, err := h.engine.Create(ctx, h.want())
				if err != nil || result.Record.Status != "completed" {
					h.Errorf("%+v, %v", result, err)
				}
				h.wantWebhooks(1)
				if n := h.server.Count(post, ""); n != 1 {
					h.Errorf("%d completions were sent", n)
				}
				if took := time.Since(began); took > time.Second+2*tallyfy.Grace {
					h.Errorf("it delayed the end of the apply by %s", took)
				}
			})
		})
	}
	inBubble(t, today(), nil, func(h *harness) { // the same with the operation's timeout
		ctx, cancel := context.WithTimeout(h.ctx, time.Second)
		defer cancel()
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Delay: 5 * time.Second}))
		if result, err := h.engine.Create(ctx, h.want()); err != nil || result.Record.Status != "completed" {
			h.Errorf("%+v, %v", result, err)
		}
		h.wantRequests(get, post)
	})
	inBubble(t, today(), nil, func(h *harness) { // never handled: the task is read, and the completion not sent again
		ctx, cancel := context.WithCancel(h.ctx)
		time.AfterFunc(time.Second, cancel)
		h.server.Inject(atPost(sandbox.Fault{Delay: time.Hour}))
		failure := h.failure(h.engine.Create(ctx, h.want()))
		h.wantRequests(get, post, get, get, get)
		h.wantWebhooks(0)
		h.wantText(failure.Error(), "it is open", "the operation was cancelled")
	})
}

func TestCancelledBeforeTheCompletion(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		ctx, cancel := context.WithCancel(h.ctx)
		h.server.Inject(sandbox.Fault{Method: put, Handle: true, Before: func(*http.Request) { cancel() }})
		failure := h.failure(h.engine.Create(ctx, h.wantValue("vpc-1")))
		if n := h.server.Count(post, ""); n != 0 {
			h.Errorf("%d completions were sent", n)
		}
		h.wantText(failure.Error(), "the operation was cancelled", "not completed")
	})
	inBubble(t, today(), nil, func(h *harness) { // during the wait for another attempt
		ctx, cancel := context.WithCancel(h.ctx)
		time.AfterFunc(time.Second, cancel)
		h.server.Inject(atPost(sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"300"}}}))
		began := time.Now()
		failure := h.failure(h.engine.Create(ctx, h.want()))
		h.wantRequests(get, post)
		h.wantText(failure.Error(), "429", "the operation was cancelled", "not completed", "Apply again")
		if took := time.Since(began); took != time.Second {
			h.Errorf("it ended after %s", took)
		}
	})
}
