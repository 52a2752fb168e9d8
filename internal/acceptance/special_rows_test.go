// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"net/http"
	"strings"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// This file is the second part of the matrix: changes by others, kinds of tasks, and combined
// faults.

const (
	wasCompleted         = "Task Was Already Completed"
	completedDifferently = "Task Is Already Completed Differently"
	stillOpen            = "Completion Accepted, Task Still Open"
	mayHave              = "Completion May Have Gone Through"
	readsFirst           = "the provider reads the task first"
	colleague            = sandbox.SeedColleagueID
	shortLag             = 3 * time.Second // shorter than the provider reads to confirm a request
	longLag              = 8 * time.Second // longer than that
	runAlone             = "alone"         // a batch of rows that share no process with others
	noServer             = "http://127.0.0.1:1/api"
)

var (
	droppedHandled = fault{name: "dropped", respond: always(sandbox.Fault{Handle: true, Drop: true})}
	dropped        = fault{name: "dropped", respond: always(sandbox.Fault{Drop: true})}
	badGateway     = fault{name: "502", respond: page(502)}
	noContent      = fault{name: "204", respond: always(sandbox.Fault{Handle: true, Status: 204})}
)

func post(f fault) hit { return hit{fault: f, method: http.MethodPost} }

// readsFail makes every GET after the first ones fail.
func readsFail(skip int) hit {
	return hit{fault: badGateway, method: http.MethodGet, skip: skip, times: -1}
}

func approval(task *sandbox.Task) { task.Type = "approval" }

func approves(b *block) { b.taskdata, b.isApproved = nil, new(true) }

func everyone(task *sandbox.Task) { task.EveryoneMustComplete = 2 }

func noValues(b *block) { b.taskdata = nil }

// completedWith completes the task outside of Terraform, with this value in its form.
func completedWith(value string) func(*testCase) {
	return func(t *testCase) {
		t.server.Update(t.task, func(task *sandbox.Task) { task.Taskdata = map[string]any{field: value} })
		t.server.CompleteOutside(t.task, colleague, nil)
	}
}

// meanwhile calls happens just before a request is handled as usual.
func meanwhile(happens func(*testCase)) fault {
	return fault{name: "meanwhile", respond: func(t *testCase, _ string) sandbox.Fault {
		return sandbox.Fault{Handle: true, Before: func(*http.Request) { happens(t) }}
	}}
}

func completesOutside(t *testCase) { t.server.CompleteOutside(t.task, colleague, nil) }

func specialRows() []row {
	return []row{
		// Others complete the task.
		{name: "already completed, the same way", operation: create, cli: true, before: completedWith(firstValue), expected: expected{says: wasCompleted}},
		{name: "already completed, with another value", operation: create, cli: true, before: completedWith("vpc-of-another"), expected: expected{fails: true, state: nothing, next: fails, says: completedDifferently}},
		{
			name: "already completed, with another decision", operation: create, cli: true, task: approval, block: approves,
			before:   func(t *testCase) { t.server.CompleteOutside(t.task, colleague, new(false)) },
			expected: expected{fails: true, state: nothing, next: fails, says: completedDifferently},
		},
		{name: "completed by someone between plan and apply", operation: create, cli: true, between: completedWith(firstValue), expected: expected{fired: 1, says: wasCompleted}},
		{
			name: "completed by someone between the read and the saving of values", operation: create, cli: true,
			faults:   []hit{{fault: meanwhile(completesOutside), method: http.MethodPut}},
			expected: expected{fails: true, puts: 1, fired: 1, state: nothing, next: fails, says: notSaved},
		},
		{ // the API cannot prevent this: Tallyfy accepts both completions
			name: "completed by someone between the read and the completion", operation: create, cli: true, block: noValues,
			faults:   []hit{post(meanwhile(completesOutside))},
			expected: expected{posts: 1, fired: 2},
		},
		{
			name: "completed by a colleague while a response is lost, decided differently", operation: create, cli: true, task: approval, block: approves,
			faults: []hit{post(fault{respond: func(t *testCase, _ string) sandbox.Fault {
				return sandbox.Fault{Drop: true, Before: func(*http.Request) { t.server.CompleteOutside(t.task, colleague, new(false)) }}
			}})},
			expected: expected{fails: true, posts: 1, fired: 1, state: nothing, next: fails, says: "Task Was Completed Differently"},
		},
		{ // the first decision stays, and the next plan overrules it
			name: "decided differently by a colleague between the read and the completion", operation: create, cli: true, task: approval, block: approves,
			faults:   []hit{post(meanwhile(func(t *testCase) { t.server.CompleteOutside(t.task, colleague, new(false)) }))},
			expected: expected{posts: 1, fired: 2, next: updates, later: 1, says: "Tallyfy Recorded Another Decision"},
		},
		{ // an older API rejects a repeated completion, which a lagging read causes here
			name: "completed by a repeat of ours", operation: create, config: sandbox.Config{Vintage: sandbox.Legacy, ReadLag: longLag},
			faults:   []hit{post(droppedHandled)},
			expected: expected{puts: 1, posts: 2, fired: 1},
		},

		// The task does not stay completed.
		{name: "everyone must complete", operation: create, cli: true, task: func(task *sandbox.Task) { task.EveryoneMustComplete = 2 }, expected: expected{puts: 1, posts: 1, state: open, says: stillOpen}},
		{name: "reopened immediately by an automation", operation: create, cli: true, task: func(task *sandbox.Task) { task.ReopenedByAutomation = true }, expected: expected{puts: 1, posts: 1, fired: 1, state: open, says: stillOpen}},
		{name: "reopened since", operation: refresh, cli: true, before: func(t *testCase) { t.server.ReopenOutside(t.task) }, expected: expected{puts: 1, posts: 1, fired: 1, says: wasReopened}},
		{
			name: "decided differently since", operation: refresh, cli: true, task: approval, block: approves,
			before: func(t *testCase) {
				t.server.ReopenOutside(t.task)
				t.server.CompleteOutside(t.task, colleague, new(false))
			},
			expected: expected{deletes: 1, posts: 1, fired: 1, says: "Update May Reopen the Task and Complete It Again"},
		},
		{name: "archived", operation: create, cli: true, task: func(task *sandbox.Task) { task.Archived = true }, expected: expected{fails: true, state: nothing, next: fails, says: "Task Is Archived"}},
		{name: "archived since", operation: refresh, cli: true, before: func(t *testCase) { t.server.Update(t.task, func(task *sandbox.Task) { task.Archived = true }) }, expected: expected{}},
		{name: "deleted since", operation: refresh, cli: true, before: func(t *testCase) { t.server.DeleteTask(t.task) }, expected: expected{says: notFoundNow, nextSays: notFoundNow}},

		// Reads lag behind writes.
		{name: "a read that lags after a lost response", operation: create, cli: true, config: sandbox.Config{ReadLag: shortLag}, faults: []hit{post(droppedHandled)}, expected: expected{puts: 1, posts: 1, fired: 1}},
		{name: "a read that lags after an unreadable response", operation: create, config: sandbox.Config{ReadLag: shortLag}, faults: []hit{post(noContent)}, expected: expected{puts: 1, posts: 1, fired: 1}},
		{name: "a refresh that lags behind the completion", operation: refresh, cli: true, config: sandbox.Config{ReadLag: shortLag}, expected: expected{}},
		{name: "an update that lags behind the completion", operation: update, config: sandbox.Config{ReadLag: shortLag}, expected: expected{deletes: 1, puts: 1, posts: 1, fired: 1}},
		{ // the read shows the completion that the update has reopened
			name: "an update whose completion is lost while reads lag", operation: update, config: sandbox.Config{ReadLag: shortLag}, faults: []hit{post(dropped)},
			expected: expected{deletes: 1, puts: 1, posts: 2, fired: 1},
		},
		{
			name: "an update whose response is lost while reads lag", operation: update, config: sandbox.Config{ReadLag: shortLag}, faults: []hit{post(droppedHandled)},
			expected: expected{deletes: 1, puts: 1, posts: 1, fired: 1},
		},
		{name: "a destroy that lags behind the completion", operation: destroy, config: sandbox.Config{ReadLag: shortLag}, expected: expected{deletes: 1, state: nothing}},
		{name: "a reopening whose response is lost while reads lag", operation: destroy, config: sandbox.Config{ReadLag: shortLag}, faults: []hit{{fault: droppedHandled, method: http.MethodDelete}}, expected: expected{deletes: 1, state: nothing}},
		{name: "lists lag", operation: refresh, config: sandbox.Config{ListLag: 100}, expected: expected{}},

		{ // the read shows the old completion, not the new one
			name: "an update that is rejected for now while reads lag", operation: update, config: sandbox.Config{ReadLag: shortLag}, faults: []hit{post(fault{respond: after(429, "1")})},
			expected: expected{deletes: 1, puts: 1, posts: 2, fired: 1},
		},

		// Shares of a task that everyone must complete.
		{
			name: "everyone must complete, lost response", operation: create, cli: true, task: everyone, faults: []hit{post(droppedHandled)},
			expected: expected{puts: 1, posts: 1, state: open, says: stillOpen},
		},
		{ // an open task says nothing about a share
			name: "everyone must complete, lost request", operation: create, cli: true, task: everyone, faults: []hit{post(dropped)},
			expected: expected{fails: true, puts: 1, posts: 1, state: nothing, next: creates, says: mayHave},
		},
		{
			name: "everyone must complete, rejected for now", operation: create, task: everyone, faults: []hit{post(fault{respond: after(429, "1")})},
			expected: expected{puts: 1, posts: 2, state: open, says: stillOpen},
		},

		// Combined faults.
		{
			name: "rejected for a minute, and completed by a colleague with another value meanwhile", operation: create,
			faults: []hit{post(fault{respond: func(t *testCase, method string) sandbox.Fault {
				f := after(429, "60")(t, method)
				f.Before = func(*http.Request) { completedWith("vpc-of-another")(t) }
				return f
			}})},
			expected: expected{fails: true, puts: 1, posts: 1, fired: 1, state: nothing, next: fails, says: "Task Was Completed Differently"},
		},
		{ // the next apply finds the task completed, and records it
			name: "lost response, and no read succeeds", operation: create, cli: true, faults: []hit{post(droppedHandled), readsFail(1)},
			expected: expected{fails: true, puts: 1, posts: 1, fired: 1, state: nothing, next: creates, says: mayHave},
		},
		{
			name: "lost response to an update, and no read succeeds", operation: update, cli: true, faults: []hit{post(droppedHandled), readsFail(2)},
			expected: expected{fails: true, deletes: 1, puts: 1, posts: 1, fired: 1, next: updates, says: mayHave},
		},
		{
			name: "lost request, and no read succeeds", operation: create, cli: true, faults: []hit{post(dropped), readsFail(1)},
			expected: expected{fails: true, puts: 1, posts: 1, state: nothing, next: creates, later: 1, says: readsFirst},
		},
		{
			name: "requests are always lost", operation: create, faults: []hit{{fault: dropped, method: http.MethodPost, times: -1}},
			expected: expected{fails: true, puts: 1, posts: 5, state: nothing, next: creates, later: 1, says: "gave up after 5 attempts (max_retries = 4)"},
		},
		{
			name: "no response arrives in time", operation: create, faults: []hit{{fault: fault{respond: always(sandbox.Fault{Delay: time.Hour})}, method: http.MethodPost, times: -1}},
			expected: expected{fails: true, puts: 1, posts: 5, state: nothing, next: creates, later: 1, says: "(request_timeout); gave up after 5 attempts"},
		},
		{
			name: "responses are always lost", operation: create, faults: []hit{{fault: droppedHandled, method: http.MethodPost, times: -1}},
			expected: expected{puts: 1, posts: 1, fired: 1},
		},
		{
			name: "always rejected for now", operation: create, faults: []hit{{fault: fault{respond: after(429, "1")}, method: http.MethodPost, times: -1}},
			expected: expected{fails: true, puts: 1, posts: 5, state: nothing, next: creates, later: 1, says: "gave up after 5 attempts (max_retries = 4)"},
		},
		{
			name: "accepted with an unreadable response, and no read succeeds", operation: create, cli: true, faults: []hit{post(noContent), readsFail(1)},
			expected: expected{puts: 1, posts: 1, fired: 1, state: open, says: "Completion Accepted, Details Unknown"},
		},
		{
			name: "a wait, then a lost response", operation: create, faults: []hit{post(fault{respond: after(429, "1")}), post(droppedHandled)},
			expected: expected{puts: 1, posts: 2, fired: 1},
		},

		// Other servers, tasks and values.
		{ // Tallyfy would drop it with a 200
			name: "a field that the form does not have", operation: create, cli: true, block: func(b *block) { b.taskdata = map[string]any{"f1e1d0000000000000000000000000aa": "x"} },
			expected: expected{fails: true, state: nothing, next: fails, says: "Unknown Form Field"},
		},
		{name: "one-off task, lost response", operation: create, cli: true, batch: runAlone, task: oneOffTask, faults: []hit{post(droppedHandled)}, expected: expected{puts: 1, posts: 1, fired: 1}},
		{name: "one-off task, lost reopening", operation: destroy, task: oneOffTask, faults: []hit{{fault: droppedHandled, method: http.MethodDelete}}, expected: expected{deletes: 1, state: nothing}},
		{name: "values are not shown, lost response", operation: create, config: sandbox.Config{HideTaskdata: true}, faults: []hit{post(droppedHandled)}, expected: expected{puts: 1, posts: 1, fired: 1}},
		{name: "a server that only completes", operation: create, cli: true, config: sandbox.Config{CompletionOnly: true}, block: noValues, expected: expected{posts: 1, fired: 1, nextSays: notFoundNow}},
		{ // only a person can check the task here
			name: "a server that only completes, lost response", operation: create, config: sandbox.Config{CompletionOnly: true}, block: noValues, faults: []hit{post(droppedHandled)},
			expected: expected{fails: true, posts: 1, fired: 1, state: nothing, next: creates, later: 1, says: "Check the task in Tallyfy before you apply again"},
		},

		// Tallyfy cannot be reached.
		{name: "no server listens to a create", operation: create, cli: true, batch: "no server listens", base: elsewhere, expected: expected{fails: true, state: nothing, next: creates, later: 1, says: notRead}},
		{name: "no server listens to a refresh", operation: refresh, cli: true, batch: "no server listens", base: elsewhere, expected: expected{fails: true, says: notRead}},
		{name: "no server listens to a destroy", operation: destroy, cli: true, batch: "no server listens", base: elsewhere, expected: expected{fails: true, next: deletes, says: notRead}},
		{name: "TLS fails in a create", operation: create, cli: true, batch: "no TLS", base: overTLS, expected: expected{fails: true, state: nothing, next: creates, later: 1, says: notRead}},
		{name: "TLS fails in a refresh", operation: refresh, batch: "no TLS", base: overTLS, expected: expected{fails: true, says: notRead}},
	}
}

func oneOffTask(task *sandbox.Task) {
	task.RunID, task.Deadline = "", "2035-06-04T17:00:00Z"
}

func elsewhere(string) string { return noServer }

// overTLS uses TLS with a server that does not support it.
func overTLS(url string) string { return strings.Replace(url, "http://", "https://", 1) }
