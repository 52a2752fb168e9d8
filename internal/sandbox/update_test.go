// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// echo is what a one-off task wants with every update.
const echo = `"title":"A task","deadline":"2035-06-04T17:00:00Z",` +
	`"owners":{"users":[1001],"guests":["guest@example.com"],"groups":["96"]}`

func TestUpdateRunTaskIsPartial(t *testing.T) {
	added := processTask()
	added.Owners = oneOff().Owners
	added.Fields = []sandbox.Field{{ID: "a", Type: "text"}, {ID: "b", Type: "text"}}
	added.Taskdata = map[string]any{"a": "old", "b": "kept"}
	c := start(t, sandbox.Config{}, added)

	got := c.expect(http.StatusOK, http.MethodPut, runTask, `{"taskdata":{"a":"new","zzz":"dropped"}}`)
	c.check(got, `{"a":"new","b":"kept"}`, "data", "taskdata")
	c.check(got, `{"groups":["96"],"guests":["guest@example.com"],"users":[{"full_name":"User 1001","id":1001}]}`, "data", "owners")
	c.check(got, `"A task"`, "data", "title")
	c.check(got, `absent`, "data", "form_fields")
	c.check(got, `absent`, "data", "tasks_changed_by_rules")
	if note := c.lastNote(); note != "saved 1 value; dropped 1 unknown key" {
		t.Errorf("note %q", note)
	}

	got = c.expect(http.StatusOK, http.MethodPut, runTask+"?with=form_fields",
		`{"title":"New","summary":"Why","deadline":"2035-07-02 09:00:00","position":4,"task_type":"email"}`)
	c.check(got, `"New"`, "data", "title")
	c.check(got, `"Why"`, "data", "summary")
	c.check(got, `"2035-07-02T09:00:00Z"`, "data", "deadline")
	c.check(got, `4`, "data", "position")
	c.check(got, `"email"`, "data", "task_type")
	if got.at("data", "form_fields", "data") == "absent" {
		t.Error("no form_fields")
	}
	if note := c.lastNote(); note != "updated" {
		t.Errorf("note %q", note)
	}
}

func TestUpdateOneOffRequiresEverything(t *testing.T) {
	added := oneOff()
	added.Fields = []sandbox.Field{{ID: field, Type: "text"}}
	c := start(t, sandbox.Config{}, added)
	values := `"taskdata":{"` + field + `":"x"}`

	got := c.expect(422, http.MethodPut, orgTask, `{`+values+`}`)
	c.check(got, `{"deadline":["The deadline field is required."],"owners":["The owners field is required."],`+
		`"title":["The title field is required."]}`, "errors")
	c.expect(422, http.MethodPut, orgTask, `{"title":"A","deadline":"2035-06-04","owners":{},`+values+`}`)
	if len(c.state().Taskdata) != 0 {
		t.Error("values of a refused update were kept")
	}

	c.expect(http.StatusOK, http.MethodPut, orgTask, `{`+echo+`,`+values+`}`)
	after := c.state()
	if !reflect.DeepEqual(after.Owners, oneOff().Owners) || after.Deadline != oneOff().Deadline || after.Taskdata[field] != "x" {
		t.Errorf("echoing changed the task: %+v", after)
	}
}

func TestUpdateOmittedBucketsAreEmptied(t *testing.T) {
	c := start(t, sandbox.Config{}, oneOff())
	c.expect(http.StatusOK, http.MethodPut, orgTask,
		`{"title":"A task","deadline":"2035-06-04T17:00:00.000Z","owners":{"users":["1001",7]}}`)
	want := sandbox.Owners{Users: []int64{1001, 7}}
	if got := c.state().Owners; !reflect.DeepEqual(got, want) {
		t.Errorf("owners are %+v, want %+v", got, want)
	}
	// A bucket that is there but empty is enough to pass.
	c.expect(http.StatusOK, http.MethodPut, orgTask, `{"title":"A","deadline":"2035-06-04","owners":{"users":[]}}`)
	if got := c.state().Owners; len(got.Users) != 0 {
		t.Errorf("owners are %+v", got)
	}
}

func TestUpdateRefusals(t *testing.T) {
	for name, test := range map[string]struct{ body, key string }{
		"title, number":     {`{"title":5}`, "title"},
		"title, too long":   {`{"title":"` + strings.Repeat("ä", 601) + `"}`, "title"},
		"summary, list":     {`{"summary":["a"]}`, "summary"},
		"deadline, number":  {`{"deadline":2064589200}`, "deadline"},
		"deadline, words":   {`{"deadline":"next week"}`, "deadline"},
		"owners, list":      {`{"owners":[1001]}`, "owners"},
		"owners, echoed":    {`{"owners":{"users":[{"id":1001,"full_name":"User 1001"}]}}`, "owners.users"},
		"users, no list":    {`{"owners":{"users":1001}}`, "owners.users"},
		"guests, number":    {`{"owners":{"guests":[1]}}`, "owners.guests"},
		"groups, number":    {`{"owners":{"groups":[1]}}`, "owners.groups"},
		"taskdata, no list": {`{"taskdata":"x"}`, "taskdata"},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, sandbox.Config{}, processTask())
			before := c.state()
			got := c.expect(422, http.MethodPut, runTask, test.body)
			if got.at("errors", test.key) == "absent" {
				t.Errorf("no error for %s: %s", test.key, got.raw)
			}
			if !reflect.DeepEqual(c.state(), before) {
				t.Error("a refused update changed the task")
			}
		})
	}
	c := start(t, sandbox.Config{}, processTask())
	c.expect(http.StatusOK, http.MethodPut, runTask, `{"title":"`+strings.Repeat("ä", 600)+`"}`)
}

func TestUpdateStatusIsIgnored(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	got := c.expect(http.StatusOK, http.MethodPut, runTask, `{"status":"completed"}`)
	c.check(got, `"in-progress"`, "data", "status")
	contains(t, c.lastNote(), "ignored status")
}

func TestUpdateCompletedTask(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.CompleteOutside(task, 7, nil)
	c.check(c.expect(422, http.MethodPut, runTask, `{"title":"New"}`), `"A completed task cannot be updated."`, "message")
	if c.state().Title != "A task" {
		t.Error("a completed task was changed")
	}
}

func TestUpdateRouting(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.expect(http.StatusNotFound, http.MethodPut, orgTask, `{`+echo+`}`)
	c.expect(http.StatusNotFound, http.MethodPut, otherTask, `{}`)
	c.AddTask(oneOff())
	c.expect(http.StatusNotFound, http.MethodPut, runTask, `{}`)
}

func TestUpdateDeadlineIsShifted(t *testing.T) {
	for sent, want := range map[string]string{
		"2035-06-09T23:30:00-02:00": "2035-06-11T01:30:00Z", // A Sunday in UTC.
		"2035-06-09":                "2035-06-11T00:00:00Z", // A Saturday.
		"2035-06-08T10:00:00.5Z":    "2035-06-08T10:00:00Z", // A Friday.
		"2035-06-08T10:00:00":       "2035-06-08T10:00:00Z",
		"2035-06-04T19:00:00+02:00": "2035-06-04T17:00:00.000Z", // What the task has already.
	} {
		t.Run(sent, func(t *testing.T) {
			added := oneOff()
			added.RunID, added.Deadline = run, "2035-06-04T17:00:00.000Z"
			c := start(t, sandbox.Config{}, added)
			got := c.expect(http.StatusOK, http.MethodPut, runTask, `{"deadline":"`+sent+`"}`)
			c.check(got, `"`+want+`"`, "data", "deadline")
		})
	}
}
