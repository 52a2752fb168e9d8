// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Each test in this file is a sequence of events in which a completion was once sent twice, lost, or recorded wrongly.

// notLost fails the test if something is recorded as completed while the task is open.
func (b *bench) notLost(result Result, err error) {
	b.Helper()
	if err == nil && result.Record.saysCompleted() && b.task().CompletedAt == "" {
		b.Errorf("it is recorded as completed, and the task is open: %+v", result)
	}
}

func decisions(b *bench) (yes, no Desired) {
	yes, no = b.want(), b.want()
	yes.IsApproved, no.IsApproved = new(true), new(false)
	return yes, no
}

func approvalTask(k *sandbox.Task) { k.Type = approval }

func everyoneTask(k *sandbox.Task) { k.EveryoneMustComplete = 2 }

func TestUpdateIsRefusedForNowWhileReadsLag(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 3 * time.Second}, nil, func(b *bench) {
		known := b.recorded(b.wantValue("vpc-1"))
		time.Sleep(time.Minute)
		b.server.Inject(atPost(sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"1"}}}))
		result, err := b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))
		b.notLost(result, err)
		if err != nil || b.task().Taskdata[field] != "vpc-2" {
			b.Errorf("%v, and it holds %v", err, b.task().Taskdata)
		}
	})
}

func TestUpdateWhoseRequestIsLostWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 8 * time.Second}, nil, func(b *bench) {
		known := b.recorded(b.wantValue("vpc-1"))
		time.Sleep(time.Minute)
		b.server.Inject(atPost(sandbox.Fault{Drop: true}))
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2")))
		b.says(failure.Error(), "Completion May Have Gone Through", "still shows the completion that was taken back")
	})
}

func TestUpdateRightAfterACreateWhileReadsLag(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 3 * time.Second}, approvalTask, func(b *bench) {
		yes, no := decisions(b)
		known := b.recorded(yes)
		result, err := b.engine.Update(b.ctx, known, yes, no)
		if err != nil || *result.Record.IsApproved || *b.task().IsApproved {
			b.Errorf("got %+v, %v", result, err)
		}
		if n := b.server.Count(del, ""); n != 1 {
			b.Errorf("it was reopened %d times", n)
		}
		b.fired(2)
	})
}

func TestColleagueCompletesWhileACompletionIsRefusedForNow(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{"429": {Status: 429, Header: http.Header{"Retry-After": {"60"}}}, "lost": {Drop: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(b *bench) {
				fault.Before = func(*http.Request) {
					b.server.CompleteOutsideWith(taskID, 1002, nil, map[string]any{field: "vpc-of-another"})
				}
				b.server.Inject(atPost(fault))
				b.says(b.refuse(b.wantValue("vpc-1")).Error(), "Task Was Completed Differently", "user 1002", "holds another value")
			})
		})
	}
}

func TestWaitThatWasActedOnIsReadAfterwards(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		retries int
		after   string
	}{"no retries": {0, "2"}, "longer than the timeout": {4, "3600"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubbleWithRetries(t, c.retries, today(), nil, func(b *bench) {
				b.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 503, Header: http.Header{"Retry-After": {c.after}}}))
				b.create(b.want())
				b.sent(get, post, get)
				b.fired(1)
			})
		})
	}
}

func TestShareIsNotSentAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), everyoneTask, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true, Times: -1}))
		b.warned(b.create(b.want()), "Completion Accepted, Task Still Open")
		if n := b.server.Count(post, completions); n != 1 {
			b.Errorf("%d shares were sent", n)
		}
	})
	inBubble(t, today(), everyoneTask, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Drop: true, Times: -1}))
		b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through", "Everyone who is assigned", "the next apply sends it anew")
		if n := b.server.Count(post, completions); n != 1 {
			b.Errorf("%d shares were sent", n)
		}
	})
	// A value that is saved anew is no sign of a share.
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, func(k *sandbox.Task) {
		everyoneTask(k)
		k.Taskdata = map[string]any{field: rewriteText("x")}
	}, func(b *bench) {
		b.server.Inject(atPost(sandbox.Fault{Drop: true, Times: -1}))
		b.says(b.refuse(b.wantValue("x")).Error(), "Completion May Have Gone Through")
	})
}

func TestSaveThatIsAnswered404Stops(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(sandbox.Fault{Method: put, Status: 404, Body: `{"code":"RESOURCE_NOT_FOUND"}`})
		b.says(b.refuse(b.wantValue("vpc-1")).Error(), "Field Values Could Not Be Saved", "404")
		b.sent(get, put)
	})
}

// A value that Tallyfy keeps in another form never makes a task impossible to complete.
func TestValuesThatAreKeptInAnotherForm(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, nil, func(b *bench) {
		known := b.recorded(b.wantValue("one"))
		result, err := b.engine.Update(b.ctx, known, b.wantValue("one"), b.wantValue("two"))
		if err != nil {
			b.Fatal(err)
		}
		b.warned(result, "Tallyfy Keeps Field Values in Another Form")
	})
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, nil, func(b *bench) { // saved by an apply that went no further
		b.server.Inject(atPost(sandbox.Fault{Status: 422}))
		b.says(b.refuse(b.wantValue("one")).Error(), "Task Was Not Completed")
		b.warned(b.create(b.wantValue("one")), "Tallyfy Keeps Field Values in Another Form")
		if held := b.task().Taskdata[field]; held != rewriteText("one") {
			b.Errorf("the field holds %v", held)
		}
	})
}

func TestUpdateThatIsInterruptedGoesOn(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: 200 * time.Millisecond}, nil, func(b *bench) {
		known := b.recorded(b.wantValue("vpc-1"))
		ctx, cancel := context.WithCancel(b.ctx)
		time.AfterFunc(300*time.Millisecond, cancel) // while the DELETE is out
		if _, err := b.engine.Update(ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2")); err != nil || b.task().CompletedAt == "" {
			b.Errorf("%v, and the task is %s", err, b.task().Status)
		}
	})
}

func TestUpdateRefusesWhatWouldLeaveTheTaskOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*sandbox.Task)
		want   func(*bench) Desired
		says   string
	}{
		"unknown field": {nil, func(b *bench) Desired {
			want := b.wantValue("vpc-1")
			want.Taskdata["f1e1d0000000000000000000000000aa"] = "x"
			return want
		}, "Unknown Form Field"},
		"required field emptied": {func(k *sandbox.Task) { k.Fields[0].Required = true }, func(b *bench) Desired { return b.wantValue(nil) }, "Required Field Is Empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), c.change, func(b *bench) {
				known := b.recorded(b.wantValue("vpc-1"))
				b.says(b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), c.want(b))).Error(), c.says, "Nothing was sent")
				b.sent(get)
			})
		})
	}
}

func TestOneOffTaskIsReadBeforeItIsSavedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(b *bench) {
		b.server.Inject(sandbox.Fault{Method: put, Status: 429, Header: http.Header{"Retry-After": {"60"}}})
		time.AfterFunc(30*time.Second, func() {
			b.server.Update(taskID, func(k *sandbox.Task) {
				k.Owners.Users, k.Title, k.Deadline = []int64{1002}, "Renamed", "2035-07-02T17:00:00Z"
			})
		})
		want := b.wantValue("vpc-1")
		want.Task.Run = ""
		b.create(want)
		if got := b.task(); got.Title != "Renamed" || got.Deadline != "2035-07-02T17:00:00Z" || got.Owners.Users[0] != 1002 {
			b.Errorf("what a colleague changed was taken back: %+v", got)
		}
	})
}

func TestRecordOfAnotherCompletionHasItsOwnFacts(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "expiring" }, func(b *bench) {
		known := b.recorded(b.want())
		b.server.Update(taskID, func(k *sandbox.Task) { k.CompletedAt, k.CompleterID = "2035-06-04T17:00:00Z", 0 })
		if result, err := b.engine.Read(b.ctx, b.ref(), known); err != nil || result.Record.CompleterID != 0 || result.Record.TasksChangedByRules != "" {
			b.Errorf("got %+v, %v", result, err)
		}
	})
}

func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-db-password"
	inBubble(t, today(), func(k *sandbox.Task) {
		k.ChangedByRules = map[string]any{"x": map[string]any{"title": secret, "taskdata": map[string]any{field: secret}}}
	}, func(b *bench) {
		want := b.want()
		want.SecretTaskdata = map[string]any{field: secret}
		b.server.Inject(sandbox.Fault{Method: put, Status: 422, Body: `{"errors":{"x":["The value 's3cr3t-db-password' is too long."]}}`})
		failure := b.refuse(want)
		result := b.create(want)
		if strings.Contains(failure.Error()+result.Record.TasksChangedByRules, secret) || !strings.Contains(failure.Error(), "write-only") {
			b.Errorf("%v\n%+v", failure, result)
		}
	})
}

// A replacement that reopens and completes in one process, while reads lag.
func TestCreateAfterADestroyWhileReadsLag(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 2 * time.Second}, nil, func(b *bench) {
		known := b.recorded(b.want())
		time.Sleep(time.Minute)
		b.restart()
		if _, err := b.delete(b.ctx, known); err != nil {
			b.Fatal(err)
		}
		result, err := b.engine.Create(b.ctx, b.want())
		b.notLost(result, err)
		b.fired(2)
	})
}

// Create before destroy, and a renamed block: the destroy does not undo what was just recorded.
func TestDestroyLeavesWhatThisApplyHasRecorded(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.restart()
		result := b.create(b.want())
		b.server.ResetJournal()
		left, err := b.delete(b.ctx, known)
		b.warned(left, "Task Was Not Reopened")
		b.notLost(result, err)
		b.sent()
	})
}

func TestColleagueCompletesAgainAfterTheReopening(t *testing.T) {
	t.Parallel()
	reopens := func(b *bench) {
		b.server.Inject(sandbox.Fault{Method: del, Handle: true, Drop: true})
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Before: func(*http.Request) { b.server.CompleteOutside(taskID, 1005, nil) }})
	}
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.wantValue("vpc-1"))
		time.Sleep(time.Minute)
		reopens(b)
		b.says(b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))).Error(), "Task Was Completed Differently", "user 1005")
	})
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		time.Sleep(time.Minute)
		b.restart()
		reopens(b)
		result, err := b.delete(b.ctx, known)
		if err != nil || b.server.Count(del, "") != 1 {
			b.Errorf("got %v after %d requests", err, b.server.Count(del, ""))
		}
		b.warned(result, "Task Was Completed Again")
	})
}

func TestReopeningThatCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.wantValue("1"))
		b.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204})
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 403, Times: -1})
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("1"), b.wantValue("2")))
		b.says(failure.Error(), "Task Could Not Be Reopened", "after Tallyfy accepted its reopening", "403", "not known whether the task is open")
		b.sent(get, del, get)
	})
}

// A completion of months ago is not taken for the one that was just sent, where the first read did not show the task.
func TestOldCompletionIsNotTakenForOurs(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		b.server.CompleteOutside(taskID, 1005, nil)
		time.Sleep(240 * time.Hour)
		b.server.Inject(sandbox.Fault{Method: get, Status: 404})
		b.server.Inject(atPost(sandbox.Fault{Drop: true}))
		ctx, cancel := context.WithTimeout(b.Context(), patience)
		defer cancel()
		result, err := b.engine.Create(ctx, b.want())
		if err != nil {
			b.Fatal(err)
		}
		b.warned(result, "Task Was Already Completed")
		b.says(details(result), "This apply sent a completion too, and its outcome is not known")
	})
}

// Someone else's completion between the read and the POST shows by the server's own times.
func TestCompletionBeforeTheRequestIsToldOf(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: time.Minute}, nil, func(b *bench) {
		b.server.CompleteOutside(taskID, 1005, nil)
		time.Sleep(10 * time.Second)
		b.warned(b.create(b.want()), "Completion May Be Someone Else's")
	})
}

// Writes to one process that get in each other's way take turns.
func TestWritesThatCollide(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: 100 * time.Millisecond}, nil, func(b *bench) {
		collisions := &overlap{next: b.server}
		b.client = clientOver(b.T, collisions)
		b.restart()
		done := make(chan error)
		for _, k := range b.openTasks(8) {
			go func() {
				want := b.want()
				want.Task.Task = k
				_, err := b.engine.Create(b.ctx, want)
				done <- err
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				b.Error(err)
			}
		}
	})
}

// overlap answers 409 to a completion that comes while another one is handled, as an engine does that locks the process.
type overlap struct {
	next http.Handler
	busy atomic.Bool
}

// ServeHTTP answers a request.
func (o *overlap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == post {
		if !o.busy.CompareAndSwap(false, true) {
			w.WriteHeader(http.StatusConflict)
			return
		}
		defer o.busy.Store(false)
	}
	o.next.ServeHTTP(w, r)
}

func clientOver(t *testing.T, handler http.Handler) *tallyfy.Client {
	t.Helper()
	client, err := tallyfy.New(tallyfy.Config{
		BaseURL: "http://127.0.0.1/api", AccessToken: sandbox.DefaultToken, MaxRetries: tallyfy.DefaultMaxRetries,
		RequestTimeout: tallyfy.DefaultRequestTimeout, Transport: inProcess{handler},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// openTasks adds tasks to the process, and returns their IDs.
func (b *bench) openTasks(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("7a5c%028d", i))
		b.server.AddTask(sandbox.Task{ID: ids[i], RunID: runID})
	}
	return ids
}
