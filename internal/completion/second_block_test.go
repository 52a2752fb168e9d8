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

// A completion that this process recorded and that someone reopened since is not taken for the one that was sent after it, if an older
// read shows it once more.
func TestReopenedCompletionInAnOlderRead(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		older := fmt.Sprintf(`{"data":{"id":%q,"run_id":%q,"status":"completed","completed_at":%q}}`, taskID, runID, b.create(b.want()).Record.CompletedAt)
		time.Sleep(2 * time.Minute)
		b.server.ReopenOutside(taskID)
		b.server.Inject(sandbox.Fault{Method: post, Drop: true})
		b.server.Inject(sandbox.Fault{Method: get, Skip: 3, Times: 6, Status: http.StatusOK, Body: older})
		for range 2 {
			b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through", errStale.Error())
		}
		b.create(b.want())
		b.fired(2)
	})
}

// An update of a second block sends nothing after this process has sent the same and the task is still open.
func TestSecondUpdateOfATaskThatStaysOpen(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*sandbox.Task){
		"share":             everyoneTask,
		"reopened by rules": func(k *sandbox.Task) { k.ReopenedByAutomation = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), change, func(b *bench) {
				known := b.recorded(b.wantValue("vpc-1"))
				update := func(value string) (Result, error) {
					return b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue(value))
				}
				first, err := update("vpc-2")
				if err != nil {
					b.Fatal(err)
				}
				b.server.ResetJournal()
				second, err := update("vpc-2")
				if err != nil || first.Record != second.Record {
					b.Errorf("recorded %+v, and then %+v, %v", first.Record, second.Record, err)
				}
				b.warned(second, "Completion Was Already Sent")
				b.says(b.failure(update("vpc-3")).Error(), "Completion Was Already Sent Differently", field)
				b.sent(get, get, get, get, get, get)
			})
		})
	}
}

// What a share was sent with is compared, and not what Tallyfy has made of it. Another completer is another share.
func TestSecondBlockForAShare(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, everyoneTask, func(b *bench) {
		first := b.create(b.wantValue("vpc-1"))
		b.says(details(first), "The completion was sent all the same")
		b.warned(b.create(b.wantValue("vpc-1")), "Completion Was Already Sent")
		b.says(b.refuse(b.wantValue("vpc-2")).Error(), "Completion Was Already Sent Differently")
	})
	inBubble(t, today(), everyoneTask, func(b *bench) {
		one, other := b.want(), b.want()
		one.OverrideUser, other.OverrideUser = new(int64(1001)), new(int64(1002))
		b.create(one)
		b.warned(b.create(b.want()), "Completion Was Already Sent")
		b.says(b.refuse(other).Error(), "Completion Was Already Sent Differently", "override_user")
	})
}

// An update is not taken for done because nobody shows the values.
func TestSecondBlockUpdatesATaskThatIsNotShown(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.server.ReopenOutside(taskID)
		b.server.Inject(sandbox.Fault{Method: get, Status: http.StatusNotFound, Times: -1})
		b.create(b.want())
		if _, err := b.engine.Update(b.ctx, known, b.want(), b.wantValue("vpc-2")); err != nil {
			b.Fatal(err)
		}
		if held := b.task().Taskdata[field]; held != "vpc-2" {
			b.Errorf("it holds %v", held)
		}
	})
}

// A third block is compared with what was sent for the first, also after a second one that wants less.
func TestThirdBlockIsComparedWithTheFirst(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"reads lag": {},
		"not shown": {Method: get, Status: http.StatusNotFound, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{ReadLag: time.Minute}, nil, func(b *bench) {
				b.server.Inject(fault)
				first := b.create(b.wantValue("vpc-1"))
				b.create(b.want())
				b.says(b.refuse(b.wantValue("vpc-2")).Error(), "Task Is Already Completed Differently", field)
				third := b.create(b.wantValue("vpc-1"))
				b.warned(third, "Task Was Already Completed", notShownSummary)
				if first.Record != third.Record {
					b.Errorf("recorded %+v, and then %+v", first.Record, third.Record)
				}
				b.fired(1)
			})
		})
	}
}

// A block that has little time left does not send a completion on top of one whose outcome is not known yet.
func TestSecondBlockWithoutTimeAfterALostCompletion(t *testing.T) {
	t.Parallel()
	inBubbleWithRetries(t, 0, sandbox.Config{ReadLag: 4 * time.Second}, nil, func(b *bench) {
		b.server.Inject(sandbox.Fault{Method: post, Handle: true, Drop: true})
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: http.StatusForbidden})
		b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through")
		ctx, cancel := context.WithTimeout(b.Context(), 3*time.Second)
		defer cancel()
		result, err := b.engine.Create(ctx, b.want())
		if err != nil || !result.Record.saysCompleted() {
			b.Errorf("got %+v, %v", result, err)
		}
		b.fired(1)
	})
}

// A completion whose outcome is not known is not reopened by the destroy of another block, and the next apply records it.
func TestDestroyAfterALostCompletion(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.server.ReopenOutside(taskID)
		b.server.Inject(sandbox.Fault{Method: post, Handle: true, Drop: true})
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: http.StatusForbidden})
		b.says(b.refuse(b.want()).Error(), "Completion May Have Gone Through")
		result, err := b.delete(b.ctx, known)
		if err != nil {
			b.Fatal(err)
		}
		b.warned(result, "Task Was Not Reopened")
		b.says(details(result), "whose outcome is not known")
		b.restart()
		b.warned(b.create(b.want()), "Task Was Already Completed")
		b.fired(2)
	})
}

// A second destroy knows that the first has reopened the task, however long reads lag.
func TestSecondDestroyWhileReadsLagForLong(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: longLag}, nil, func(b *bench) {
		known := b.recorded(b.want())
		time.Sleep(2 * time.Minute)
		for range 2 {
			if _, err := b.delete(b.ctx, known); err != nil {
				b.Fatal(err)
			}
		}
		if n := b.server.Count(del, ""); n != 1 {
			b.Errorf("%d reopenings were sent", n)
		}
	})
}

// After an update of which nothing is known but that it was accepted, a read that still shows the earlier decision is not believed.
func TestSecondBlockAfterAnUpdateWithoutDetails(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: time.Minute}, approvalTask, func(b *bench) {
		yes, no := decisions(b)
		known := b.recorded(yes)
		time.Sleep(2 * time.Minute)
		b.server.Inject(sandbox.Fault{Method: post, Handle: true, Status: http.StatusNoContent})
		first, err := b.engine.Update(b.ctx, known, yes, no)
		if err != nil {
			b.Fatal(err)
		}
		b.warned(first, "Completion Accepted, Details Unknown")
		b.warned(b.create(no), "Completion Was Already Sent")
		b.says(b.refuse(yes).Error(), "Completion Was Already Sent Differently", "is_approved")
		b.fired(2)
	})
}
