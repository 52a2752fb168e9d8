// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

const (
	runID    = "5eed0000000000000000000000000042"
	taskID   = "7a5c0000000000000000000000000042"
	field    = "f1e1d000000000000000000000000042"
	deadline = "2035-06-04T17:00:00Z"
	// patience limits an operation, as the timeouts block does.
	patience = 10 * time.Minute
	// maxAttempts is the number of attempts of one request.
	maxAttempts = tallyfy.DefaultMaxRetries + 1
)

// gaveUp is a part of the message after maxAttempts.
var gaveUp = fmt.Sprintf("gave up after %d attempts (max_retries = %d)", maxAttempts, tallyfy.DefaultMaxRetries)

// harness is an engine on a sandbox without a network, in a synctest bubble whose clock advances
// when all goroutines wait.
type harness struct {
	*testing.T
	server *sandbox.Server
	client *tallyfy.Client
	engine *Engine
	ctx    context.Context // of one operation of the test
}

// inBubble runs a test on a sandbox with one open task of a process, which change may modify.
func inBubble(t *testing.T, config sandbox.Config, change func(*sandbox.Task), test func(*harness)) {
	t.Helper()
	inBubbleWithRetries(t, tallyfy.DefaultMaxRetries, config, change, test)
}

func inBubbleWithRetries(t *testing.T, retries int, config sandbox.Config, change func(*sandbox.Task), test func(*harness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.New(config)
		task := sandbox.Task{
			ID: taskID, RunID: runID, Title: "Provision the VPC", Deadline: deadline,
			Owners: sandbox.Owners{Users: []int64{sandbox.CallerID}, Guests: []string{"auditor@example.com"}, Groups: []string{"96"}},
			Fields: []sandbox.Field{{ID: field, Label: "VPC id", Type: "text"}},
		}
		if change != nil {
			change(&task)
		}
		server.AddTask(task)
		client, err := tallyfy.New(tallyfy.Config{
			BaseURL: "http://127.0.0.1/api", AccessToken: sandbox.DefaultToken, TokenSource: "TALLYFY_X", MaxRetries: retries,
			RequestTimeout: tallyfy.DefaultRequestTimeout, Transport: sandbox.Transport{Handler: server},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		test(&harness{T: t, server: server, client: client, engine: New(client), ctx: ctx})
	})
}

// ref returns the reference of the task, with its run.
func (h *harness) ref() tallyfy.TaskRef {
	return tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: runID, Task: taskID}
}

// refTo returns the reference of another task of the process.
func (h *harness) refTo(task string) tallyfy.TaskRef {
	ref := h.ref()
	ref.Task = task
	return ref
}

// listingPreflight returns a preflight check that expects another task of the process too, so that
// it lists the tasks of the process.
func (h *harness) listingPreflight() *Preflight {
	p := h.engine.Preflight()
	p.Expect(h.refTo("another"))
	return p
}

func (h *harness) want() Desired { return Desired{Task: h.ref()} }

func (h *harness) wantValue(value any) Desired {
	want := h.want()
	want.Taskdata = map[string]any{field: value}
	return want
}

// restart begins another apply, in a process of its own.
func (h *harness) restart() { h.engine = New(h.client) }

// destroy deletes what is recorded.
func (h *harness) destroy(ctx context.Context, known Record) (Result, error) {
	warnings, err := h.engine.Delete(ctx, h.ref(), known)
	return Result{Warnings: warnings}, err
}

// create creates a completion, and fails the test if that fails.
func (h *harness) create(want Desired) Result {
	h.Helper()
	result, err := h.engine.Create(h.ctx, want)
	if err != nil {
		h.Fatalf("create failed: %v", err)
	}
	return result
}

// refuse fails the test unless a create fails, and returns the failure.
func (h *harness) refuse(want Desired) *Failure {
	h.Helper()
	result, err := h.engine.Create(h.ctx, want)
	return h.failure(result, err)
}

func (h *harness) failure(result Result, err error) *Failure {
	h.Helper()
	var failure *Failure
	if !errors.As(err, &failure) {
		h.Fatalf("it did not fail: %+v, %v", result, err)
	}
	if len(failure.Summary) > 60 || failure.Detail == "" {
		h.Errorf("summary of %d characters, detail %q", len(failure.Summary), failure.Detail)
	}
	if strings.Contains(failure.Error(), sandbox.DefaultToken) {
		h.Errorf("the token is in the error: %v", failure)
	}
	return failure
}

// methods returns the methods of all requests, in order.
func (h *harness) methods() []string {
	var all []string
	for _, entry := range h.server.Journal() {
		all = append(all, entry.Method)
	}
	return all
}

// wantRequests fails the test unless exactly these methods were requested, in order.
func (h *harness) wantRequests(methods ...string) {
	h.Helper()
	got := h.methods()
	if strings.Join(got, " ") != strings.Join(methods, " ") {
		h.Errorf("requests: got %v, want %v", got, methods)
	}
}

// wantWebhooks fails the test unless the completion webhooks of the task fired this many times.
func (h *harness) wantWebhooks(times int) {
	h.Helper()
	if got := h.server.Webhooks(taskID); got != times {
		h.Errorf("the webhooks fired %d times, want %d", got, times)
	}
}

func (h *harness) task() sandbox.Task {
	h.Helper()
	task, ok := h.server.Task(taskID)
	if !ok {
		h.Fatal("the task is gone")
	}
	return task
}

// wantWarnings fails the test unless the result has exactly these warnings, each with its task in
// the summary: Terraform prints only one of several warnings with the same summary.
func (h *harness) wantWarnings(result Result, summaries ...string) {
	h.Helper()
	var got []string
	for _, warning := range result.Warnings {
		title, _, named := strings.Cut(warning.Summary, ": ")
		got = append(got, title)
		if !named || utf8.RuneCountInString(warning.Summary) > 80 || warning.Detail == "" {
			h.Errorf("warning %q without its task, too long, or without a detail: %q", warning.Summary, warning.Detail)
		}
	}
	if strings.Join(got, "|") != strings.Join(summaries, "|") {
		h.Errorf("warnings: got %q, want %q", got, summaries)
	}
}

func (h *harness) wantText(text string, parts ...string) {
	h.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			h.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

// bodyOf returns the JSON of the n-th request with this method.
func (h *harness) bodyOf(method string, n int) map[string]any {
	h.Helper()
	for _, entry := range h.server.Journal() {
		if entry.Method != method {
			continue
		}
		if n--; n == 0 {
			var body map[string]any
			if err := json.Unmarshal(entry.Body, &body); err != nil {
				h.Fatal(err)
			}
			return body
		}
	}
	h.Fatalf("there is no such %s", method)
	return nil
}

const (
	get, put, post, del = http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete
	completions         = "completed-tasks"
)

// checkNew checks a completion that is not recorded.
func checkNew(p *Preflight, h *harness, want Desired) (problems, warnings []Notice, err error) {
	h.Helper()
	f := p.Check(h.ctx, Planned{Desired: want})
	return f.Problems, f.Warnings, f.Err
}

// recorded completes the task in another apply, and empties the journal.
func (h *harness) recorded(want Desired) Record {
	h.Helper()
	record := h.create(want).Record
	h.restart()
	h.server.ResetJournal()
	return record
}
