// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// row is a row of the matrix: a task and its block, what happens during an operation, and what is
// expected of it.
type row struct {
	name string
	operation
	// config configures the sandbox. Rows that set it do not share a sandbox.
	config sandbox.Config
	// task changes the task, and block changes the configuration, from the defaults of all rows.
	task  func(*sandbox.Task)
	block func(*block)
	// before runs before the operation is planned, and between runs between its plan and its apply.
	before, between func(*testCase)
	faults          []hit
	// base returns the base_url during the operation; nil for that of the sandbox.
	base func(url string) string
	// cli is true if the row also runs with a real CLI, together with the rows of the same batch.
	cli   bool
	batch string
	expected
}

// hit is a fault and the requests of the row's task that it hits.
type hit struct {
	fault
	method string
	// skip is the number of requests before the first hit. times is the number of hits; 0 means
	// one, and a negative number all.
	skip, times int
}

// block is the configuration of a row.
type block struct {
	taskdata        map[string]any
	isApproved      *bool
	reopenOnDestroy bool
	oneOff          bool
}

const (
	field      = "f1e1d000000000000000000000000042"
	firstValue = "vpc-0a1b2c"
	nextValue  = "vpc-3d4e5f"
)

// testCase is a row with a task in a sandbox, and its results so far.
type testCase struct {
	row
	server    *sandbox.Server
	task, run string
	changed   bool // the configuration holds the values of the update

	// The results of the last plan and apply.
	planned action
	failed  bool
	said    string // "Error: summary: detail", a line for each
	// held is the recorded status, or nothing.
	held    recorded
	tainted bool

	journal, fired int // at the start of this phase
}

// newTestCase adds the row's task to the sandbox, in a separate process that identifies its
// requests.
func newTestCase(r row, n int, server *sandbox.Server) *testCase {
	t := &testCase{row: r, server: server, task: fmt.Sprintf("7a5c%028d", n), run: fmt.Sprintf("5eed%028d", n)}
	task := sandbox.Task{
		ID: t.task, RunID: t.run, Title: "Provision the VPC",
		Owners: sandbox.Owners{Users: []int64{sandbox.CallerID}, Guests: []string{"auditor@example.com"}},
		Fields: []sandbox.Field{{ID: field, Label: "VPC id", Type: "text"}},
	}
	if r.task != nil {
		r.task(&task)
	}
	t.run = task.RunID
	server.AddTask(task)
	return t
}

// wanted returns the block as it is configured now.
func (t *testCase) wanted() block {
	b := block{taskdata: map[string]any{field: firstValue}, reopenOnDestroy: t.operation == destroy, oneOff: t.run == ""}
	if t.changed {
		b.taskdata = map[string]any{field: nextValue}
	}
	if t.block != nil {
		t.block(&b)
	}
	return b
}

// attributes returns the attributes of the block for a configuration in JSON.
func (t *testCase) attributes() map[string]any {
	b, all := t.wanted(), map[string]any{"task_id": t.task}
	if !b.oneOff {
		all["run_id"] = t.run
	}
	if b.taskdata != nil {
		all["taskdata"] = b.taskdata
	}
	if b.isApproved != nil {
		all["is_approved"] = *b.isApproved
	}
	if b.reopenOnDestroy {
		all["reopen_on_destroy"] = true
	}
	return all
}

// path returns the part that the paths of all requests for the task share. The path of the
// completion of a one-off task does not contain its ID.
func (t *testCase) path() string {
	if t.run == "" {
		return "/organizations/" + sandbox.DefaultOrganization
	}
	return "/runs/" + t.run + "/"
}

// begin starts a phase. Requests and webhooks are counted from here.
func (t *testCase) begin() {
	t.journal, t.fired = len(t.server.Journal()), t.server.Webhooks(t.task)
}

// sent returns the number of requests of this phase with a method.
func (t *testCase) sent(method string) int {
	n := 0
	for _, entry := range t.server.Journal()[t.journal:] {
		if entry.Method == method && strings.Contains(entry.Path, t.path()) {
			n++
		}
	}
	return n
}

// terraform plans and applies the configuration of test cases, with a real CLI or directly over the
// provider's protocol.
type terraform interface {
	// plan refreshes and plans; if destroying is true, it plans a destroy of everything.
	plan(ts []*testCase, destroying bool)
	// apply applies the last plan.
	apply(ts []*testCase)
	// arm prepares the faults that keep a request from being sent.
	arm(ts []*testCase)
	// move sets the base_url of the provider; nil means that of the sandbox.
	move(base func(url string) string)
}

// perform runs test cases of one operation and checks the results of each. They share a sandbox and
// a configuration.
func perform(t *testing.T, tf terraform, ts []*testCase) {
	t.Helper()
	op := ts[0].operation
	if op != create {
		tf.plan(ts, false)
		tf.apply(ts)
		for _, tc := range ts {
			tc.expect(t, "the completion before the operation failed", !tc.failed)
		}
	}
	for _, tc := range ts {
		tc.changed = op == update
		if tc.before != nil {
			tc.before(tc)
		}
		for _, h := range tc.faults {
			tc.arm(h)
		}
		tc.begin()
	}

	tf.arm(ts)
	tf.move(ts[0].base)
	tf.plan(ts, op == destroy)
	if !ts[0].failed {
		for _, tc := range ts {
			if tc.between != nil {
				tc.between(tc)
			}
		}
		tf.apply(ts)
	}
	tf.move(nil)
	for _, tc := range ts {
		tc.check(t)
	}

	ts[0].server.Calm()
	for _, tc := range ts {
		tc.begin()
	}
	tf.plan(ts, op == destroy)
	for _, tc := range ts {
		if tc.next == fails {
			continue
		}
		tc.expect(t, "the next plan fails", !tc.failed)
		tc.expect(t, fmt.Sprintf("the next plan is to %q, want %q", tc.planned, tc.next), tc.planned == tc.next)
		tc.expect(t, fmt.Sprintf("the next plan does not say %q", tc.nextSays), strings.Contains(tc.said, tc.nextSays))
	}
	if !ts[0].failed {
		tf.apply(ts)
	}
	for _, tc := range ts {
		tc.checkNextApply(t)
	}
	tf.plan(ts, op == destroy)
	for _, tc := range ts {
		tc.expect(t, "the plan after that still changes something", tc.next == fails || !tc.failed && tc.planned == noChanges)
	}
}

// arm injects a fault.
func (t *testCase) arm(h hit) {
	if h.respond == nil {
		return // the request is not sent
	}
	f := h.respond(t, h.method)
	f.Method, f.PathPart, f.Skip, f.Times = h.method, t.path(), h.skip, h.times
	t.server.Inject(f)
}

// check compares the operation with what the row promises.
func (t *testCase) check(tt *testing.T) {
	tt.Helper()
	t.expect(tt, fmt.Sprintf("it failed: %t, want %t", t.failed, t.fails), t.failed == t.fails)
	for method, want := range map[string]int{http.MethodPut: t.puts, http.MethodPost: t.posts, http.MethodDelete: t.deletes} {
		got := t.sent(method)
		t.expect(tt, fmt.Sprintf("%d × %s arrived, want %d", got, method, want), got == want)
	}
	fired := t.server.Webhooks(t.task) - t.fired
	t.expect(tt, fmt.Sprintf("the webhooks fired %d times, want %d", fired, t.expected.fired), fired == t.expected.fired)
	t.expect(tt, fmt.Sprintf("the state holds %q, want %q", t.held, t.state), t.held == t.state)
	t.expect(tt, "it is tainted: the next apply would complete the task again", !t.tainted)
	t.expect(tt, fmt.Sprintf("the diagnostics do not contain %q", t.says), strings.Contains(t.said, t.says))
	if t.failed {
		t.checkError(tt)
	} else if t.says == "" {
		t.expect(tt, "there are unexpected diagnostics", t.said == "" || t.operation == destroy || t.operation == update)
	}
}

// checkError checks that an error says what it means for the task, what to do, and what came back.
func (t *testCase) checkError(tt *testing.T) {
	tt.Helper()
	means := []string{"Nothing was sent", "has not completed the task", "state stays", "rejected the request", "may have gone through", "was not sent again", "not in the state", "as it was", "it is open"}
	t.expect(tt, "the error does not say what it means for the task", containsAny(t.said, means))
	next := []string{"pply again", "Check ", "Fix ", "set base_url", "check base_url", "Check the task", "Either ", "Restore the task"}
	t.expect(tt, "the error does not say what to do", containsAny(t.said, next))
	for _, h := range t.faults {
		if h.respond == nil || h.means == longHandled { // a long wait fails only because of the requests after it
			continue
		}
		if h.means == busyTooLong {
			t.expect(tt, "the error does not say that the wait does not fit", strings.Contains(t.said, "would have to wait"))
		}
		f := h.respond(t, h.method)
		if f.Status >= 300 {
			t.expect(tt, "the error does not contain the status", strings.Contains(t.said, fmt.Sprint(f.Status)))
			t.expect(tt, "the error does not contain the request ID", strings.Contains(t.said, "Request ID: sandbox-"))
		}
		if strings.Contains(f.Body, serversWords) {
			t.expect(tt, "the error does not repeat the server's words", strings.Contains(t.said, serversWords))
		}
	}
	t.expect(tt, "the error mentions a context", !strings.Contains(t.said, "context "))
	t.expect(tt, "the error contains the token", !strings.Contains(t.said, sandbox.DefaultToken))
}

// checkNextApply checks the results of the next apply.
func (t *testCase) checkNextApply(tt *testing.T) {
	tt.Helper()
	fired := t.server.Webhooks(t.task) - t.fired
	t.expect(tt, fmt.Sprintf("the webhooks fired %d times in the next apply, want %d", fired, t.later), fired == t.later)
	if t.next == fails {
		return
	}
	t.expect(tt, "the next apply fails", !t.failed)
	if t.next == creates || t.next == updates {
		task, _ := t.server.Task(t.task)
		want := t.wanted().taskdata[field]
		if task.EveryoneMustComplete > 1 { // it stays open after a share
			return
		}
		t.expect(tt, fmt.Sprintf("the task has the value %v, want %v", task.Taskdata[field], want), task.CompletedAt != "" && task.Taskdata[field] == want)
		t.expect(tt, "the next apply is not recorded", t.held == completed && !t.tainted)
	}
}

// expect reports a problem with the row unless holds is true.
func (t *testCase) expect(tt *testing.T, problem string, holds bool) {
	tt.Helper()
	if holds {
		return
	}
	var journal strings.Builder
	for _, entry := range t.server.Journal()[t.journal:] {
		if strings.Contains(entry.Path, t.path()) {
			fmt.Fprintf(&journal, "  %s %s %d %s\n", entry.Method, entry.Path[strings.LastIndex(entry.Path, "/"):], entry.Status, entry.Note)
		}
	}
	tt.Errorf("%s: %s.\nDiagnostics:\n%s\nRequests:\n%s", t.name, problem, t.said, journal.String())
}

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
