// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// noticesOfCreate returns the notices of a create and of its plan, for a subject.
func noticesOfCreate(s Subject) []Notice {
	ref := tallyfy.TaskRef{Organization: "o", Run: runID, Task: taskID}
	task := &tallyfy.Task{ID: taskID, Title: "Approve", Type: tallyfy.TypeApproval, Status: "completed", CompletedAt: longAgo, CompleterID: 7, IsApproved: new(true)}
	share := &tallyfy.Task{ID: taskID, Status: "in-progress"}
	lost, gone := &tallyfy.Error{Outcome: tallyfy.Unknown, Cause: errors.New("the connection was reset")}, &tallyfy.Error{Outcome: tallyfy.Rejected, Status: 404}
	want := Desired{Task: ref, Subject: s, IsApproved: new(false), OverrideUser: new(int64(8)), Taskdata: map[string]any{field: "a"}}
	plan := Planned{Desired: want}
	later := Planned{Desired: want, Unknown: []string{attrIsApproved}}
	vpc := []tallyfy.Field{{ID: field, Label: "VPC"}}
	all := []Notice{
		archived(task, s), decisionMissing(task, s), decisionExpires(task, s), decisionIgnored(task), decisionMayExpire(task),
		adopted(task, s), adoptedAfter(task, true, s), adoptedAfter(task, false, s), notShownYet(task, s),
		sentByAnother(ref, s), sentDifferently(ref, []string{attrIsApproved}, s), mayBeSent(ref, "Tallyfy does not show the task.", s),
		completedDifferently(task, []string{attrIsApproved}, s), overtaken(task, []string{attrIsApproved}, lost, false, s), overtaken(task, []string{attrIsApproved}, nil, true, s),
		leftOpen(ref, share, false, s), leftOpen(ref, share, true, s), adoptedWithDoubt(task, s), completedBeforeRequest(task, s), unconfirmed(ref, lost, s),
		valuesUnsure(ref, want, false, difference{}), valuesUnsure(ref, want, true, difference{absent: []string{field}}),
		cannotBeSaved(task, want, []string{"its title"}, sentNothing), cannotBeSaved(task, want, []string{"its title"}, completionNotSent),
		notArrived(ref, want, difference{absent: []string{field}}).Notice, rewritten(ref, want, map[string]any{field: "b"}), deadlineMoved(task, longAgo),
		formHidden(want), requiredEmptied(task, vpc, vpc, Notice{}), unknownField(task, Notice{Key: "x"}), requiredEmpty(task, vpc),
		willBeAdopted(task, plan), willBeAdopted(task, later), differsInPlan(task, []string{attrIsApproved}, s), hiddenTask(share),
		notThere(plan, "", gone), mistyped(plan, []*tallyfy.Task{task}, gone), inAnotherProcess(plan, task, gone), notChecked(ref, true, gone), notChecked(ref, false, gone),
		contradicts(task, []string{attrIsApproved}, "The second fails."),
		notReadAgain(ref, lost, lost, s).Notice, stillOpen(share, ref, lost, s).Notice, shareUnknown(share, ref, lost, s).Notice,
		outcomeUnknown(ref, lost, lost, s).Notice, outcomeUnknown(ref, lost, gone, s).Notice, (&saver{ref: ref, want: want}).failure(lost).Notice,
	}
	all = append(all, recordedDifferently(task, want)...)
	for _, status := range []int{0, 200, 302, 401, 403, 404, 409, 422, 423, 429, 500} { // whose advice differs
		outcome := tallyfy.Rejected
		if status == 429 {
			outcome = tallyfy.RejectedForNow
		}
		all = append(all, notCompleted(ref, &tallyfy.Error{Outcome: outcome, Status: status}, s).Notice)
	}
	return all
}

// notOfCreate are the titles of notices that only other operations have: a refresh, an update, a
// destroy, an import, a move and a query.
var notOfCreate = []string{
	"Completed Task Cannot Be Found", "Completed Task Is Hidden", "Task Could Not Be Imported", "Task Could Not Be Moved", "Task Could Not Be Reopened", "Task Is Already as Configured",
	"Task Is Not Completed", "Task Was Completed Again", "Task Was Left Out", "Task Was Not Reopened", "Task Was Reopened",
	"Update Completes the Open Task", "Update May Reopen the Task and Complete It Again", "Update Reopens the Task and Completes It Again",
}

// readElsewhere are the titles of notices that TestMessagesOfAction reads, because an operation
// adds to them.
var readElsewhere = []string{"Form Field Is Set Twice", "Invalid Form Value", "Task Could Not Be Read"}

// ofPlans are the titles that have the title of the task after them only in a plan.
var ofPlans = []string{
	"Blocks Contradict Each Other", "Expiring Task Cannot Be Decided", "Required Field Is Empty", "Task Cannot Be Found",
	"Task Is Already Completed", "Task Is Already Completed Differently", "Task Is Hidden",
}

// TestNoticesOfActions searches for what is not true of an action: that it keeps a record, and that
// an apply invokes it again.
func TestNoticesOfActions(t *testing.T) {
	t.Parallel()
	recorded := regexp.MustCompile(`(?i)\brecorded (as|without|for)|is recorded|\brecords (it|this)\b|\brefresh|next plan|\bthe state\b|\bimport\b|an update|will (not )?be sent (again|for it)|untaint`)
	repeated := regexp.MustCompile(`(?i)apply again|next apply|\band apply\b|\bthe apply\b`)
	for subject, deny := range map[Subject][]*regexp.Regexp{PlannedAction: {recorded}, InvokedAction: {recorded, repeated}} {
		for i, n := range noticesOfCreate(subject) {
			if subject == InvokedAction && onlyInPlans(n) {
				continue
			}
			for _, pattern := range deny {
				if found := pattern.FindString(n.Detail); found != "" {
					t.Errorf("%q is not true of an action:\n%s: %s", found, n.Summary, n.Detail)
				}
			}
			if resource := noticesOfCreate(Resource)[i]; resource.Summary != n.Summary || resource.Attribute != n.Attribute {
				t.Errorf("the title or the attribute is another one: %+v", n)
			}
		}
	}
}

// onlyInPlans reports whether a notice is one that only a plan has.
func onlyInPlans(n Notice) bool {
	title, _, ofTask := strings.Cut(n.Summary, ": ")
	return ofTask && slices.Contains(ofPlans, title) || title == "Tasks Could Not Be Checked"
}

// TestNoticesOfActionsAreComplete compares the titles in the code with those of the tests above, so
// that a new message of a create is also read as that of an action.
func TestNoticesOfActionsAreComplete(t *testing.T) {
	t.Parallel()
	seen := slices.Concat(notOfCreate, readElsewhere)
	for _, n := range noticesOfCreate(InvokedAction) {
		title, _, _ := strings.Cut(n.Summary, ": ")
		seen = append(seen, title)
	}
	all := titles(t)
	for _, title := range slices.Concat(notOfCreate, readElsewhere) {
		if !slices.Contains(all, title) {
			t.Errorf("%q is excluded, and no notice has it", title)
		}
	}
	for _, title := range all {
		if !slices.Contains(seen, title) {
			t.Errorf("%q is neither among the notices of a create nor excluded", title)
		}
	}
}

// titles returns the titles of all notices of this package, as its source has them.
func titles(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	note := func(expression ast.Expr) {
		if call, ok := expression.(*ast.CallExpr); ok && len(call.Args) == 2 { // notice.TaskSummary
			expression = call.Args[1]
		}
		if literal, ok := expression.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			title, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, title)
		}
	}
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.KeyValueExpr:
				if key, ok := node.Key.(*ast.Ident); ok && key.Name == "Summary" {
					note(node.Value)
				}
			case *ast.AssignStmt:
				for i, left := range node.Lhs {
					if selector, ok := left.(*ast.SelectorExpr); ok && selector.Sel.Name == "Summary" && len(node.Rhs) == len(node.Lhs) {
						note(node.Rhs[i])
					}
				}
			}
			return true
		})
	}
	if len(all) < 40 {
		t.Fatalf("only %d titles are found", len(all))
	}
	return all
}

// TestMessagesOfAction runs creates of an action to their ends, and reads the advice of each.
func TestMessagesOfAction(t *testing.T) {
	t.Parallel()
	const words = "Apply again. It is recorded as it is, and no completion was sent. The next apply sends it, and apply again."
	for name, c := range map[string]struct {
		want  func(*harness, *Desired)
		fault *sandbox.Fault
		says  []string
	}{
		"Tallyfy's words": {nil, &sandbox.Fault{Method: post, Status: http.StatusUnprocessableEntity, Body: `{"message":"` + words + `"}`}, []string{
			"Fix the problem that Tallyfy reports below, then invoke the action again.", "Tallyfy said: " + words,
		}},
		"unreadable": {nil, &sandbox.Fault{Method: get, Status: http.StatusUnprocessableEntity, Body: `{"message":"` + words + `"}`}, []string{
			"then invoke the action again.", "Tallyfy said: " + words,
		}},
		"unknown field": {func(_ *harness, want *Desired) { want.FormFields = map[string]any{"VPN": "1"} }, nil, []string{"Fix the configuration, then invoke the action again."}},
		"values not saved": {func(_ *harness, want *Desired) { want.Taskdata = map[string]any{field: "1"} }, &sandbox.Fault{Method: put, Status: http.StatusUnprocessableEntity}, []string{
			"Fix the problem that Tallyfy reports below, then invoke the action again.",
		}},
		"another works on it": {func(h *harness, _ *Desired) {
			unlock, err := h.engine.locks.lock(h.ctx, h.ref(), Resource)
			if err != nil {
				h.Fatal(err)
			}
			h.Cleanup(unlock)
		}, nil, []string{"Keep one block for each task, and invoke the action again."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{}, nil, func(h *harness) {
				want := h.want()
				want.Subject = InvokedAction
				if c.fault != nil {
					h.server.Inject(*c.fault)
				}
				if c.want != nil {
					c.want(h, &want)
				}
				failure := h.refuse(want)
				h.wantText(failure.Detail, c.says...)
				ours, _, _ := strings.Cut(failure.Detail, "Tallyfy said: ")
				if strings.Contains(strings.ToLower(ours), "apply again") {
					h.Errorf("it says\n%s", failure.Detail)
				}
			})
		})
	}
}
