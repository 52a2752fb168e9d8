// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// parseTask parses a complete response with a task.
func parseTask(body []byte, id string) (*Task, error) {
	return readTask(&response{body: body, redact: noRedaction}, id)
}

func TestReadTask(t *testing.T) {
	t.Parallel()
	full, err := parseTask([]byte(`{"data":{"id":"bbbb","run_id":"aaaa","title":"T","task_type":"approval","status":"completed","is_approved":true,
		"everyone_must_complete":1,"archived_at":null,"deadline":"2030-01-01T00:00:00Z","completed_at":"2026-05-20T17:00:00.000Z","completer_id":"1001",
		"completer_guest":"g1","owners":{"users":[1,{"id":2,"full_name":"Two"}],"guests":["a@b.c",{"email":"d@e.f","id":"x"}],"groups":[{"id":"g"}]},
		"taskdata":{"f1":12345678901234567890,"f2":null},"tasks_changed_by_rules":[],
		"completion_progress":{"total": 4, "done": 1},"last_updated":"2026-05-20T17:00:01.000Z"}}`), task)
	if err != nil {
		t.Fatal(err)
	}
	want := &Task{
		ID: "bbbb", RunID: "aaaa", ShowsRun: true, Title: "T", Type: "approval", Status: "completed", IsApproved: new(true),
		EveryoneMustComplete: true, Deadline: "2030-01-01T00:00:00Z", CompletedAt: "2026-05-20T17:00:00.000Z",
		CompleterID: 1001, CompleterGuestID: "g1",
		Owners:   &Owners{Users: []int64{1, 2}, Guests: []string{"a@b.c", "d@e.f"}, Groups: []string{"g"}},
		Taskdata: map[string]any{"f1": json.Number("12345678901234567890"), "f2": nil}, TasksChangedByRules: json.RawMessage("[]"),
		Progress: json.RawMessage(`{"total": 4, "done": 1}`), LastUpdated: "2026-05-20T17:00:01.000Z",
	}
	if !reflect.DeepEqual(full, want) {
		t.Errorf("got  %+v\nwant %+v", full, want)
	}
}

func TestReadTaskTolerates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body  string
		check func(*Task) bool
	}{
		"no envelope":            {`{"id":"bbbb","status":"in-progress"}`, func(k *Task) bool { return !k.Completed() && k.Taskdata == nil && k.Owners == nil }},
		"run_id null":            {`{"id":"bbbb","run_id":null}`, func(k *Task) bool { return k.RunID == "" && k.ShowsRun }},
		"no run_id":              {`{"id":"bbbb"}`, func(k *Task) bool { return k.RunID == "" && !k.ShowsRun && k.IsOneOff == nil }},
		"one-off":                {`{"id":"bbbb","is_oneoff_task":1}`, func(k *Task) bool { return *k.IsOneOff }},
		"no id":                  {`{"data":{"status":"completed"}}`, func(k *Task) bool { return k.Completed() && k.ID == "bbbb" }},
		"empty taskdata":         {`{"id":"bbbb","taskdata":[]}`, func(k *Task) bool { return k.Taskdata != nil && len(k.Taskdata) == 0 }},
		"form, wrapped":          {`{"id":"bbbb","form_fields":{"data":[{"id":"f","field_value":"v","value":"old"}]}}`, func(k *Task) bool { return k.Taskdata["f"] == "v" }},
		"form, bare, older name": {`{"id":"bbbb","taskdata":null,"form_fields":[{"id":"f","value":"v"}]}`, func(k *Task) bool { return k.Taskdata["f"] == "v" }},
		"owners [] in buckets":   {`{"id":"bbbb","owners":{"users":[],"guests":[],"groups":[]}}`, func(k *Task) bool { return k.Owners != nil }},
		"owners unreadable":      {`{"id":"bbbb","owners":{"users":[{"name":"x"}]}}`, func(k *Task) bool { return k.Owners == nil }},
		"owners not all shown":   {`{"id":"bbbb","owners":{"users":[1],"guests":[]}}`, func(k *Task) bool { return k.Owners == nil }},
		"owners as PHP's map":    {`{"id":"bbbb","owners":{"users":{"1":{"id":1}},"guests":[],"groups":[]}}`, func(k *Task) bool { return k.Owners == nil }},
		"fields of odd types": {`{"id":"bbbb","title":{"a":1},"completer_id":true,"is_approved":"maybe","completed_at":[],"status":7}`, func(k *Task) bool {
			return k.Title == "" && k.CompleterID == 0 && k.IsApproved == nil && !k.Completed()
		}},
		"status complete": {`{"id":"bbbb","status":"complete"}`, (*Task).Completed},
		"ID in capitals":  {`{"id":"BBBB","status":"completed"}`, func(k *Task) bool { return k.ID == "bbbb" }},
		"progress null":   {`{"id":"bbbb","completion_progress":null,"last_updated":null}`, func(k *Task) bool { return k.Progress == nil && k.LastUpdated == "" }},
		"options": {`{"id":"bbbb","form_fields":[{"id":"f","options":[{"id":3,"text":"A","label":"x","value":"y"},{"label":"B","value":"y"},{"id":4,"text":null,"value":"C"},"D",{"id":5}]}]}`, func(k *Task) bool {
			return reflect.DeepEqual(k.Form[0].Options, []Option{{3, "A"}, {0, "B"}, {4, "C"}, {0, "D"}})
		}},
		"time alone": {`{"id":"bbbb","completed_at":"2026-01-01T00:00:00Z","status":"in-progress"}`, (*Task).Completed},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseTask([]byte(c.body), task)
			if err != nil || !c.check(got) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	if got, err := parseTask([]byte(`{"data":{"id":42}}`), "42"); err != nil || got.ID != "42" {
		t.Errorf("an id that is a number: got %+v, %v", got, err)
	}
}

func TestReadTaskRejects(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                                      "empty",
		"  ":                                    "empty",
		"<html><title>Sign in</title></html>":   `HTML page titled "Sign in"`,
		`{"data":{"id":"bb`:                     "broke off",
		`{"data":[]}`:                           "not a task",
		`[]`:                                    "not a task",
		`"ok"`:                                  "not a task",
		`{}`:                                    "not a task",
		`{"message":"ok"}`:                      "not a task",
		`{"status":"error","message":"x"}`:      "not a task",
		`{"data":{"id":"cccc","status":"x"}}`:   "another task",
		`{"data":[{"id":"bbbb","status":"x"}]}`: "not a task",
	} {
		t.Run(body, func(t *testing.T) {
			if got, err := parseTask([]byte(body), task); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %+v, %v; want %q", got, err, want)
			}
		})
	}
}

func TestDecision(t *testing.T) {
	t.Parallel()
	no := new(false)
	for _, c := range []struct {
		task Task
		want *bool
	}{
		{Task{Type: "approval", Status: "completed", IsApproved: no}, no},
		{Task{Type: "approval", CompletedAt: "2026-01-01T00:00:00Z"}, nil},
		{Task{Type: "approval", Status: "in-progress", IsApproved: no}, nil},
		{Task{Type: "task", Status: "completed", IsApproved: no}, nil},
		{Task{Status: "completed", IsApproved: no}, nil},
	} {
		t.Run(c.task.Type+" "+c.task.Status, func(t *testing.T) {
			if got := c.task.Decision(); got != c.want {
				t.Errorf("%+v: got %v, want %v", c.task, got, c.want)
			}
		})
	}
}
