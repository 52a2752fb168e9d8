// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// FuzzReadTask checks the facts on which decisions depend: a task with another ID is an error; a
// task is completed only if the response says so; owners are complete or nil; values are exact; and
// neither an envelope nor encoding and decoding a task again makes a difference.
func FuzzReadTask(f *testing.F) {
	for _, body := range []string{
		openTask,
		completedTask,
		// Every field, as the item alone and as its envelope's data (API.md §2.1).
		`{"id":"bbbb","increment_id":7,"run_id":"aaaa","title":"T","alias":null,"status":"in-progress","status_label":"Open","task_type":"approval",
			"is_approved":false,"is_oneoff_task":true,"everyone_must_complete":true,"owners":{"users":[1001],"guests":["a@b.c"],"groups":["g1"],"taskUrls":[]},
			"taskdata":[],"started_at":null,"deadline":"2026-05-20T17:00:00.000Z","archived_at":null,"completed_at":null,"completer_id":null}`,
		`{"data":{"id":"bbbb","run_id":null,"status":"completed","is_approved":true,"completed_at":"2026-05-20T17:00:00Z","completer_id":null,
			"completer_guest":"9f","owners":{"users":[{"id":1001,"full_name":"A"}],"guests":[{"email":"a@b.c","id":"9f"}],"groups":[{"id":"g1"}]},
			"taskdata":{"f1":{"id":3,"text":"Office 365","value":null},"f2":[{"id":1,"text":"Slack","selected":true}],"f3":null,"f4":1.50,"f5":12345678901234567890},"tasks_changed_by_rules":[]}}`,
		// Reopened (§1.2), and the words of §2.2.
		`{"data":{"id":"bbbb","status":"in-progress","completed_at":null,"completer_id":null,"completer_guest_id":null,"is_approved":null,"tasks_changed_by_rules":{}}}`,
		`{"data":{"status":"auto-skipped"}}`, `{"status":"complete"}`, `{"data":{"id":"bbbb","status":"active"}}`, `{"id":"bbbb","status":"overdue"}`,
		// The form, wrapped and bare, by both names of the value (§1.3).
		`{"data":{"id":"bbbb","form_fields":{"data":[{"id":"f1","field_type":"text","field_value":"v"}]}}}`,
		`{"data":{"id":"bbbb","taskdata":null,"form_fields":[{"id":1,"value":[]}]}}`,
		// PHP's lists with gaps are objects, and its empty objects lists.
		`{"id":"bbbb","owners":{"users":{"1":{"id":1001}},"guests":[],"groups":[]}}`,
		`{"id":"bbbb","owners":[]}`, `{"id":"BBBB","completion_progress":{"total":4},"tasks_changed_by_rules":{"t":{"taskdata":{"f":1}}}}`,
		`{"id":"bbbb","owners":{"users":{"data":[1001]},"guests":{"data":[]},"groups":[""]}}`,
		// No task, or another.
		`{"data":{"id":"cccc","status":"completed"}}`, `{"data":[{"id":"bbbb"}]}`, `{"data":[]}`, `[]`, `null`, `"ok"`, ``, `<html>`,
		`{"id":1}`, `{"id":null,"data":{"id":"bbbb"}}`, `{"data":{"data":{"id":"bbbb"}}}`, `{"error":true,"message":"Resource not found","code":"RESOURCE_NOT_FOUND"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := parseTask(body, task)
		if (got == nil) == (err == nil) {
			t.Fatalf("both or neither of a task and an error: %+v, %v", got, err)
		}
		checkEnvelope(t, body, got, err)
		if err != nil {
			return
		}
		said := item(t, body)
		if id := said["id"]; got.ID != task || isText(id) && !strings.EqualFold(fmt.Sprint(id), task) {
			t.Errorf("the response about %v was taken for one about %s", id, got.ID)
		}
		if status, _ := said["status"].(string); !isText(said["id"]) && !isText(said["completed_at"]) && !slices.Contains(statuses, status) {
			t.Errorf("a task was read from a response without one: %v", said)
		}
		done := said["status"] == "completed" || said["status"] == "complete" || isText(said["completed_at"])
		if got.Completed() != done {
			t.Errorf("completed is %v, though status is %v and completed_at %v", got.Completed(), said["status"], said["completed_at"])
		}
		if got.Owners != nil {
			checkOwners(t, got.Owners, said["owners"])
		}
		if values, ok := said["taskdata"].(map[string]any); ok && !reflect.DeepEqual(got.Taskdata, values) {
			t.Errorf("the values are %v, and were read as %v", values, got.Taskdata)
		}
		again, err := parseTask(written(t, got), task)
		if err != nil || !sameTask(again, got) {
			t.Errorf("written down and read again:\n%+v, %v\nin place of\n%+v", again, err, got)
		}
	})
}

// checkEnvelope checks that an item in an envelope is read like the item alone.
func checkEnvelope(t *testing.T, body []byte, alone *Task, errAlone error) {
	t.Helper()
	var members map[string]json.RawMessage
	wrapped := fmt.Appendf(nil, `{"data":%s}`, body)
	if json.Unmarshal(body, &members) != nil || members == nil || !json.Valid(wrapped) {
		return
	}
	if members["id"] == nil && members["data"] != nil { // an envelope itself
		return
	}
	if got, err := parseTask(wrapped, task); !reflect.DeepEqual(got, alone) || fmt.Sprint(err) != fmt.Sprint(errAlone) {
		t.Errorf("in an envelope:\n%+v, %v\nalone:\n%+v, %v", got, err, alone, errAlone)
	}
}

// checkOwners checks that no owner of the response is missing or empty: saving incomplete owners
// would remove the others.
func checkOwners(t *testing.T, owners *Owners, said any) {
	t.Helper()
	if slices.Contains(owners.Users, 0) || slices.Contains(owners.Guests, "") || slices.Contains(owners.Groups, "") {
		t.Errorf("an owner is empty: %+v", owners)
	}
	buckets, _ := said.(map[string]any)
	for name, got := range map[string]int{"users": len(owners.Users), "guests": len(owners.Guests), "groups": len(owners.Groups)} {
		bucket := buckets[name]
		if envelope, ok := bucket.(map[string]any); ok {
			bucket = envelope["data"]
		}
		if entries, ok := bucket.([]any); !ok || len(entries) != got {
			t.Errorf("%d %s were read of %v", got, name, buckets[name])
		}
	}
}

// item decodes the item of the response without the code under test.
func item(t *testing.T, body []byte) map[string]any {
	t.Helper()
	outer, ok := decodePlainly(body).(map[string]any)
	if !ok {
		t.Fatal("a task was read of what is no object")
	}
	if _, bare := outer["id"]; bare {
		return outer
	}
	if inner, ok := outer["data"].(map[string]any); ok {
		return inner
	}
	return outer
}

// isText reports whether v is a non-empty string or a number.
func isText(v any) bool {
	_, number := v.(json.Number)
	text, _ := v.(string)
	return number || text != ""
}

// written is the task as Tallyfy encodes it.
func written(t *testing.T, k *Task) []byte {
	t.Helper()
	var form []any
	if k.Form != nil {
		form = []any{}
	}
	for _, f := range k.Form {
		options, columns := []any{}, []any{}
		for _, option := range f.Options {
			options = append(options, map[string]any{"id": option.ID, "text": option.Text})
		}
		for _, column := range f.Columns {
			columns = append(columns, map[string]any{"label": column})
		}
		form = append(form, map[string]any{
			"id": f.ID, "label": f.Label, "alias": f.Alias, "field_type": f.Type, "required": f.Required,
			"options": options, "columns": columns, "field_value": f.Value,
		})
	}
	members := map[string]any{
		"is_oneoff_task": k.IsOneOff,
		"id":             k.ID, "alias": k.Alias, "form_fields": form, "run_id": k.RunID, "title": k.Title, "task_type": k.Type, "status": k.Status, "is_approved": k.IsApproved,
		"everyone_must_complete": k.EveryoneMustComplete, "archived_at": k.ArchivedAt, "completed_at": k.CompletedAt, "deadline": k.Deadline,
		"completer_id": k.CompleterID, "completer_guest_id": k.CompleterGuestID, "owners": k.Owners, "taskdata": k.Taskdata,
		"tasks_changed_by_rules": k.TasksChangedByRules, "completion_progress": k.Progress, "last_updated": k.LastUpdated,
	}
	if !k.ShowsRun {
		delete(members, "run_id")
	}
	body, err := json.Marshal(map[string]any{"data": members})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// sameTask compares two tasks regardless of whitespace and escapes in their JSON.
func sameTask(a, b *Task) bool {
	x, y := *a, *b
	x.TasksChangedByRules, y.TasksChangedByRules, x.Progress, y.Progress = nil, nil, nil, nil
	return reflect.DeepEqual(x, y) && reflect.DeepEqual(decode(a.TasksChangedByRules), decode(b.TasksChangedByRules)) &&
		reflect.DeepEqual(decode(a.Progress), decode(b.Progress))
}
