// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// A completion that this process recorded, and that someone has reopened, does not count as the one
// that was sent after it if an older read shows it again.
func TestReopenedCompletionInAnOlderRead(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		older := fmt.Sprintf(`{"data":{"id":%q,"run_id":%q,"status":"completed","completed_at":%q}}`, taskID, runID, h.create(h.want()).Record.CompletedAt)
		time.Sleep(2 * time.Minute)
		h.server.ReopenOutside(taskID)
		h.server.Inject(sandbox.Fault{Method: post, Drop: true})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 3, Times: 6, Status: http.StatusOK, Body: older})
		for range 2 {
			h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through", errStale.Error())
		}
		h.create(h.want())
		h.wantWebhooks(2)
	})
}

// An update of a second block sends nothing if this process has already sent the same completion
// and the task is still open.
func TestSecondUpdateOfATaskThatStaysOpen(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*sandbox.Task){
		"share":             everyoneTask,
		"reopened by rules": func(k *sandbox.Task) { k.ReopenedByAutomation = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), change, func(h *harness) {
				known := h.recorded(h.wantValue("vpc-1"))
				update := func(value string) (Result, error) {
					return h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue(value))
				}
				first, err := update("vpc-2")
				if err != nil {
					h.Fatal(err)
				}
				h.server.ResetJournal()
				second, err := update("vpc-2")
				if err != nil || first.Record != second.Record {
					h.Errorf("recorded %+v, and then %+v, %v", first.Record, second.Record, err)
				}
				h.wantWarnings(second, "Completion Was Already Sent")
				h.wantText(h.failure(update("vpc-3")).Error(), "Completion Was Already Sent Differently", field)
				h.wantRequests(get, get, get, get, get, get)
			})
		})
	}
}

// A share is compared by what was sent, and not by what Tallyfy stores. Another completer means
// another share.
func TestSecondBlockForAShare(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, everyoneTask, func(h *harness) {
		first := h.create(h.wantValue("vpc-1"))
		h.wantText(details(first), "The completion was still sent")
		h.wantWarnings(h.create(h.wantValue("vpc-1")), "Completion Was Already Sent")
		h.wantText(h.refuse(h.wantValue("vpc-2")).Error(), "Completion Was Already Sent Differently")
	})
	inBubble(t, today(), everyoneTask, func(h *harness) {
		one, other := h.want(), h.want()
		one.OverrideUser, other.OverrideUser = new(int64(1001)), new(int64(1002))
		h.create(one)
		h.wantWarnings(h.create(h.want()), "Completion Was Already Sent")
		h.wantText(h.refuse(other).Error(), "Completion Was Already Sent Differently", "override_user")
	})
}

// An update is sent if Tallyfy does not show the values.
func TestSecondBlockUpdatesATaskThatIsNotShown(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.server.ReopenOutside(taskID)
		h.server.Inject(sandbox.Fault{Method: get, Status: http.StatusNotFound, Times: -1})
		h.create(h.want())
		if _, err := h.engine.Update(h.ctx, known, h.want(), h.wantValue("vpc-2")); err != nil {
			h.Fatal(err)
		}
		if held := h.task().Taskdata[field]; held != "vpc-2" {
			h.Errorf("it holds %v", held)
		}
	})
}

// A third block is compared with what was sent for the first, even after a second block with fewer
// values.
func TestThirdBlockIsComparedWithTheFirst(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"reads lag": {},
		"not shown": {Method: get, Status: http.StatusNotFound, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{ReadLag: time.Minute}, nil, func(h *harness) {
				h.server.Inject(fault)
				first := h.create(h.wantValue("vpc-1"))
				h.create(h.want())
				h.wantText(h.refuse(h.wantValue("vpc-2")).Error(), "Task Is Already Completed Differently", field)
				third := h.create(h.wantValue("vpc-1"))
				h.wantWarnings(third, "Task Was Already Completed", notShownSummary)
				if first.Record != third.Record {
					h.Errorf("recorded %+v, and then %+v", first.Record, third.Record)
				}
				h.wantWebhooks(1)
			})
		})
	}
}

// A block without enough time does not send a second completion after one whose outcome is unknown.
func TestSecondBlockWithoutTimeAfterALostCompletion(t *testing.T) {
	t.Parallel()
	inBubbleWithRetries(t, 0, sandbox.Config{ReadLag: 4 * time.Second}, nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: post, Handle: true, Drop: true})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: http.StatusForbidden})
		h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through")
		ctx, cancel := context.WithTimeout(h.Context(), 3*time.Second)
		defer cancel()
		result, err := h.engine.Create(ctx, h.want())
		if err != nil || !result.Record.saysCompleted() {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantWebhooks(1)
	})
}

// The destroy of another block does not reopen a completion whose outcome is unknown, and the next
// apply records it.
func TestDestroyAfterALostCompletion(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.server.ReopenOutside(taskID)
		h.server.Inject(sandbox.Fault{Method: post, Handle: true, Drop: true})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: http.StatusForbidden})
		h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through")
		result, err := h.destroy(h.ctx, known)
		if err != nil {
			h.Fatal(err)
		}
		h.wantWarnings(result, "Task Was Not Reopened")
		h.wantText(details(result), "whose outcome is not known")
		h.restart()
		h.wantWarnings(h.create(h.want()), "Task Was Already Completed")
		h.wantWebhooks(2)
	})
}

// A second destroy does not reopen the task again, however long reads lag.
func TestSecondDestroyWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: longLag}, nil, func(h *harness) {
		known := h.recorded(h.want())
		time.Sleep(2 * time.Minute)
		for range 2 {
			if _, err := h.destroy(h.ctx, known); err != nil {
				h.Fatal(err)
			}
		}
		if n := h.server.Count(del, ""); n != 1 {
			h.Errorf("%d reopenings were sent", n)
		}
	})
}

// After an update that was accepted without details, a read that still shows the earlier decision
// does not count.
func TestSecondBlockAfterAnUpdateWithoutDetails(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: time.Minute}, approvalTask, func(h *harness) {
		yes, no := decisions(h)
		known := h.recorded(yes)
		time.Sleep(2 * time.Minute)
		h.server.Inject(sandbox.Fault{Method: post, Handle: true, Status: http.StatusNoContent})
		first, err := h.engine.Update(h.ctx, known, yes, no)
		if err != nil {
			h.Fatal(err)
		}
		h.wantWarnings(first, "Completion Accepted, Details Unknown")
		h.wantWarnings(h.create(no), "Completion Was Already Sent")
		h.wantText(h.refuse(yes).Error(), "Completion Was Already Sent Differently", "is_approved")
		h.wantWebhooks(2)
	})
}
