// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func open(kind string) *tallyfy.Task {
	return &tallyfy.Task{ID: "t", Title: "T", Type: kind, Status: "in-progress"}
}

func done(kind string, approved *bool, values map[string]any) *tallyfy.Task {
	return &tallyfy.Task{ID: "t", RunID: "r", Title: "T", Type: kind, Status: "completed", CompletedAt: "2026-05-20T17:00:00Z", CompleterID: 5, IsApproved: approved, Taskdata: values}
}

func archivedTask(task *tallyfy.Task) *tallyfy.Task {
	task.ArchivedAt = "2026-05-20T17:00:00Z"
	return task
}

var (
	yes, no = new(true), new(false)
	one     = map[string]any{"f": json.Number("1")}
	two     = map[string]any{"f": json.Number("2")}
	none    = map[string]any{}
)

func TestDecide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		task           *tallyfy.Task
		want           Desired
		create, update step
		summary        string // of the refusal or the only warning on create; "" for none
	}{
		"not shown": {nil, Desired{IsApproved: yes, Taskdata: one}, send, reopenAndSend, ""},

		"open task":                   {open("task"), Desired{}, send, send, ""},
		"open task, decision":         {open("task"), Desired{IsApproved: no}, send, send, "Decision Has No Effect on This Task"},
		"open approval":               {open("approval"), Desired{}, refuse, refuse, "Approval Needs a Decision"},
		"open approval, decision":     {open("approval"), Desired{IsApproved: no}, send, send, ""},
		"open expiring":               {open("expiring"), Desired{}, send, send, ""},
		"open expiring, decision":     {open("expiring"), Desired{IsApproved: yes}, refuse, refuse, "Expiring Task Cannot Be Decided"},
		"open, type unknown to us":    {open("accept_decline"), Desired{IsApproved: yes}, send, send, ""},
		"open, type not shown":        {open(""), Desired{IsApproved: yes}, send, send, ""},
		"open and archived":           {archivedTask(open("task")), Desired{}, refuse, refuse, "Task Is Archived"},
		"auto-skipped has the server": {&tallyfy.Task{ID: "t", Title: "T", Type: "task", Status: "auto-skipped"}, Desired{}, send, send, ""},

		"done":                        {done("task", nil, nil), Desired{}, adopt, adopt, "Task Was Already Completed"},
		"done and archived":           {archivedTask(done("task", nil, nil)), Desired{}, adopt, adopt, "Task Was Already Completed"},
		"done, same values":           {done("task", nil, one), Desired{Taskdata: one}, adopt, adopt, "Task Was Already Completed"},
		"done, other values":          {done("task", nil, two), Desired{Taskdata: one}, refuse, reopenAndSend, "Task Is Already Completed Differently"},
		"done, shown empty":           {done("task", nil, none), Desired{Taskdata: one}, refuse, reopenAndSend, "Task Is Already Completed Differently"},
		"done, values not shown":      {done("task", nil, nil), Desired{Taskdata: one}, adopt, reopenAndSend, "Task Was Already Completed"},
		"done, archived, other":       {archivedTask(done("task", nil, two)), Desired{Taskdata: one}, refuse, refuse, "Task Is Already Completed Differently"},
		"done task, false shown":      {done("task", no, nil), Desired{IsApproved: yes}, adopt, adopt, ""}, // two warnings
		"approved":                    {done("approval", yes, nil), Desired{IsApproved: yes}, adopt, adopt, "Task Was Already Completed"},
		"approved, nothing declared":  {done("approval", yes, nil), Desired{}, adopt, adopt, "Task Was Already Completed"},
		"rejected":                    {done("approval", no, nil), Desired{IsApproved: yes}, refuse, reopenAndSend, "Task Is Already Completed Differently"},
		"decided, not shown":          {done("approval", nil, nil), Desired{IsApproved: yes}, refuse, reopenAndSend, "Task Is Already Completed Differently"},
		"decided, type not shown":     {done("", no, nil), Desired{IsApproved: yes}, refuse, reopenAndSend, "Task Is Already Completed Differently"},
		"acknowledged, decision":      {done("expiring", nil, nil), Desired{IsApproved: no}, refuse, refuse, "Expiring Task Cannot Be Decided"},
		"completed by someone else":   {done("task", nil, nil), Desired{OverrideUser: new(int64(6))}, adopt, reopenAndSend, "Task Was Already Completed"},
		"completed by that user":      {done("task", nil, nil), Desired{OverrideUser: new(int64(5))}, adopt, adopt, "Task Was Already Completed"},
		"done by status, not by time": {&tallyfy.Task{ID: "t", Title: "T", Status: "complete"}, Desired{}, adopt, adopt, "Task Was Already Completed"},
	} {
		t.Run(name, func(t *testing.T) {
			got := decideCreate(c.task, c.want)
			if got.step != c.create {
				t.Errorf("create takes step %d, want %d", got.step, c.create)
			}
			summary := got.refusal.Summary
			if len(got.warnings) == 1 {
				summary = summaries(got.warnings)
			}
			if summary != c.summary {
				t.Errorf("create says %q, want %q", summary, c.summary)
			}
			if got := decideUpdate(c.task, c.want); got.step != c.update {
				t.Errorf("update takes step %d, want %d", got.step, c.update)
			}
		})
	}
}

func TestResends(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after Desired
		want          bool
	}{
		"nothing":              {Desired{}, Desired{}, false},
		"another spelling":     {Desired{Taskdata: one}, Desired{Taskdata: map[string]any{"f": json.Number("1.0")}}, false},
		"an empty form":        {Desired{}, Desired{Taskdata: none}, false},
		"the same decision":    {Desired{IsApproved: yes}, Desired{IsApproved: new(true)}, false},
		"a decision":           {Desired{}, Desired{IsApproved: no}, true},
		"another decision":     {Desired{IsApproved: yes}, Desired{IsApproved: no}, true},
		"no decision any more": {Desired{IsApproved: yes}, Desired{}, true},
		"a value":              {Desired{Taskdata: one}, Desired{Taskdata: two}, true},
		"a completer":          {Desired{}, Desired{OverrideUser: new(int64(1))}, true},
		"where the task is":    {Desired{}, Desired{Task: tallyfy.TaskRef{Run: "r"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Resends(c.before, c.after); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// Every refusal and every failure has advice.
func TestAdviceForEveryStatus(t *testing.T) {
	t.Parallel()
	for _, e := range []*tallyfy.Error{
		{Status: 302, Outcome: tallyfy.Rejected},
		{Status: 400, Outcome: tallyfy.Rejected},
		{Status: 401, Outcome: tallyfy.Rejected},
		{Status: 403, Outcome: tallyfy.Rejected},
		{Status: 404, Outcome: tallyfy.Rejected},
		{Status: 404, Code: "ENDPOINT_NOT_FOUND", Outcome: tallyfy.Rejected},
		{Status: 422, Outcome: tallyfy.Rejected},
		{Status: 423, Outcome: tallyfy.Rejected},
		{Status: 429, Outcome: tallyfy.RejectedForNow},
		{Status: 500, Outcome: tallyfy.Unknown},
		{Status: 200, Outcome: tallyfy.Accepted},
		{Outcome: tallyfy.NotSent},
		{Outcome: tallyfy.NotSent, GaveUp: tallyfy.ErrCancelled},
	} {
		t.Run(fmt.Sprint(e.Status, e.Code, e.GaveUp), func(t *testing.T) {
			t.Parallel()
			if Resource.advice(e) == "" {
				t.Error("there is no advice")
			}
		})
	}
	for status, part := range map[int]string{409: "-parallelism", 423: "resolve the issue in Tallyfy"} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			if got := Resource.advice(&tallyfy.Error{Status: status, Outcome: tallyfy.Rejected}); !strings.Contains(got, part) {
				t.Errorf("got %q", got)
			}
		})
	}
}
