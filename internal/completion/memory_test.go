// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// longLag is longer than the engine reads a task to see what a write has made of it.
const longLag = 10 * time.Second

const notShownSummary = "Completion Is Not Shown Yet"

// A second block for a task sends nothing on the evidence of a read that lags, however long it does.
func TestSecondBlockWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	with := func(b *bench, approved bool, value string) Desired {
		want := b.wantValue(value)
		want.IsApproved = &approved
		return want
	}
	inBubble(t, sandbox.Config{ReadLag: longLag}, approvalTask, func(b *bench) {
		first := b.create(with(b, true, "vpc-1"))
		b.server.ResetJournal()
		second := b.create(with(b, true, "vpc-1\r\n"))
		b.sent(get, get, get)
		b.fired(1)
		b.warned(second, "Task Was Already Completed", notShownSummary)
		if first.Record.CompletedAt != second.Record.CompletedAt || !*second.Record.IsApproved || !second.Record.saysCompleted() {
			b.Errorf("recorded %+v, and then %+v", first.Record, second.Record)
		}
	})
	inBubble(t, sandbox.Config{ReadLag: longLag}, approvalTask, func(b *bench) {
		b.create(with(b, true, "vpc-1"))
		b.server.ResetJournal()
		failure := b.refuse(with(b, false, "vpc-2"))
		b.says(failure.Error(), "Task Is Already Completed Differently", "the task was approved", "holds another value")
		b.sent(get, get, get)
	})
	for name, fault := range map[string]sandbox.Fault{ // a read that shows no task is no evidence either
		"404": {Method: get, Status: http.StatusNotFound, Times: -1},
		"405": {Method: get, Status: http.StatusMethodNotAllowed, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(b *bench) {
				b.server.Inject(fault)
				b.create(b.want())
				b.create(b.want())
				b.fired(1)
			})
		})
	}
}

// What this apply has sent and what left the task open is not sent by a second block: a share, or a completion of which nothing is known.
func TestSecondBlockAfterACompletionThatLeftTheTaskOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		task  func(*sandbox.Task)
		fault *sandbox.Fault
		later time.Duration
	}{
		"share":             {everyoneTask, nil, 0},
		"share, later":      {everyoneTask, nil, 5 * time.Minute},
		"reopened by rules": {func(k *sandbox.Task) { k.ReopenedByAutomation = true }, nil, 0},
		"nothing is known":  {nil, &sandbox.Fault{Method: post, Handle: true, Status: http.StatusNoContent}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{ReadLag: time.Minute}, c.task, func(b *bench) {
				if c.fault != nil {
					b.server.Inject(*c.fault)
				}
				first := b.create(b.wantValue("vpc-1"))
				time.Sleep(c.later)
				b.server.ResetJournal()
				second := b.create(b.wantValue("vpc-1"))
				if n := b.server.Count(post, ""); n != 0 {
					b.Errorf("%d completions were sent", n)
				}
				b.warned(second, "Completion Was Already Sent")
				if first.Record != second.Record {
					b.Errorf("recorded %+v, and then %+v", first.Record, second.Record)
				}
				b.says(b.refuse(b.wantValue("vpc-2")).Error(), "Completion Was Already Sent Differently", field, "one block for each task")
			})
		})
	}
}

// A reopening is believed if it cannot be the lag of a read: after a while, and of a completion that was there long before.
func TestSecondBlockAfterSomeoneReopensTheTask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 3 * time.Second}, nil, func(b *bench) {
		b.create(b.want())
		time.Sleep(90 * time.Second)
		b.server.ReopenOutside(taskID)
		time.Sleep(10 * time.Second)
		b.warned(b.create(b.want()))
		b.fired(2)
	})
	inBubble(t, today(), nil, func(b *bench) {
		b.server.CompleteOutside(taskID, sandbox.SeedColleagueID, nil)
		time.Sleep(5 * time.Minute)
		b.create(b.want())
		b.server.ReopenOutside(taskID)
		b.warned(b.create(b.want()))
		b.fired(2)
	})
}

// After this process has reopened a task, a create sends, whatever a read shows.
func TestCreateAfterADestroyWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: longLag}, nil, func(b *bench) {
		known := b.recorded(b.want())
		time.Sleep(time.Minute)
		b.restart()
		if _, err := b.delete(b.ctx, known); err != nil {
			b.Fatal(err)
		}
		result, err := b.engine.Create(b.ctx, b.want())
		b.notLost(result, err)
		b.fired(2)
		b.server.ResetJournal()
		again, err := b.engine.Create(b.ctx, b.want()) // of another block
		b.notLost(again, err)
		b.fired(2)
		if again.Record.CompletedAt != result.Record.CompletedAt {
			b.Errorf("recorded %+v, and then %+v", result.Record, again.Record)
		}
	})
}

// An update is decided by what this process has done to the task, and not by a read that is older.
func TestUpdateAfterAnotherBlockWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	setup := func(b *bench) Record {
		known := b.recorded(b.wantValue("vpc-1"))
		time.Sleep(90 * time.Second)
		b.restart()
		return known
	}
	update := func(b *bench, known Record) (Result, error) {
		return b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))
	}
	t.Run("updated", func(t *testing.T) {
		t.Parallel()
		inBubble(t, sandbox.Config{ReadLag: longLag}, nil, func(b *bench) {
			known := setup(b)
			first, err := update(b, known)
			if err != nil {
				b.Fatal(err)
			}
			second, err := update(b, known)
			b.notLost(second, err)
			b.warned(second, "Task Is Already as Configured", notShownSummary)
			b.fired(2)
			if n := b.server.Count(del, ""); n != 1 || first.Record.CompletedAt != second.Record.CompletedAt {
				b.Errorf("%d reopenings, recorded %+v, and then %+v", n, first.Record, second.Record)
			}
		})
	})
	t.Run("created", func(t *testing.T) {
		t.Parallel()
		inBubble(t, sandbox.Config{ReadLag: longLag}, approvalTask, func(b *bench) {
			yes, no := decisions(b)
			known := b.create(yes).Record
			b.server.ResetJournal()
			result, err := b.engine.Update(b.ctx, known, yes, no)
			b.notLost(result, err)
			if err != nil || *b.task().IsApproved {
				b.Errorf("got %+v, %v", result, err)
			}
			b.sent(get, get, get, del, post)
		})
	})
	t.Run("destroyed", func(t *testing.T) {
		t.Parallel()
		inBubble(t, sandbox.Config{ReadLag: longLag}, nil, func(b *bench) {
			b.recorded(b.wantValue("vpc-2"))
			time.Sleep(90 * time.Second)
			b.restart()
			known, err := b.engine.Import(b.ctx, b.ref())
			if err != nil {
				b.Fatal(err)
			}
			if _, err := b.delete(b.ctx, known.Record); err != nil {
				b.Fatal(err)
			}
			result, err := update(b, known.Record)
			b.notLost(result, err)
			b.fired(2)
		})
	})
}

// After a completion whose outcome is not known, a second block is as careful as the next attempt is.
func TestSecondBlockAfterALostCompletion(t *testing.T) {
	t.Parallel()
	lost := sandbox.Fault{Method: post, Handle: true, Drop: true}
	t.Run("share", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), everyoneTask, func(b *bench) {
			b.server.Update(taskID, func(k *sandbox.Task) { k.Extra = map[string]any{"completion_progress": nil, "last_updated": nil} })
			b.server.Inject(lost)
			b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through")
			b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through", "Everyone who is assigned", "one block for each task")
			if n := b.server.Count(post, ""); n != 1 {
				b.Errorf("%d shares were sent", n)
			}
		})
	})
	t.Run("not shown", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), nil, func(b *bench) {
			b.server.Inject(lost)
			b.server.Inject(sandbox.Fault{Method: get, Status: http.StatusNotFound, Times: -1})
			b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through")
			b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through", "does not show the task")
			b.fired(1)
		})
	})
	t.Run("reads fail, then lag", func(t *testing.T) {
		t.Parallel()
		inBubbleWithRetries(t, 0, sandbox.Config{ReadLag: 3 * time.Second}, nil, func(b *bench) {
			b.server.Inject(lost)
			b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: http.StatusForbidden})
			b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through")
			b.warned(b.create(b.want()), "Task Was Already Completed")
			b.fired(1)
		})
	})
	t.Run("update", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), everyoneTask, func(b *bench) {
			b.server.Update(taskID, func(k *sandbox.Task) { k.Extra = map[string]any{"completion_progress": nil, "last_updated": nil} })
			known := b.recorded(b.wantValue("vpc-1"))
			b.server.Inject(lost)
			b.says(b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))).Error(), "Completion May Have Gone Through")
			b.says(b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))).Error(), "Completion May Have Gone Through", "Everyone who is assigned")
			if n := b.server.Count(post, ""); n != 1 {
				b.Errorf("%d shares were sent", n)
			}
		})
	})
}

// A read that still shows the completion which was reopened says nothing about the one that was sent since.
func TestSecondBlockAfterALostCompletionOfAnUpdate(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: time.Minute}, nil, func(b *bench) {
		known := b.recorded(b.wantValue("vpc-1"))
		time.Sleep(2 * time.Minute)
		b.server.Inject(sandbox.Fault{Method: post, Drop: true})
		b.says(b.failure(b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))).Error(), "Completion May Have Gone Through")
		b.says(b.refuse(b.wantValue("vpc-1")).Error(), "Completion May Have Gone Through", errStale.Error())
		b.restart()
		time.Sleep(time.Minute)
		b.create(b.wantValue("vpc-2"))
	})
}
