// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// longLag is longer than the time in which the engine reads a task to see the effect of a write.
const longLag = 10 * time.Second

const notShownSummary = "Completion Is Not Shown Yet"

// A second block for a task sends nothing because of a read that lags, however long the lag is.
func TestSecondBlockWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	with := func(h *harness, approved bool, value string) Desired {
		want := h.wantValue(value)
		want.IsApproved = &approved
		return want
	}
	inBubble(t, sandbox.Config{ReadLag: longLag}, approvalTask, func(h *harness) {
		first := h.create(with(h, true, "vpc-1"))
		h.server.ResetJournal()
		second := h.create(with(h, true, "vpc-1\r\n"))
		h.wantRequests(get, get, get)
		h.wantWebhooks(1)
		h.wantWarnings(second, "Task Was Already Completed", notShownSummary)
		if first.Record.CompletedAt != second.Record.CompletedAt || !*second.Record.IsApproved || !second.Record.saysCompleted() {
			h.Errorf("recorded %+v, and then %+v", first.Record, second.Record)
		}
	})
	inBubble(t, sandbox.Config{ReadLag: longLag}, approvalTask, func(h *harness) {
		h.create(with(h, true, "vpc-1"))
		h.server.ResetJournal()
		failure := h.refuse(with(h, false, "vpc-2"))
		h.wantText(failure.Error(), "Task Is Already Completed Differently", "the task was approved", "holds another value")
		h.wantRequests(get, get, get)
	})
	for name, fault := range map[string]sandbox.Fault{ // nor because of a read that shows no task
		"404": {Method: get, Status: http.StatusNotFound, Times: -1},
		"405": {Method: get, Status: http.StatusMethodNotAllowed, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(fault)
				h.create(h.want())
				h.create(h.want())
				h.wantWebhooks(1)
			})
		})
	}
}

// A second block does not send again what this apply has sent and what left the task open, such as
// a share.
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
			inBubble(t, sandbox.Config{ReadLag: time.Minute}, c.task, func(h *harness) {
				if c.fault != nil {
					h.server.Inject(*c.fault)
				}
				first := h.create(h.wantValue("vpc-1"))
				time.Sleep(c.later)
				h.server.ResetJournal()
				second := h.create(h.wantValue("vpc-1"))
				if n := h.server.Count(post, ""); n != 0 {
					h.Errorf("%d completions were sent", n)
				}
				h.wantWarnings(second, "Completion Was Already Sent")
				if first.Record != second.Record {
					h.Errorf("recorded %+v, and then %+v", first.Record, second.Record)
				}
				h.wantText(h.refuse(h.wantValue("vpc-2")).Error(), "Completion Was Already Sent Differently", field, "one block for each task")
			})
		})
	}
}

// A read that shows the task open counts if it cannot lag: after a while, or if the completion is
// old.
func TestSecondBlockAfterSomeoneReopensTheTask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 3 * time.Second}, nil, func(h *harness) {
		h.create(h.want())
		time.Sleep(90 * time.Second)
		h.server.ReopenOutside(taskID)
		time.Sleep(10 * time.Second)
		h.wantWarnings(h.create(h.want()))
		h.wantWebhooks(2)
	})
	inBubble(t, today(), nil, func(h *harness) {
		h.server.CompleteOutside(taskID, sandbox.SeedColleagueID, nil)
		time.Sleep(5 * time.Minute)
		h.create(h.want())
		h.server.ReopenOutside(taskID)
		h.wantWarnings(h.create(h.want()))
		h.wantWebhooks(2)
	})
}

// After this process has reopened a task, a create sends, whatever a read shows.
func TestCreateAfterADestroyWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: longLag}, nil, func(h *harness) {
		known := h.recorded(h.want())
		time.Sleep(time.Minute)
		h.restart()
		if _, err := h.destroy(h.ctx, known); err != nil {
			h.Fatal(err)
		}
		result, err := h.engine.Create(h.ctx, h.want())
		h.notLost(result, err)
		h.wantWebhooks(2)
		h.server.ResetJournal()
		again, err := h.engine.Create(h.ctx, h.want()) // of another block
		h.notLost(again, err)
		h.wantWebhooks(2)
		if again.Record.CompletedAt != result.Record.CompletedAt {
			h.Errorf("recorded %+v, and then %+v", result.Record, again.Record)
		}
	})
}

// An update depends on what this process has done to the task, and not on an older read.
func TestUpdateAfterAnotherBlockWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	setup := func(h *harness) Record {
		known := h.recorded(h.wantValue("vpc-1"))
		time.Sleep(90 * time.Second)
		h.restart()
		return known
	}
	update := func(h *harness, known Record) (Result, error) {
		return h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))
	}
	t.Run("updated", func(t *testing.T) {
		t.Parallel()
		inBubble(t, sandbox.Config{ReadLag: longLag}, nil, func(h *harness) {
			known := setup(h)
			first, err := update(h, known)
			if err != nil {
				h.Fatal(err)
			}
			second, err := update(h, known)
			h.notLost(second, err)
			h.wantWarnings(second, "Task Is Already as Configured", notShownSummary)
			h.wantWebhooks(2)
			if n := h.server.Count(del, ""); n != 1 || first.Record.CompletedAt != second.Record.CompletedAt {
				h.Errorf("%d reopenings, recorded %+v, and then %+v", n, first.Record, second.Record)
			}
		})
	})
	t.Run("created", func(t *testing.T) {
		t.Parallel()
		inBubble(t, sandbox.Config{ReadLag: longLag}, approvalTask, func(h *harness) {
			yes, no := decisions(h)
			known := h.create(yes).Record
			h.server.ResetJournal()
			result, err := h.engine.Update(h.ctx, known, yes, no)
			h.notLost(result, err)
			if err != nil || *h.task().IsApproved {
				h.Errorf("got %+v, %v", result, err)
			}
			h.wantRequests(get, get, get, del, post)
		})
	})
	t.Run("destroyed", func(t *testing.T) {
		t.Parallel()
		inBubble(t, sandbox.Config{ReadLag: longLag}, nil, func(h *harness) {
			h.recorded(h.wantValue("vpc-2"))
			time.Sleep(90 * time.Second)
			h.restart()
			known, err := h.engine.Import(h.ctx, h.ref())
			if err != nil {
				h.Fatal(err)
			}
			if _, err := h.destroy(h.ctx, known.Record); err != nil {
				h.Fatal(err)
			}
			result, err := update(h, known.Record)
			h.notLost(result, err)
			h.wantWebhooks(2)
		})
	})
}

// After a completion whose outcome is unknown, a second block reads the task as the next attempt
// would.
func TestSecondBlockAfterALostCompletion(t *testing.T) {
	t.Parallel()
	lost := sandbox.Fault{Method: post, Handle: true, Drop: true}
	t.Run("share", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), everyoneTask, func(h *harness) {
			h.server.Update(taskID, func(k *sandbox.Task) { k.Extra = map[string]any{"completion_progress": nil, "last_updated": nil} })
			h.server.Inject(lost)
			h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through")
			h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through", "Everyone who is assigned", "one block for each task")
			if n := h.server.Count(post, ""); n != 1 {
				h.Errorf("%d shares were sent", n)
			}
		})
	})
	t.Run("not shown", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), nil, func(h *harness) {
			h.server.Inject(lost)
			h.server.Inject(sandbox.Fault{Method: get, Status: http.StatusNotFound, Times: -1})
			h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through")
			h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through", "does not show the task")
			h.wantWebhooks(1)
		})
	})
	t.Run("reads fail, then lag", func(t *testing.T) {
		t.Parallel()
		inBubbleWithRetries(t, 0, sandbox.Config{ReadLag: 3 * time.Second}, nil, func(h *harness) {
			h.server.Inject(lost)
			h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: http.StatusForbidden})
			h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through")
			h.wantWarnings(h.create(h.want()), "Task Was Already Completed")
			h.wantWebhooks(1)
		})
	})
	t.Run("update", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), everyoneTask, func(h *harness) {
			h.server.Update(taskID, func(k *sandbox.Task) { k.Extra = map[string]any{"completion_progress": nil, "last_updated": nil} })
			known := h.recorded(h.wantValue("vpc-1"))
			h.server.Inject(lost)
			h.wantText(h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))).Error(), "Completion May Have Gone Through")
			h.wantText(h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))).Error(), "Completion May Have Gone Through", "Everyone who is assigned")
			if n := h.server.Count(post, ""); n != 1 {
				h.Errorf("%d shares were sent", n)
			}
		})
	})
}

// A read that still shows the completion that was reopened proves nothing about the one that was
// sent after it.
func TestSecondBlockAfterALostCompletionOfAnUpdate(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: time.Minute}, nil, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-1"))
		time.Sleep(2 * time.Minute)
		h.server.Inject(sandbox.Fault{Method: post, Drop: true})
		h.wantText(h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))).Error(), "Completion May Have Gone Through")
		h.wantText(h.refuse(h.wantValue("vpc-1")).Error(), "Completion May Have Gone Through", errStale.Error())
		h.restart()
		time.Sleep(time.Minute)
		h.create(h.wantValue("vpc-2"))
	})
}
