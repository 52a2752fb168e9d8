// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Each test in this file is a sequence of events in which a completion was once sent twice, lost,
// or recorded wrongly.

// notLost fails the test if something is recorded as completed while the task is open.
func (h *harness) notLost(result Result, err error) {
	h.Helper()
	if err == nil && result.Record.saysCompleted() && h.task().CompletedAt == "" {
		h.Errorf("the task is recorded as completed, and it is open: %+v", result)
	}
}

func decisions(h *harness) (yes, no Desired) {
	yes, no = h.want(), h.want()
	yes.IsApproved, no.IsApproved = new(true), new(false)
	return yes, no
}

func approvalTask(k *sandbox.Task) { k.Type = tallyfy.TypeApproval }

func everyoneTask(k *sandbox.Task) { k.EveryoneMustComplete = 2 }

func TestUpdateIsRejectedForNowWhileReadsLag(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 3 * time.Second}, nil, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-1"))
		time.Sleep(time.Minute)
		h.server.Inject(atPost(sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"1"}}}))
		result, err := h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))
		h.notLost(result, err)
		if err != nil || h.task().Taskdata[field] != "vpc-2" {
			h.Errorf("%v, and it holds %v", err, h.task().Taskdata)
		}
	})
}

func TestUpdateWhoseRequestIsLostWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 8 * time.Second}, nil, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-1"))
		time.Sleep(time.Minute)
		h.server.Inject(atPost(sandbox.Fault{Drop: true}))
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2")))
		h.wantText(failure.Error(), "Completion May Have Gone Through", "still shows the completion that was reopened")
	})
}

func TestUpdateRightAfterACreateWhileReadsLag(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 3 * time.Second}, approvalTask, func(h *harness) {
		yes, no := decisions(h)
		known := h.recorded(yes)
		result, err := h.engine.Update(h.ctx, known, yes, no)
		if err != nil || *result.Record.IsApproved || *h.task().IsApproved {
			h.Errorf("got %+v, %v", result, err)
		}
		if n := h.server.Count(del, ""); n != 1 {
			h.Errorf("it was reopened %d times", n)
		}
		h.wantWebhooks(2)
	})
}

func TestColleagueCompletesWhileACompletionIsRejectedForNow(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{"429": {Status: 429, Header: http.Header{"Retry-After": {"60"}}}, "lost": {Drop: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				fault.Before = func(*http.Request) {
					h.server.CompleteOutsideWith(taskID, 1002, nil, map[string]any{field: "vpc-of-another"})
				}
				h.server.Inject(atPost(fault))
				h.wantText(h.refuse(h.wantValue("vpc-1")).Error(), "Task Was Completed Differently", "user 1002", "holds another value")
			})
		})
	}
}

func TestProcessedCompletionIsReadAfterAWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		retries int
		after   string
	}{"no retries": {0, "2"}, "longer than the timeout": {4, "3600"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubbleWithRetries(t, c.retries, today(), nil, func(h *harness) {
				h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 503, Header: http.Header{"Retry-After": {c.after}}}))
				h.create(h.want())
				h.wantRequests(get, post, get)
				h.wantWebhooks(1)
			})
		})
	}
}

func TestShareIsNotSentAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), everyoneTask, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true, Times: -1}))
		h.wantWarnings(h.create(h.want()), "Completion Accepted, Task Still Open")
		if n := h.server.Count(post, completions); n != 1 {
			h.Errorf("%d shares were sent", n)
		}
	})
	inBubble(t, today(), everyoneTask, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Drop: true, Times: -1}))
		h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through", "Everyone who is assigned", "the next apply sends it again")
		if n := h.server.Count(post, completions); n != 1 {
			h.Errorf("%d shares were sent", n)
		}
	})
	// A value that is saved again is not evidence of a share.
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, func(k *sandbox.Task) {
		everyoneTask(k)
		k.Taskdata = map[string]any{field: rewriteText("x")}
	}, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Drop: true, Times: -1}))
		h.wantText(h.refuse(h.wantValue("x")).Error(), "Completion May Have Gone Through")
	})
}

func TestSaveWith404Stops(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: put, Status: 404, Body: `{"code":"RESOURCE_NOT_FOUND"}`})
		h.wantText(h.refuse(h.wantValue("vpc-1")).Error(), "Field Values Could Not Be Saved", "404")
		h.wantRequests(get, put)
	})
}

// A value that Tallyfy stores in another form does not prevent the completion.
func TestValuesThatAreKeptInAnotherForm(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, nil, func(h *harness) {
		known := h.recorded(h.wantValue("one"))
		result, err := h.engine.Update(h.ctx, known, h.wantValue("one"), h.wantValue("two"))
		if err != nil {
			h.Fatal(err)
		}
		h.wantWarnings(result, "Tallyfy Stores Field Values Differently")
	})
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, nil, func(h *harness) { // saved by an apply that then failed
		h.server.Inject(atPost(sandbox.Fault{Status: 422}))
		h.wantText(h.refuse(h.wantValue("one")).Error(), "Task Was Not Completed")
		h.wantWarnings(h.create(h.wantValue("one")), "Tallyfy Stores Field Values Differently")
		if held := h.task().Taskdata[field]; held != rewriteText("one") {
			h.Errorf("the field holds %v", held)
		}
	})
}

func TestInterruptedUpdateContinues(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: 200 * time.Millisecond}, nil, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-1"))
		ctx, cancel := context.WithCancel(h.ctx)
		time.AfterFunc(300*time.Millisecond, cancel) // while the DELETE is in flight
		if _, err := h.engine.Update(ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2")); err != nil || h.task().CompletedAt == "" {
			h.Errorf("%v, and the task is %s", err, h.task().Status)
		}
	})
}

func TestUpdateRefusesWhatWouldLeaveTheTaskOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*sandbox.Task)
		want   func(*harness) Desired
		says   string
	}{
		"unknown field": {nil, func(h *harness) Desired {
			want := h.wantValue("vpc-1")
			want.Taskdata["f1e1d0000000000000000000000000aa"] = "x"
			return want
		}, "Unknown Form Field"},
		"required field emptied": {func(k *sandbox.Task) { k.Fields[0].Required = true }, func(h *harness) Desired { return h.wantValue(nil) }, "Required Field Is Empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), c.change, func(h *harness) {
				known := h.recorded(h.wantValue("vpc-1"))
				h.wantText(h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), c.want(h))).Error(), c.says, "Nothing was sent")
				h.wantRequests(get)
			})
		})
	}
}

func TestOneOffTaskIsReadBeforeItIsSavedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: put, Status: 429, Header: http.Header{"Retry-After": {"60"}}})
		time.AfterFunc(30*time.Second, func() {
			h.server.Update(taskID, func(k *sandbox.Task) {
				k.Owners.Users, k.Title, k.Deadline = []int64{1002}, "Renamed", "2035-07-02T17:00:00Z"
			})
		})
		want := h.wantValue("vpc-1")
		want.Task.Run = ""
		h.create(want)
		if got := h.task(); got.Title != "Renamed" || got.Deadline != "2035-07-02T17:00:00Z" || got.Owners.Users[0] != 1002 {
			h.Errorf("a colleague's change was undone: %+v", got)
		}
	})
}

func TestRecordOfAnotherCompletionHasItsOwnFacts(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "expiring" }, func(h *harness) {
		known := h.recorded(h.want())
		h.server.Update(taskID, func(k *sandbox.Task) { k.CompletedAt, k.CompleterID = "2035-06-04T17:00:00Z", 0 })
		if result, err := h.engine.Read(h.ctx, h.ref(), known); err != nil || result.Record.CompleterID != 0 || result.Record.TasksChangedByRules != "" {
			h.Errorf("got %+v, %v", result, err)
		}
	})
}

func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-db-password"
	inBubble(t, today(), func(k *sandbox.Task) {
		k.ChangedByRules = map[string]any{"x": map[string]any{"title": secret, "taskdata": map[string]any{field: secret}}}
	}, func(h *harness) {
		want := h.want()
		want.SecretTaskdata = map[string]any{field: secret}
		h.server.Inject(sandbox.Fault{Method: put, Status: 422, Body: `{"errors":{"x":["The value 's3cr3t-db-password' is too long."]}}`})
		failure := h.refuse(want)
		result := h.create(want)
		if strings.Contains(failure.Error()+result.Record.TasksChangedByRules, secret) || !strings.Contains(failure.Error(), "write-only") {
			h.Errorf("%v\n%+v", failure, result)
		}
	})
}

// A replacement reopens and completes the task in one process, while reads lag.
func TestCreateAfterADestroyWhileReadsLag(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 2 * time.Second}, nil, func(h *harness) {
		known := h.recorded(h.want())
		time.Sleep(time.Minute)
		h.restart()
		if _, err := h.destroy(h.ctx, known); err != nil {
			h.Fatal(err)
		}
		result, err := h.engine.Create(h.ctx, h.want())
		h.notLost(result, err)
		h.wantWebhooks(2)
	})
}

// With create_before_destroy or a renamed block, the destroy does not undo the completion that was
// just recorded.
func TestDestroyLeavesWhatThisApplyHasRecorded(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.restart()
		result := h.create(h.want())
		h.server.ResetJournal()
		left, err := h.destroy(h.ctx, known)
		h.wantWarnings(left, "Task Was Not Reopened")
		h.notLost(result, err)
		h.wantRequests()
	})
}

func TestColleagueCompletesAgainAfterTheReopening(t *testing.T) {
	t.Parallel()
	reopens := func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: del, Handle: true, Drop: true})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Before: func(*http.Request) { h.server.CompleteOutside(taskID, 1005, nil) }})
	}
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-1"))
		time.Sleep(time.Minute)
		reopens(h)
		h.wantText(h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))).Error(), "Task Was Completed Differently", "user 1005")
	})
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		time.Sleep(time.Minute)
		h.restart()
		reopens(h)
		result, err := h.destroy(h.ctx, known)
		if err != nil || h.server.Count(del, "") != 1 {
			h.Errorf("got %v after %d requests", err, h.server.Count(del, ""))
		}
		h.wantWarnings(result, "Task Was Completed Again")
	})
}

func TestReopeningThatCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.wantValue("1"))
		h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 403, Times: -1})
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("1"), h.wantValue("2")))
		h.wantText(failure.Error(), "Task Could Not Be Reopened", "after Tallyfy accepted its reopening", "403", "not known whether the task is open")
		h.wantRequests(get, del, get)
	})
}

// If the first read did not show the task, a completion from months ago does not count as the one
// that was just sent.
func TestOldCompletionIsNotAttributedToTheApply(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.CompleteOutside(taskID, 1005, nil)
		time.Sleep(240 * time.Hour)
		h.server.Inject(sandbox.Fault{Method: get, Status: 404})
		h.server.Inject(atPost(sandbox.Fault{Drop: true}))
		ctx, cancel := context.WithTimeout(h.Context(), patience)
		defer cancel()
		result, err := h.engine.Create(ctx, h.want())
		if err != nil {
			h.Fatal(err)
		}
		h.wantWarnings(result, "Task Was Already Completed")
		h.wantText(details(result), "This apply sent a completion too, and its outcome is unknown")
	})
}

// Someone else's completion between the read and the POST is recognized by the server's own clock.
func TestCompletionBeforeTheRequestIsReported(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: time.Minute}, nil, func(h *harness) {
		h.server.CompleteOutside(taskID, 1005, nil)
		time.Sleep(10 * time.Second)
		h.wantWarnings(h.create(h.want()), "Completion May Be Someone Else's")
	})
}
