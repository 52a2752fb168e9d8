// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q does not contain %q", text, part)
	}
}

// withBody is a completion with more in it.
func withBody(more string) string {
	return `{"task_id":"` + task + `",` + more + `}`
}

func TestCompleteProcessTask(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	got := c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	for key, want := range map[string]string{
		"id":                     `"` + task + `"`,
		"status":                 `"completed"`,
		"completed_at":           `"2035-06-06T12:00:00.000Z"`,
		"completer_id":           `1001`,
		"is_approved":            `false`,
		"tasks_changed_by_rules": `[]`,
	} {
		c.check(got, want, "data", key)
	}
	if c.Webhooks(task) != 1 || c.lastNote() != "completed" {
		t.Errorf("%d webhooks, note %q", c.Webhooks(task), c.lastNote())
	}
}

func TestCompleteOneOff(t *testing.T) {
	c := start(t, sandbox.Config{}, oneOff())
	got := c.expect(http.StatusOK, http.MethodPost, orgPost, completion)
	c.check(got, `"completed"`, "data", "status")
	c.check(got, `absent`, "data", "tasks_changed_by_rules")
	c.check(got, `[{"full_name":"User 1001","id":1001}]`, "data", "owners", "users")
}

func TestCompleteRoutingTrap(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.check(c.expect(http.StatusNotFound, http.MethodPost, orgPost, completion), `"RESOURCE_NOT_FOUND"`, "code")
	c.expect(http.StatusNotFound, http.MethodPost, otherPost, completion)

	c.AddTask(oneOff())
	c.expect(http.StatusNotFound, http.MethodPost, runPost, completion)
	if c.Webhooks(task) != 0 {
		t.Error("something was completed")
	}
}

func TestCompleteChangedByRules(t *testing.T) {
	added := processTask()
	c := start(t, sandbox.Config{Vintage: sandbox.Legacy}, added)
	c.check(c.expect(http.StatusOK, http.MethodPost, runPost, completion), `{}`, "data", "tasks_changed_by_rules")

	added.ChangedByRules = []any{map[string]any{"id": "x"}}
	c.AddTask(added)
	c.check(c.expect(http.StatusOK, http.MethodPost, runPost, completion), `[{"id":"x"}]`, "data", "tasks_changed_by_rules")

	added.ChangedByRules = func() {}
	c.AddTask(added)
	c.expect(http.StatusInternalServerError, http.MethodPost, runPost, completion)
}

func TestCompleteRefusals(t *testing.T) {
	approval := func(t *sandbox.Task) { t.Type = "approval" }
	required := func(t *sandbox.Task) {
		t.Fields = []sandbox.Field{{ID: field, Label: "VPC id", Type: "text", Required: true}}
	}
	for name, test := range map[string]struct {
		change  func(*sandbox.Task)
		body    string
		status  int
		key     string // of errors; "" for errors without
		message string
	}{
		"no task_id":            {nil, `{}`, 422, "task_id", "The task id field is required."},
		"number as task_id":     {nil, `{"task_id":12}`, 422, "task_id", "The task id must be a string."},
		"approval, undecided":   {approval, completion, 422, "is_approved", "The is approved field is required."},
		"approval, null":        {approval, withBody(`"is_approved":null`), 422, "is_approved", "The is approved field is required."},
		"approval, word":        {approval, withBody(`"is_approved":"true"`), 422, "is_approved", "The is approved field must be true or false."},
		"override_user, word":   {nil, withBody(`"override_user":"me"`), 422, "override_user", "The override user must be an integer."},
		"override_user, 1.5":    {nil, withBody(`"override_user":1.5`), 422, "override_user", "The override user must be an integer."},
		"override_user, list":   {nil, withBody(`"override_user":[1]`), 422, "override_user", "The override user must be an integer."},
		"required field empty":  {required, completion, 422, field, "The VPC id field is required."},
		"today ignores values":  {required, withBody(`"taskdata":{"` + field + `":"vpc-1"}`), 422, field, "The VPC id field is required."},
		"unresolved issue":      {func(t *sandbox.Task) { t.Issue = true }, completion, 422, "task_id", "This task has an unresolved issue."},
		"hidden":                {func(t *sandbox.Task) { t.Hidden = true }, completion, 422, "task_id", "This task is hidden and cannot be completed."},
		"archived":              {func(t *sandbox.Task) { t.Archived = true }, completion, 422, "task_id", "This task is archived."},
		"assignees only":        {func(t *sandbox.Task) { t.AssigneesOnly = true }, completion, 403, "", "Only assigned members can complete this task."},
		"assignees only, still": {func(t *sandbox.Task) { t.AssigneesOnly, t.Owners.Users = true, []int64{1} }, withBody(`"override_user":1`), 403, "", "Only assigned members can complete this task."},
	} {
		t.Run(name, func(t *testing.T) {
			added := processTask()
			if test.change != nil {
				test.change(&added)
			}
			c := start(t, sandbox.Config{}, added)
			before := c.state()
			got := c.expect(test.status, http.MethodPost, runPost, test.body)
			c.check(got, `"`+test.message+`"`, "message")
			if test.key != "" {
				c.check(got, `["`+test.message+`"]`, "errors", test.key)
			}
			if after := c.state(); after.CompletedAt != "" || after.Status != before.Status || c.Webhooks(task) != 0 {
				t.Errorf("refused, and yet the task is %+v", after)
			}
			contains(t, c.lastNote(), "refused")
		})
	}
}

func TestCompleteSeveralErrors(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{
		{ID: "a", Label: "A", Type: "text", Required: true},
		{ID: "b", Label: "B", Type: "text", Required: true},
		{ID: "c", Label: "C", Type: "text", Required: true},
	}
	c := start(t, sandbox.Config{}, added)
	got := c.expect(422, http.MethodPost, runPost, completion)
	c.check(got, `"The A field is required. (and 2 more errors)"`, "message")
	c.Update(task, func(t *sandbox.Task) { t.Fields = t.Fields[1:] })
	got = c.expect(422, http.MethodPost, runPost, completion)
	c.check(got, `"The B field is required. (and 1 more error)"`, "message")
}

func TestCompleteAssignee(t *testing.T) {
	added := processTask()
	added.AssigneesOnly = true
	added.Owners.Users = []int64{5, sandbox.CallerID}
	c := start(t, sandbox.Config{}, added)
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
}

// TestCompleteDecision goes through what is_approved means for each type.
func TestCompleteDecision(t *testing.T) {
	for _, test := range []struct {
		taskType, value string
		approved        string // on the wire
		expired         bool
	}{
		{"approval", `true`, `true`, false},
		{"approval", `false`, `false`, false},
		{"approval", `1`, `true`, false},
		{"approval", `"0"`, `false`, false},
		{"task", `false`, `false`, false},
		{"task", `true`, `false`, false},
		{"email", `false`, `false`, false},
		{"expiring", `null`, `false`, false},
		{"expiring", `true`, `false`, false},
		{"expiring", `false`, `false`, true},
		{"expiring_email", `false`, `false`, true},
	} {
		t.Run(test.taskType+" "+test.value, func(t *testing.T) {
			added := processTask()
			added.Type = test.taskType
			c := start(t, sandbox.Config{}, added)
			got := c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"is_approved":`+test.value))
			c.check(got, test.approved, "data", "is_approved")
			after := c.state()
			if after.Expired != test.expired {
				t.Errorf("expired is %v", after.Expired)
			}
			if test.taskType != "approval" && after.IsApproved != nil {
				t.Errorf("a decision was recorded: %v", *after.IsApproved)
			}
		})
	}
}

func TestCompleteOverrideUser(t *testing.T) {
	for _, value := range []string{`7`, `"7"`} {
		c := start(t, sandbox.Config{}, processTask())
		got := c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"override_user":`+value))
		c.check(got, `7`, "data", "completer_id")
	}
}

func TestCompleteAgainToday(t *testing.T) {
	added := processTask()
	added.Type = "approval"
	c := start(t, sandbox.Config{}, added)
	c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"is_approved":true`))
	first := c.state()

	got := c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"is_approved":false,"override_user":7`))
	c.check(got, `"completed"`, "data", "status")
	c.check(got, `true`, "data", "is_approved")
	if after := c.state(); after.CompleterID != first.CompleterID || !*after.IsApproved {
		t.Errorf("the repetition changed the task: %+v", after)
	}
	if c.Webhooks(task) != 2 {
		t.Errorf("webhooks fired %d times, want 2", c.Webhooks(task))
	}
	contains(t, c.lastNote(), "webhooks fired again")
}

func TestCompleteAgainLegacy(t *testing.T) {
	c := start(t, sandbox.Config{Vintage: sandbox.Legacy}, processTask())
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	got := c.expect(422, http.MethodPost, runPost, completion)
	c.check(got, `["This task is already completed."]`, "errors", "task_id")
	if c.Webhooks(task) != 1 {
		t.Errorf("webhooks fired %d times, want 1", c.Webhooks(task))
	}
}

func TestCompleteTaskdata(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: field, Label: "Notes", Type: "textarea"}}
	body := withBody(`"taskdata":{"` + field + `":"done","unknown":"x"}`)

	today := start(t, sandbox.Config{}, added)
	today.expect(http.StatusOK, http.MethodPost, runPost, body)
	if held := today.state().Taskdata; len(held) != 0 {
		t.Errorf("the task holds %v", held)
	}
	contains(t, today.lastNote(), "ignored taskdata")

	legacy := start(t, sandbox.Config{Vintage: sandbox.Legacy}, added)
	legacy.expect(422, http.MethodPost, runPost, withBody(`"taskdata":{"`+field+`":5}`))
	if legacy.state().CompletedAt != "" {
		t.Fatal("completed in spite of a bad value")
	}
	legacy.expect(http.StatusOK, http.MethodPost, runPost, body)
	if held := legacy.state().Taskdata; len(held) != 1 || held[field] != "done" {
		t.Errorf("the task holds %v", held)
	}
	if note := legacy.lastNote(); note != "completed; saved 1 value; dropped 1 unknown key" {
		t.Errorf("note %q", note)
	}
}

// TestCompleteLegacyRequired shows that values which come with a completion
// count for its required fields, and are not kept when it is refused.
func TestCompleteLegacyRequired(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{
		{ID: "a", Label: "A", Type: "text", Required: true},
		{ID: "b", Label: "B", Type: "text", Required: true},
	}
	c := start(t, sandbox.Config{Vintage: sandbox.Legacy}, added)
	c.expect(422, http.MethodPost, runPost, withBody(`"taskdata":{"a":"1"}`))
	if len(c.state().Taskdata) != 0 {
		t.Error("values of a refused completion were kept")
	}
	c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"taskdata":{"a":"1","b":"2"}`))
}

func TestCompleteEveryone(t *testing.T) {
	added := processTask()
	added.EveryoneMustComplete = 2
	c := start(t, sandbox.Config{}, added)
	for range 2 { // The same person counts once.
		got := c.expect(http.StatusOK, http.MethodPost, runPost, completion)
		c.check(got, `"in-progress"`, "data", "status")
		c.check(got, `null`, "data", "completed_at")
		c.check(got, `{"completed":1,"total":2}`, "data", "completion_progress")
	}
	contains(t, c.lastNote(), "recorded before")
	if c.Webhooks(task) != 0 {
		t.Error("webhooks fired for a share")
	}
	got := c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"override_user":7`))
	c.check(got, `"completed"`, "data", "status")
	if shares := c.state().Shares; !slices.Equal(shares, []int64{sandbox.CallerID, 7}) || c.Webhooks(task) != 1 {
		t.Errorf("shares %v, %d webhooks", shares, c.Webhooks(task))
	}
	c.expect(http.StatusOK, http.MethodDelete, runPost+"/"+task, "")
	if shares := c.state().Shares; len(shares) != 0 {
		t.Errorf("shares %v are left of a reopened task", shares)
	}
}

func TestCompleteReopenedByAutomation(t *testing.T) {
	added := processTask()
	added.ReopenedByAutomation = true
	c := start(t, sandbox.Config{}, added)
	got := c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	c.check(got, `"in-progress"`, "data", "status")
	c.check(got, `null`, "data", "completed_at")
	c.check(got, `null`, "data", "completer_id")
	if c.Webhooks(task) != 1 || c.Reopens(task) != 0 {
		t.Errorf("%d webhooks, %d reopenings", c.Webhooks(task), c.Reopens(task))
	}
}

// TestCompleteMultiselect shows the two rules that are checked at completion
// and nowhere earlier.
func TestCompleteMultiselect(t *testing.T) {
	for name, test := range map[string]struct {
		value           string
		required, every int // status of a completion where it is required, or all must be checked
	}{
		"nothing":          {`[]`, 422, 422},
		"without selected": {`[{"id":1,"text":"A"},{"id":2,"text":"B"}]`, 422, 422},
		"none selected":    {`[{"id":1,"text":"A","selected":false}]`, 422, 422},
		"one selected":     {`[{"id":1,"text":"A","selected":true},{"id":2,"text":"B"}]`, 200, 422},
		"all selected":     {`[{"id":1,"text":"A","selected":true},{"id":2,"text":"B","selected":true}]`, 200, 200},
	} {
		t.Run(name, func(t *testing.T) {
			for _, every := range []bool{false, true} {
				t.Run(fmt.Sprint(every), func(t *testing.T) {
					added := processTask()
					added.Fields = []sandbox.Field{{
						ID: field, Label: "Checks", Type: "multiselect", Options: []string{"A", "B"},
						Required: !every, MustCheckAll: every,
					}}
					c := start(t, sandbox.Config{}, added)
					c.expect(http.StatusOK, http.MethodPut, runTask, `{"taskdata":{"`+field+`":`+test.value+`}}`)
					want := test.required
					if every {
						want = test.every
					}
					c.expect(want, http.MethodPost, runPost, completion)
				})
			}
		})
	}
}

func TestCompleteRequiredAssignees(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: field, Label: "Reviewers", Type: "assignees_form", Required: true}}
	c := start(t, sandbox.Config{}, added)
	c.expect(http.StatusOK, http.MethodPut, runTask, `{"taskdata":{"`+field+`":{"users":[],"guests":[]}}}`)
	c.expect(422, http.MethodPost, runPost, completion)
	c.expect(http.StatusOK, http.MethodPut, runTask, `{"taskdata":{"`+field+`":{"groups":["96"]}}}`)
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
}
