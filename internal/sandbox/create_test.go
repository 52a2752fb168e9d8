// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// newTask is the body of a creation, with more members.
func newTask(more string) string {
	return `{"title":"Check the backup","task_type":"task","owners":{"users":[1001,1002],"guests":["guest@example.com"]},"deadline":"2035-06-09T17:00:00Z"` + more + `}`
}

// createdID returns the ID in the response to a creation.
func createdID(t *testing.T, r reply) string {
	t.Helper()
	var id string
	if err := json.Unmarshal([]byte(r.at("data", "id")), &id); err != nil || len(id) != 32 {
		t.Fatalf("the ID is %s", r.at("data", "id"))
	}
	return id
}

func TestCreate(t *testing.T) {
	c := start(t, sandbox.Config{}, oneOff())
	got := c.expect(http.StatusCreated, http.MethodPost, orgTasks, newTask(`,"description":"Weekly","can_complete_only_assignees":true,"everyone_must_complete":true`))
	for key, want := range map[string]string{
		"title": `"Check the backup"`, "run_id": "null", "status": `"not-started"`, "task_type": `"task"`, "summary": `"Weekly"`, "is_oneoff_task": "true",
		"deadline":               `"2035-06-11T17:00:00Z"`, // moved from a Saturday
		"everyone_must_complete": "true", "can_complete_only_assignees": "true", "completion_progress": `{"completed":0,"total":3}`,
		"owners": `{"groups":[],"guests":["guest@example.com"],"users":[{"full_name":"User 1001","id":1001},{"full_name":"User 1002","id":1002}]}`,
	} {
		c.check(got, want, "data", key)
	}
	id := createdID(t, got)
	c.expect(http.StatusOK, http.MethodGet, orgTasks+"/"+id, "")
	c.expect(http.StatusOK, http.MethodPost, orgPost, `{"task_id":"`+id+`"}`)
	if second := createdID(t, c.expect(http.StatusCreated, http.MethodPost, orgTasks, newTask(""))); second == id {
		t.Errorf("two tasks have the ID %s", id)
	}
}

func TestCreateForm(t *testing.T) {
	c := start(t, sandbox.Config{})
	got := c.expect(http.StatusCreated, http.MethodPost, orgTasks, newTask(`,"form_fields":[
		{"label":"Backup ID","field_type":"text","required":true},
		{"label":"Checks","field_type":"multiselect","required":false,"options":[{"id":7,"text":"Size"},{"id":8,"text":"Age"}]},
		{"label":"Volumes","field_type":"table","required":false,"columns":[{"id":1,"label":"Zone"}]},
		{"label":"Nothing to choose","field_type":"dropdown","required":false}]`))
	id := createdID(t, got)
	stored, _ := c.Task(id)
	if len(stored.Fields) != 4 || strings.Join(stored.Fields[1].Options, " ") != "Size Age" || strings.Join(stored.Fields[2].Columns, " ") != "Zone" || !stored.Fields[0].Required {
		t.Fatalf("the form is %+v", stored.Fields)
	}
	seen := map[string]bool{}
	for _, f := range stored.Fields {
		if len(f.ID) != 32 || seen[f.ID] {
			t.Errorf("%s has the ID %q", f.Label, f.ID)
		}
		seen[f.ID] = true
	}
	c.expect(422, http.MethodPost, orgPost, `{"task_id":"`+id+`"}`) // the required field is empty

	refused := c.expect(422, http.MethodPost, orgTasks, newTask(`,"form_fields":[{"label":"x","field_type":"text"},{"required":true}]`))
	for _, path := range []string{"form_fields.0.required", "form_fields.1.label", "form_fields.1.field_type"} {
		if refused.at("errors", path) == "absent" {
			t.Errorf("nothing is said about %s: %s", path, refused.raw)
		}
	}
	c.expect(422, http.MethodPost, orgTasks, newTask(`,"form_fields":{"label":"x"}`))
}

func TestCreateInProcess(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	got := c.expect(http.StatusCreated, http.MethodPost, orgTasks, newTask(`,"run_id":"`+run+`"`))
	c.check(got, `"`+run+`"`, "data", "run_id")
	c.check(got, "true", "data", "is_oneoff_task")
	c.expect(http.StatusNotFound, http.MethodPost, orgTasks, newTask(`,"run_id":"`+other+`"`))

	got = c.expect(http.StatusCreated, http.MethodPost, orgTasks, newTask(`,"separate_task_for_each_assignee":true`))
	var container string
	if err := json.Unmarshal([]byte(got.at("data", "run_id")), &container); err != nil || container == run {
		t.Fatalf("the container is %s", got.at("data", "run_id"))
	}
	rows := c.expect(http.StatusOK, http.MethodGet, "/organizations/"+org+"/runs/"+container+"/tasks", "").rows()
	if len(rows) != 3 {
		t.Errorf("the container has %d tasks", len(rows))
	}
	c.expect(http.StatusNotFound, http.MethodPost, orgPost, `{"task_id":"`+createdID(t, got)+`"}`) // the routing trap
}

func TestCreateRefusals(t *testing.T) {
	c := start(t, sandbox.Config{})
	for body, name := range map[string]string{
		`{"task_type":"task","owners":{"users":[1]},"deadline":"2035-06-04"}`:                         "title",
		`{"title":"x","owners":{"users":[1]},"deadline":"2035-06-04"}`:                                "task_type",
		`{"title":"x","task_type":"task","owners":{},"deadline":"2035-06-04"}`:                        "owners",
		`{"title":"x","task_type":"task","owners":{"users":[1]}}`:                                     "deadline",
		`{"title":"x","task_type":"task","owners":{"users":[1]},"deadline":"soon"}`:                   "deadline",
		`{"title":"x","task_type":"chore","owners":{"users":[1]},"deadline":"2035-06-04"}`:            "task_type",
		`{"title":"x","task_type":"task","owners":{"users":["me"]},"deadline":"2035-06-04"}`:          "owners.users",
		`{"title":["x"],"task_type":"task","owners":{"users":[1]},"deadline":"2035-06-04T00:00:00Z"}`: "title",
	} {
		t.Run(body, func(t *testing.T) {
			if got := c.expect(422, http.MethodPost, orgTasks, body); got.at("errors", name) == "absent" {
				t.Errorf("nothing is said about %s: %s", name, got.raw)
			}
		})
	}
	if rows := c.expect(http.StatusOK, http.MethodGet, orgTasks, "").rows(); len(rows) != 0 {
		t.Errorf("%d tasks were created", len(rows))
	}
}

// TestCreateLag creates a task that a lagging list does not show, and a GET does.
func TestCreateLag(t *testing.T) {
	c := start(t, sandbox.Config{ListLag: 1})
	id := createdID(t, c.expect(http.StatusCreated, http.MethodPost, orgTasks, newTask("")))
	if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks, "")); got != "" {
		t.Errorf("the list shows %q", got)
	}
	c.expect(http.StatusOK, http.MethodGet, orgTasks+"/"+id, "")
	c.expect(http.StatusCreated, http.MethodPost, orgTasks, newTask(""))
	if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks, "")); got != id {
		t.Errorf("the list shows %q", got)
	}
}
