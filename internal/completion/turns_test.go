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

// holdProcess lets another request to the process be under way until the test ends, after two of them got in each other's way.
func (b *bench) holdProcess() {
	b.Helper()
	key := tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: runID}
	b.engine.processes.contend(key)
	if unlock := b.engine.processes.mutexes.lock(b.ctx, key); unlock == nil {
		b.Error("the process is held by another")
	}
}

// A request that only waited its turn until the operation ended says that it was not sent, and does not blame the network.
func TestWaitingForAProcessInVain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		operate func(*bench, context.Context) (Result, error)
		says    []string
		setup   func(*bench)
	}{
		"values": {
			func(b *bench, ctx context.Context) (Result, error) { return b.engine.Create(ctx, b.wantValue("vpc-1")) },
			[]string{"Field Values Could Not Be Saved", "The completion was not sent"},
			nil,
		},
		"completion": {
			func(b *bench, ctx context.Context) (Result, error) { return b.engine.Create(ctx, b.want()) },
			[]string{"Task Was Not Completed", "The completion was not sent"},
			nil,
		},
		"reopening": {
			func(b *bench, ctx context.Context) (Result, error) { return b.delete(ctx, Record{}) },
			[]string{"Task Could Not Be Reopened", "The reopening was not sent", "the task is as it was"},
			func(b *bench) { b.server.CompleteOutside(taskID, 1005, nil) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, ends := range []string{tallyfy.TimedOut, tallyfy.Cancelled} {
				inBubble(t, today(), nil, func(b *bench) {
					if c.setup != nil {
						c.setup(b)
					}
					b.holdProcess()
					ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
					defer cancel()
					if ends == tallyfy.Cancelled {
						time.AfterFunc(time.Second, cancel)
					}
					failure := b.failure(c.operate(b, ctx))
					b.sent(get)
					b.says(failure.Error(), append(c.says, ends)...)
					if ends == tallyfy.TimedOut {
						b.says(failure.Error(), "one by one", "raise the operation's timeouts", "only waited its turn")
					}
					if containsAny(failure.Error(), "network", "did not act on it") {
						b.Errorf("it says: %v", failure)
					}
				})
			}
		})
	}
}

// An attempt that was refused before was sent, and the words do not deny it.
func TestWaitingForATurnAfterARefusal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method  string
		operate func(*bench, context.Context) (Result, error)
	}{
		"completion": {post, func(b *bench, ctx context.Context) (Result, error) { return b.engine.Create(ctx, b.want()) }},
		"reopening":  {del, func(b *bench, ctx context.Context) (Result, error) { return b.delete(ctx, Record{}) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(b *bench) {
				if c.method == del {
					b.server.CompleteOutside(taskID, 1005, nil)
				}
				b.server.Inject(sandbox.Fault{Method: c.method, Status: http.StatusConflict, Before: func(*http.Request) { b.holdProcess() }})
				ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
				defer cancel()
				failure := b.failure(c.operate(b, ctx))
				b.says(failure.Error(), "409", "Tallyfy did not act on the attempt before", "the last one was not sent")
				if text := failure.Error(); containsAny(text, "network", "The completion was not sent", "The reopening was not sent") {
					b.Errorf("it says: %v", failure)
				}
			})
		})
	}
}

// The same holds for a request whose time was over before it was made.
func TestAdviceOfARequestThatWasNotMade(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		ctx, cancel := context.WithTimeout(b.ctx, time.Second)
		defer cancel()
		time.Sleep(2 * time.Second)
		failure := b.failure(b.engine.Create(ctx, b.want()))
		b.sent()
		b.says(failure.Error(), "Task Could Not Be Read", tallyfy.TimedOut, "Raise the operation's timeouts")
		if strings.Contains(failure.Error(), "network") {
			b.Errorf("it says: %v", failure)
		}
	})
}
