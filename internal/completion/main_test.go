// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

const (
	runID    = "5eed0000000000000000000000000042"
	taskID   = "7a5c0000000000000000000000000042"
	field    = "f1e1d000000000000000000000000042"
	deadline = "2035-06-04T17:00:00Z"
	// patience bounds an operation, as the timeouts block does.
	patience = 10 * time.Minute
)

// bench is an engine that works on a sandbox without a network, in a bubble where time passes by itself.
type bench struct {
	*testing.T
	server *sandbox.Server
	client *tallyfy.Client
	engine *Engine
	ctx    context.Context // one operation of one test
}

// inBubble runs a test on a sandbox with one open task of a run, changed as the test wants it.
func inBubble(t *testing.T, config sandbox.Config, change func(*sandbox.Task), test func(*bench)) {
	t.Helper()
	inBubbleWithRetries(t, tallyfy.DefaultMaxRetries, config, change, test)
}

func inBubbleWithRetries(t *testing.T, retries int, config sandbox.Config, change func(*sandbox.Task), test func(*bench)) {
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
			RequestTimeout: tallyfy.DefaultRequestTimeout, Transport: inProcess{server},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		test(&bench{T: t, server: server, client: client, engine: New(client), ctx: ctx})
	})
}

// inProcess hands requests to a server without a network between them.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	answer := make(chan *http.Response, 1)
	go func() {
		defer close(answer)
		defer func() {
			if aborted := recover(); aborted != nil && aborted != http.ErrAbortHandler { //nolint:errorlint // a panic's value
				panic(aborted)
			}
		}()
		recorder := httptest.NewRecorder()
		p.handler.ServeHTTP(recorder, r)
		answer <- recorder.Result()
	}()
	select {
	case resp, ok := <-answer:
		if !ok {
			return nil, io.ErrUnexpectedEOF
		}
		return resp, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// ref is the task, with its run known.
func (b *bench) ref() tallyfy.TaskRef {
	return tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: runID, Task: taskID}
}

func (b *bench) want() Desired { return Desired{Task: b.ref()} }

func (b *bench) wantValue(value any) Desired {
	want := b.want()
	want.Taskdata = map[string]any{field: value}
	return want
}

// restart begins another apply, in a process of its own.
func (b *bench) restart() { b.engine = New(b.client) }

// delete destroys what is recorded.
func (b *bench) delete(ctx context.Context, known Record) (Result, error) {
	warnings, err := b.engine.Delete(ctx, b.ref(), known)
	return Result{Warnings: warnings}, err
}

// create creates, and fails the test if that fails.
func (b *bench) create(want Desired) Result {
	b.Helper()
	result, err := b.engine.Create(b.ctx, want)
	if err != nil {
		b.Fatalf("create failed: %v", err)
	}
	return result
}

// refuse creates, expects it to fail and gives the failure.
func (b *bench) refuse(want Desired) *Failure {
	b.Helper()
	result, err := b.engine.Create(b.ctx, want)
	return b.failure(result, err)
}

func (b *bench) failure(result Result, err error) *Failure {
	b.Helper()
	var failure *Failure
	if !errors.As(err, &failure) {
		b.Fatalf("it did not fail: %+v, %v", result, err)
	}
	if len(failure.Summary) > 60 || failure.Detail == "" {
		b.Errorf("summary of %d characters, detail %q", len(failure.Summary), failure.Detail)
	}
	if strings.Contains(failure.Error(), sandbox.DefaultToken) {
		b.Errorf("the token is in the error: %v", failure)
	}
	return failure
}

// sent fails the test unless exactly these methods were requested, in order.
func (b *bench) sent(methods ...string) {
	b.Helper()
	var got []string
	for _, entry := range b.server.Journal() {
		got = append(got, entry.Method)
	}
	if strings.Join(got, " ") != strings.Join(methods, " ") {
		b.Errorf("requests: got %v, want %v", got, methods)
	}
}

// fired fails the test unless the completion webhooks of the task fired so often.
func (b *bench) fired(times int) {
	b.Helper()
	if got := b.server.Webhooks(taskID); got != times {
		b.Errorf("the webhooks fired %d times, want %d", got, times)
	}
}

func (b *bench) task() sandbox.Task {
	b.Helper()
	task, ok := b.server.Task(taskID)
	if !ok {
		b.Fatal("the task is gone")
	}
	return task
}

// warned fails the test unless the result has exactly these warnings.
func (b *bench) warned(result Result, summaries ...string) {
	b.Helper()
	var got []string
	for _, warning := range result.Warnings {
		got = append(got, warning.Summary)
		if len(warning.Summary) > 60 || warning.Detail == "" {
			b.Errorf("warning %q of %d characters, detail %q", warning.Summary, len(warning.Summary), warning.Detail)
		}
	}
	if strings.Join(got, "|") != strings.Join(summaries, "|") {
		b.Errorf("warnings: got %q, want %q", got, summaries)
	}
}

func (b *bench) says(text string, parts ...string) {
	b.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			b.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

// bodyOf gives the JSON of the n-th request with this method.
func (b *bench) bodyOf(method string, n int) map[string]any {
	b.Helper()
	for _, entry := range b.server.Journal() {
		if entry.Method != method {
			continue
		}
		if n--; n == 0 {
			var body map[string]any
			if err := json.Unmarshal(entry.Body, &body); err != nil {
				b.Fatal(err)
			}
			return body
		}
	}
	b.Fatalf("there is no such %s", method)
	return nil
}

const (
	get, put, post, del = http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete
	completions         = "completed-tasks"
)

// looked checks a completion that is not recorded.
func looked(p *Preflight, b *bench, want Desired) (problems, warnings []Notice, err error) {
	b.Helper()
	f := p.Check(b.ctx, Planned{Desired: want})
	return f.Problems, f.Warnings, f.Err
}
