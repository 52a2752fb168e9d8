// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// holdProcess keeps another request to the process in flight until the test ends, after two of them
// have conflicted.
func (h *harness) holdProcess() {
	h.Helper()
	key := tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: runID}
	h.engine.processes.contend(key)
	if unlock := h.engine.processes.mutexes.lock(h.ctx, key); unlock == nil {
		h.Error("the process is held by another")
	}
}

// The failure of a request that was still waiting when the operation ended says that it was not
// sent, and does not name the network as a cause.
func TestTimeoutWhileWaitingForAProcess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		operate func(*harness, context.Context) (Result, error)
		says    []string
		setup   func(*harness)
	}{
		"values": {
			func(h *harness, ctx context.Context) (Result, error) {
				return h.engine.Create(ctx, h.wantValue("vpc-1"))
			},
			[]string{"Field Values Could Not Be Saved", "The completion was not sent"},
			nil,
		},
		"completion": {
			func(h *harness, ctx context.Context) (Result, error) { return h.engine.Create(ctx, h.want()) },
			[]string{"Task Was Not Completed", "The completion was not sent"},
			nil,
		},
		"reopening": {
			func(h *harness, ctx context.Context) (Result, error) { return h.destroy(ctx, Record{}) },
			[]string{"Task Could Not Be Reopened", "The reopening was not sent", "the task is as it was"},
			func(h *harness) { h.server.CompleteOutside(taskID, 1005, nil) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, ends := range []error{tallyfy.ErrTimedOut, tallyfy.ErrCancelled} {
				inBubble(t, today(), nil, func(h *harness) {
					if c.setup != nil {
						c.setup(h)
					}
					h.holdProcess()
					ctx, cancel := context.WithTimeout(h.ctx, 5*time.Second)
					defer cancel()
					if errors.Is(ends, tallyfy.ErrCancelled) {
						time.AfterFunc(time.Second, cancel)
					}
					failure := h.failure(c.operate(h, ctx))
					h.wantRequests(get)
					h.wantText(failure.Error(), append(c.says, ends.Error())...)
					if errors.Is(ends, tallyfy.ErrTimedOut) {
						h.wantText(failure.Error(), "one at a time", "raise the operation's timeouts", "was still waiting")
					}
					if containsAny(failure.Error(), "network", "rejected the request") {
						h.Errorf("it says: %v", failure)
					}
				})
			}
		})
	}
}

// The failure says that the previous attempt was rejected, and not that nothing was sent.
func TestTimeoutWhileWaitingAfterARejection(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method  string
		operate func(*harness, context.Context) (Result, error)
	}{
		"completion": {post, func(h *harness, ctx context.Context) (Result, error) { return h.engine.Create(ctx, h.want()) }},
		"reopening":  {del, func(h *harness, ctx context.Context) (Result, error) { return h.destroy(ctx, Record{}) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				if c.method == del {
					h.server.CompleteOutside(taskID, 1005, nil)
				}
				h.server.Inject(sandbox.Fault{Method: c.method, Status: http.StatusConflict, Before: func(*http.Request) { h.holdProcess() }})
				ctx, cancel := context.WithTimeout(h.ctx, 5*time.Second)
				defer cancel()
				failure := h.failure(c.operate(h, ctx))
				h.wantText(failure.Error(), "409", "Tallyfy rejected the previous attempt", "the last one was not sent")
				if text := failure.Error(); containsAny(text, "network", "The completion was not sent", "The reopening was not sent") {
					h.Errorf("it says: %v", failure)
				}
			})
		})
	}
}

// The same is true of a read whose time was over before it was sent.
func TestAdviceOnARequestThatWasNotSent(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		ctx, cancel := context.WithTimeout(h.ctx, time.Second)
		defer cancel()
		time.Sleep(2 * time.Second)
		failure := h.failure(h.engine.Create(ctx, h.want()))
		h.wantRequests()
		h.wantText(failure.Error(), "Task Could Not Be Read", tallyfy.ErrTimedOut.Error(), "Raise the operation's timeouts")
		if strings.Contains(failure.Error(), "network") {
			h.Errorf("it says: %v", failure)
		}
	})
}

// Writes to one process that conflict are serialized.
func TestWritesThatConflict(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: 100 * time.Millisecond}, nil, func(h *harness) {
		collisions := &overlap{next: h.server}
		h.client = clientOver(h.T, collisions)
		h.restart()
		done := make(chan error)
		for _, k := range h.openTasks(8) {
			go func() {
				want := h.want()
				want.Task.Task = k
				_, err := h.engine.Create(h.ctx, want)
				done <- err
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				h.Error(err)
			}
		}
	})
}

// overlap returns 409 for a completion that arrives while another one is handled, as a workflow
// engine does that locks the process.
type overlap struct {
	next http.Handler
	busy atomic.Bool
}

// ServeHTTP handles a request.
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
		RequestTimeout: tallyfy.DefaultRequestTimeout, Transport: sandbox.Transport{Handler: handler},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// openTasks adds tasks to the process, and returns their IDs.
func (h *harness) openTasks(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("7a5c%028d", i))
		h.server.AddTask(sandbox.Task{ID: ids[i], RunID: runID})
	}
	return ids
}
