// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

const (
	runID    = "5eed0000000000000000000000000042"
	taskID   = "7a5c0000000000000000000000000042"
	interval = 15 * time.Second
	timeout  = time.Hour
	person   = sandbox.SeedColleagueID
)

// harness holds waits that read from a sandbox without a network, in a synctest bubble whose clock
// advances when all goroutines wait.
type harness struct {
	*testing.T
	server *sandbox.Server
	client *tallyfy.Client
	waits  *Waits
	began  time.Time

	mu   sync.Mutex
	log  []string
	over sync.WaitGroup
}

// inBubble runs a test on a sandbox with one open approval of a process. change may modify it. The
// test fails if any request but a GET is sent.
func inBubble(t *testing.T, config sandbox.Config, change func(*sandbox.Task), test func(*harness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &harness{T: t, server: sandbox.New(config), began: time.Now()}
		task := sandbox.Task{
			ID: taskID, RunID: runID, Title: "Approve the change", Alias: "approve-the-change", Type: tallyfy.TypeApproval,
			Owners: sandbox.Owners{Users: []int64{person}, Guests: []string{"auditor@example.com"}, Groups: []string{"96"}},
		}
		if change != nil {
			change(&task)
		}
		h.server.AddTask(task)
		var err error
		h.client, err = tallyfy.New(tallyfy.Config{
			BaseURL: "http://127.0.0.1/api", AccessToken: sandbox.DefaultToken, MaxRetries: tallyfy.DefaultMaxRetries,
			RequestTimeout: tallyfy.DefaultRequestTimeout, Transport: sandbox.Transport{Handler: h.server},
		})
		if err != nil {
			t.Fatal(err)
		}
		h.waits = New(h.client, func(_ context.Context, message string, fields map[string]any) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.log = append(h.log, fmt.Sprint(message, " ", fields))
		})
		test(h)
		h.over.Wait()
		for _, entry := range h.server.Journal() {
			if entry.Method != http.MethodGet {
				t.Errorf("%s %s was sent", entry.Method, entry.Path)
			}
		}
		if said := strings.Join(h.log, "\n"); strings.Contains(said, sandbox.DefaultToken) {
			t.Errorf("the token is in the log:\n%s", said)
		}
	})
}

// want returns a wait for the task, with its process.
func (h *harness) want() Wanted {
	return Wanted{
		TaskRef:         tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: runID, Task: taskID},
		FailOnRejection: true, Interval: interval, Timeout: timeout,
	}
}

// outcome is the result of a wait, and when it ended.
type outcome struct {
	task *tallyfy.Task
	err  error
	at   time.Duration // since the test began
}

// wait waits, and returns the outcome.
func (h *harness) wait(ctx context.Context, want Wanted) outcome {
	task, err := h.waits.Until(ctx, want)
	return outcome{task, err, time.Since(h.began)}
}

// start waits in the background. The outcome is set when h.over is done.
func (h *harness) start(want Wanted) *outcome {
	o := &outcome{}
	h.over.Go(func() { *o = h.wait(context.Background(), want) })
	return o
}

// schedule calls a function after a time.
func (h *harness) schedule(d time.Duration, do func()) { time.AfterFunc(d, do) }

// decide returns a function that decides an approval as another person.
func (h *harness) decide(id string, approved bool) func() {
	return func() { h.server.CompleteOutside(id, person, &approved) }
}

// completed fails the test unless the wait returned the completed task at that time.
func (h *harness) completed(o outcome, at time.Duration) {
	h.Helper()
	if o.err != nil || o.task == nil || !o.task.Completed() || o.at != at {
		h.Errorf("after %s: got %+v, %v, want the task after %s", o.at, o.task, o.err, at)
	}
}

// failed fails the test unless the wait failed with this summary and these parts of its detail at
// that time.
func (h *harness) failed(o outcome, at time.Duration, summary string, parts ...string) {
	h.Helper()
	var failure *notice.Failure
	if !errors.As(o.err, &failure) {
		h.Fatalf("after %s: it did not fail: %+v, %v", o.at, o.task, o.err)
	}
	if failure.Summary != summary || o.at != at {
		h.Errorf("after %s: got %q, want %q after %s\n%s", o.at, failure.Summary, summary, at, failure.Detail)
	}
	h.wantText(failure.Detail, parts...)
	if strings.Contains(failure.Error(), sandbox.DefaultToken) || strings.Contains(failure.Error(), "max_retries") {
		h.Errorf("the error says too much: %v", failure)
	}
}

// wantText fails the test unless a text contains these parts.
func (h *harness) wantText(text string, parts ...string) {
	h.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			h.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

// wantRequests fails the test unless this many pages of lists and this many single tasks were read.
func (h *harness) wantRequests(pages, tasks int) {
	h.Helper()
	gotPages, gotTasks := h.requests()
	if gotPages != pages || gotTasks != tasks {
		h.Errorf("%d pages and %d tasks were read, want %d and %d", gotPages, gotTasks, pages, tasks)
	}
}

// requests returns the number of pages and of single tasks that were read.
func (h *harness) requests() (pages, tasks int) {
	for _, entry := range h.server.Journal() {
		if strings.HasSuffix(entry.Path, "/tasks") {
			pages++
		} else {
			tasks++
		}
	}
	return pages, tasks
}
