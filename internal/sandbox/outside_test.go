// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestAddTaskDefaults(t *testing.T) {
	yes := true
	s := sandbox.New(sandbox.Config{})
	for _, test := range []struct {
		added  sandbox.Task
		status string
	}{
		{sandbox.Task{}, "in-progress"},
		{sandbox.Task{Status: "not-started"}, "not-started"},
		{sandbox.Task{Hidden: true}, "auto-skipped"},
		{sandbox.Task{Status: "completed", IsApproved: &yes}, "completed"},
		{sandbox.Task{CompletedAt: "2035-06-06T12:00:00.000Z"}, "completed"},
		{sandbox.Task{Hidden: true, CompletedAt: "2035-06-06T12:00:00.000Z"}, "completed"},
	} {
		t.Run(test.status, func(t *testing.T) {
			test.added.ID = "x"
			s.AddTask(test.added)
			got, ok := s.Task("x")
			if !ok || got.Status != test.status || got.Type != "task" || got.Title != "Task x" {
				t.Errorf("%+v became %+v", test.added, got)
			}
			if (got.CompletedAt != "") != (test.status == "completed") {
				t.Errorf("%s at %q", got.Status, got.CompletedAt)
			}
		})
	}
	if _, ok := s.Task("y"); ok {
		t.Error("a task out of nothing")
	}
}

// TestTaskIsACopy changes what was added and what was read.
func TestTaskIsACopy(t *testing.T) {
	yes := true
	s := sandbox.New(sandbox.Config{})
	added := sandbox.Task{
		ID: "x", IsApproved: &yes, Shares: []int64{1},
		Owners:   sandbox.Owners{Users: []int64{1}, Guests: []string{"g"}, Groups: []string{"h"}},
		Fields:   []sandbox.Field{{ID: "f", Options: []string{"o"}, Columns: []string{"c"}}},
		Taskdata: map[string]any{"f": map[string]any{"list": []int{1}}},
	}
	s.AddTask(added)
	want, _ := s.Task("x")
	spoil := func(task sandbox.Task) {
		*task.IsApproved = false
		task.Shares[0], task.Owners.Users[0], task.Owners.Guests[0], task.Owners.Groups[0] = 9, 9, "9", "9"
		task.Fields[0].Options[0], task.Fields[0].Columns[0] = "9", "9"
		task.Fields[0].ID = "9"
		if inner, ok := task.Taskdata["f"].(map[string]any); ok {
			inner["list"] = 9
		}
		task.Taskdata["g"] = 9
	}
	spoil(added)
	read, _ := s.Task("x")
	inner, _ := read.Taskdata["f"].(map[string]any)
	list, _ := inner["list"].([]any)
	if len(list) != 1 || list[0] != json.Number("1") {
		t.Fatalf("values are not those of JSON: %#v", read.Taskdata)
	}
	list[0] = 9
	spoil(read)
	if got, _ := s.Task("x"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestCompleteOutside(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		taskType string
		approved *bool
		want     *bool
		expired  bool
	}{
		{"task", nil, nil, false},
		{"task", &no, nil, false},
		{"approval", nil, &yes, false},
		{"approval", &no, &no, false},
		{"expiring", nil, nil, false},
		{"expiring", &no, nil, true},
	} {
		t.Run(test.taskType, func(t *testing.T) {
			s := sandbox.New(sandbox.Config{})
			s.AddTask(sandbox.Task{ID: "x", Type: test.taskType, Archived: true, Issue: true, AssigneesOnly: true})
			s.CompleteOutside("x", 7, test.approved)
			s.CompleteOutside("x", 8, &yes) // Already completed.
			got, _ := s.Task("x")
			if got.Status != "completed" || got.CompletedAt == "" || got.CompleterID != 7 ||
				!reflect.DeepEqual(got.IsApproved, test.want) || got.Expired != test.expired {
				t.Errorf("%+v", got)
			}
			if s.Webhooks("x") != 1 {
				t.Errorf("webhooks fired %d times", s.Webhooks("x"))
			}
			s.ReopenOutside("x")
			got, _ = s.Task("x")
			if got.Status != "in-progress" || got.CompletedAt != "" || got.CompleterID != 0 || got.IsApproved != nil || got.Expired {
				t.Errorf("reopened: %+v", got)
			}
			if s.Reopens("x") != 0 {
				t.Error("a reopening outside counts as one through the API")
			}
		})
	}
}

func TestCompleteOutsideShare(t *testing.T) {
	s := sandbox.New(sandbox.Config{})
	s.AddTask(sandbox.Task{ID: "x", EveryoneMustComplete: 2})
	s.CompleteOutside("x", 7, nil)
	if got, _ := s.Task("x"); got.CompletedAt != "" {
		t.Error("completed by one of two")
	}
	s.CompleteOutside("x", 8, nil)
	if got, _ := s.Task("x"); got.CompletedAt == "" || got.CompleterID != 8 {
		t.Errorf("got %+v", got)
	}
}

func TestCompleteOutsideWith(t *testing.T) {
	no := false
	s := sandbox.New(sandbox.Config{Rewrite: strings.ToUpper})
	s.AddTask(sandbox.Task{
		ID: "x", Type: "approval",
		Fields:   []sandbox.Field{{ID: "choice", Type: "multiselect", Options: []string{"A", "B"}}, {ID: "note", Type: "text"}},
		Taskdata: map[string]any{"old": 1, "kept": 2},
	})
	values := map[string]any{"note": "a", "old": nil, "choice": []any{map[string]any{"id": 2, "text": "B", "selected": true}}}
	s.CompleteOutsideWith("x", 7, &no, values)
	s.CompleteOutsideWith("x", 8, nil, map[string]any{"note": "late"}) // It is already completed.
	got, _ := s.Task("x")
	if got.CompleterID != 7 || *got.IsApproved || s.Webhooks("x") != 1 || s.Completions("x") != 0 {
		t.Errorf("got %+v", got)
	}
	want := map[string]any{
		"note": "a", "kept": json.Number("2"),
		"choice": []any{
			map[string]any{"id": json.Number("1"), "text": "A", "selected": false, "value": nil, "required": false},
			map[string]any{"id": json.Number("2"), "text": "B", "selected": true, "value": nil, "required": false},
		},
	}
	if !reflect.DeepEqual(got.Taskdata, want) {
		t.Errorf("got %v, want %v", got.Taskdata, want)
	}
}

func TestChangedOutside(t *testing.T) {
	s := sandbox.New(sandbox.Config{})
	s.AddTask(sandbox.Task{ID: "x", Owners: sandbox.Owners{Users: []int64{1}, Groups: []string{"96"}}})
	s.ReassignOutside("x", 7, 8)
	s.RenameOutside("x", "Renamed")
	got, _ := s.Task("x")
	if want := (sandbox.Owners{Users: []int64{7, 8}, Groups: []string{"96"}}); !reflect.DeepEqual(got.Owners, want) || got.Title != "Renamed" {
		t.Errorf("got %+v", got)
	}
}

func TestUpdateOutside(t *testing.T) {
	s := sandbox.New(sandbox.Config{})
	s.AddTask(sandbox.Task{ID: "x"})
	s.Update("x", func(task *sandbox.Task) {
		task.ID, task.Hidden, task.Taskdata = "y", true, map[string]any{"f": 1.5}
	})
	got, ok := s.Task("x")
	if !ok || got.ID != "x" || got.Status != "auto-skipped" || got.Taskdata["f"] != json.Number("1.5") {
		t.Errorf("got %+v", got)
	}
	s.Update("x", func(task *sandbox.Task) { task.Hidden = false })
	if got, _ := s.Task("x"); got.Status != "in-progress" {
		t.Errorf("shown again, and %s", got.Status)
	}
}

func TestInvalidCallsPanic(t *testing.T) {
	s := sandbox.New(sandbox.Config{})
	s.DeleteTask("unknown") // No mistake.
	if s.Webhooks("unknown") != 0 {
		t.Error("webhooks of nothing")
	}
	for name, mistake := range map[string]func(){
		"no id":      func() { s.AddTask(sandbox.Task{}) },
		"complete":   func() { s.CompleteOutside("unknown", 1, nil) },
		"reopen":     func() { s.ReopenOutside("unknown") },
		"run issue":  func() { s.SetRunIssue("unknown", true) },
		"run":        func() { s.ArchiveRun("unknown", true) },
		"update":     func() { s.Update("unknown", func(*sandbox.Task) {}) },
		"not JSON":   func() { s.AddTask(sandbox.Task{ID: "x", Taskdata: map[string]any{"f": func() {}}}) },
		"not a JSON": func() { s.AddTask(sandbox.Task{ID: "x", Extra: map[string]any{"f": make(chan int)}}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			mistake()
		})
	}
	s.AddTask(sandbox.Task{ID: "x"}) // The lock was given back.
}
