// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestGetShapes(t *testing.T) {
	added := processTask()
	added.Alias = "a-task"
	added.Owners = sandbox.Owners{Users: []int64{7}}
	c := start(t, sandbox.Config{}, added)
	for _, path := range []string{orgTask, runTask} {
		got := c.expect(http.StatusOK, http.MethodGet, path, "")
		for key, want := range map[string]string{
			"id":                          `"` + task + `"`,
			"run_id":                      `"` + run + `"`,
			"title":                       `"A task"`,
			"alias":                       `"a-task"`,
			"summary":                     `null`,
			"status":                      `"in-progress"`,
			"task_type":                   `"task"`,
			"is_approved":                 `false`,
			"is_oneoff_task":              `false`,
			"is_completable":              `true`,
			"everyone_must_complete":      `false`,
			"completion_progress":         `null`,
			"can_complete_only_assignees": `false`,
			"owners":                      `{"groups":[],"guests":[],"users":[7]}`,
			"taskdata":                    `absent`,
			"deadline":                    `null`,
			"completed_at":                `null`,
			"completer_id":                `null`,
			"completer_guest_id":          `null`,
			"archived_at":                 `null`,
			"created_at":                  `"2035-06-06T12:00:00Z"`,
			"tasks_changed_by_rules":      `absent`,
			"form_fields":                 `absent`,
			"run":                         `absent`,
		} {
			c.check(got, want, "data", key)
		}
	}
}

func TestGetOneOff(t *testing.T) {
	c := start(t, sandbox.Config{}, oneOff())
	got := c.expect(http.StatusOK, http.MethodGet, orgTask, "")
	c.check(got, `null`, "data", "run_id")
	c.check(got, `true`, "data", "is_oneoff_task")
	c.check(got, `{"groups":["96"],"guests":["guest@example.com"],"users":[1001]}`, "data", "owners")
	c.expect(http.StatusNotFound, http.MethodGet, runTask, "")
}

// is_oneoff_task does not decide the path.
func TestGetOneOffInRun(t *testing.T) {
	added := processTask()
	added.OneOff = true
	c := start(t, sandbox.Config{}, added)
	got := c.expect(http.StatusOK, http.MethodGet, orgTask, "")
	c.check(got, `true`, "data", "is_oneoff_task")
	c.check(got, `"`+run+`"`, "data", "run_id")
	c.expect(http.StatusNotFound, http.MethodPost, orgPost, completion)
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
}

func TestGetIncludes(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{
		{ID: field, Label: "Region", Type: "dropdown", Required: true, Options: []string{"west"}},
		{ID: "f2", Label: "Subnets", Alias: "subnets", Type: "table", Columns: []string{"Zone"}},
	}
	added.Taskdata = map[string]any{field: map[string]any{"id": 1, "text": "west"}}
	c := start(t, sandbox.Config{}, added)
	c.AddRun(run, "Launch")

	got := c.expect(http.StatusOK, http.MethodGet, orgTask+"?with=step,%20form_fields,run", "")
	c.check(got, `{"data":[`+
		`{"alias":null,"columns":[],"field_type":"dropdown","field_value":{"id":1,"text":"west"},"id":"`+field+`","label":"Region",`+
		`"options":[{"id":1,"text":"west","value":null}],"position":1,"required":true},`+
		`{"alias":"subnets","columns":[{"id":1,"label":"Zone"}],"field_type":"table","field_value":null,"id":"f2","label":"Subnets",`+
		`"options":[],"position":2,"required":false}]}`, "data", "form_fields")
	c.check(got, `absent`, "data", "taskdata")
	c.check(got, `"Launch"`, "data", "run", "data", "name")
}

func TestGetApprovalAndGuest(t *testing.T) {
	added := processTask()
	added.Type = "approval"
	added.EveryoneMustComplete = 2
	c := start(t, sandbox.Config{}, added)
	got := c.expect(http.StatusOK, http.MethodGet, runTask, "")
	c.check(got, `null`, "data", "is_approved")
	c.check(got, `{"completed":0,"total":2}`, "data", "completion_progress")

	no := false
	c.Update(task, func(t *sandbox.Task) {
		t.Status, t.CompletedAt = "completed", "2035-06-01T09:00:00.000Z"
		t.CompleterGuest, t.IsApproved = "guest-code", &no
		t.Extra = map[string]any{"webhook": "https://example.com", "id": 12}
	})
	got = c.expect(http.StatusOK, http.MethodGet, runTask, "")
	c.check(got, `false`, "data", "is_approved")
	c.check(got, `"guest-code"`, "data", "completer_guest_id")
	c.check(got, `null`, "data", "completer_id")
	c.check(got, `"https://example.com"`, "data", "webhook")
	c.check(got, `12`, "data", "id")
}

func TestGetLegacyNames(t *testing.T) {
	c := start(t, sandbox.Config{Vintage: sandbox.Legacy}, processTask())
	got := c.expect(http.StatusOK, http.MethodGet, runTask, "")
	c.check(got, `null`, "data", "completer_guest")
	c.check(got, `absent`, "data", "completer_guest_id")
}

func TestGetRun(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask(), sandbox.Task{ID: "elsewhere", RunID: other})
	path := "/organizations/" + org + "/runs/" + run
	got := c.expect(http.StatusOK, http.MethodGet, path, "")
	c.check(got, `"`+run+`"`, "data", "id")
	c.check(got, `absent`, "data", "tasks")
	c.check(got, `"Process `+run+`"`, "data", "name")
	c.check(got, `"active"`, "data", "status")
	c.check(got, `{"complete":0,"percent":0,"total":1}`, "data", "progress")

	c.CompleteOutside(task, sandbox.CallerID, nil)
	c.check(c.expect(http.StatusOK, http.MethodGet, path, ""), `{"complete":1,"percent":100,"total":1}`, "data", "progress")

	got = c.expect(http.StatusOK, http.MethodGet, path+"?with=tasks", "")
	run, _ := got.body["data"].(map[string]any)
	tasks, _ := run["tasks"].(map[string]any)
	if rows := (reply{body: tasks}).rows(); len(rows) != 1 || rows[0]["id"] != task {
		t.Errorf("got %v", rows)
	}
}
