// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"encoding/json"
)

// Task is a task (API.md §2.1). A zero value means that the response did not include the member.
type Task struct {
	ID string
	// Ref is the reference by which the task was requested: a response need not show its process,
	// and shows no organization.
	Ref TaskRef
	// RunID is the ID of the process that the task belongs to; empty for a one-off task.
	RunID string
	// ShowsRun says that the response includes RunID, even if only to show that the task has none.
	ShowsRun bool
	// IsOneOff is Tallyfy's is_oneoff_task; nil if the response does not include it. A one-off task
	// may belong to a process all the same (API.md §1.1).
	IsOneOff *bool
	Title    string
	// Alias is a stable slug of the step from which the task was created.
	Alias string
	// Type is task, approval, expiring, email or expiring_email, or a name from older versions of
	// the API.
	Type string
	// Status is a value of API.md §2.2. Use [Task.Completed] to find out whether the task is
	// completed.
	Status string
	// IsApproved is the decision of a completed approval. It means nothing on other tasks.
	IsApproved *bool
	// EveryoneMustComplete reports whether a completion is only the caller's share.
	EveryoneMustComplete bool
	// ArchivedAt, CompletedAt and Deadline are times as Tallyfy wrote them: ISO 8601, UTC, with or
	// without fractions.
	ArchivedAt, CompletedAt, Deadline string
	// CompleterID is the ID of the member who completed the task, CompleterGuestID that of the
	// guest.
	CompleterID      int64
	CompleterGuestID string
	// Owners are the assignees; nil if the response does not include them.
	Owners *Owners
	// Taskdata are the form values by the ID of their field; nil if the response does not include
	// them.
	Taskdata map[string]any
	// Form is the form in the order of its fields; nil if the response does not include it.
	Form []Field
	// TasksChangedByRules is what automations changed, as JSON without form values. Only responses
	// to a completion or a reopening include it.
	TasksChangedByRules json.RawMessage
	// Progress is the number of users who have completed their share, as JSON of an undocumented
	// shape; nil for none.
	Progress json.RawMessage
	// LastUpdated is a time as Tallyfy wrote it.
	LastUpdated string
	// Timing is when Tallyfy responded; zero for tasks of a list.
	Timing Timing
}

// Owners are the assignees of a task. Saving them replaces all assignees (API.md §1.5).
type Owners struct {
	Users  []int64  `json:"users"`
	Guests []string `json:"guests"`
	Groups []string `json:"groups"`
}

// Completed reports whether the task is completed, as Tallyfy's clients decide it: it has a
// completion time or a completed status (API.md §2.2).
func (t *Task) Completed() bool {
	return t.CompletedAt != "" || t.Status == "completed" || t.Status == "complete"
}

// Decision returns the decision of a completed approval, and nil for any other task. Open tasks and
// tasks of other types have IsApproved too, but it means nothing there (API.md §2.1).
func (t *Task) Decision() *bool {
	if t.Type != TypeApproval || !t.Completed() {
		return nil
	}
	return t.IsApproved
}

func taskFrom(f jsonObject) *Task {
	t := &Task{
		ID:                   f.text("id"),
		RunID:                f.text("run_id"),
		IsOneOff:             f.boolean("is_oneoff_task"),
		Title:                f.text("title"),
		Alias:                f.text("alias"),
		Type:                 f.text("task_type"),
		Status:               f.text("status"),
		IsApproved:           f.boolean("is_approved"),
		EveryoneMustComplete: isTrue(f.boolean("everyone_must_complete")),
		ArchivedAt:           f.text("archived_at"),
		CompletedAt:          f.text("completed_at"),
		LastUpdated:          f.text("last_updated"),
		Progress:             f.raw("completion_progress"),
		Deadline:             f.text("deadline"),
		CompleterID:          f.integer("completer_id"),
		CompleterGuestID:     f.text("completer_guest_id"),
		Owners:               ownersFrom(f["owners"]),
		Form:                 formFrom(f["form_fields"]),
	}
	_, t.ShowsRun = f["run_id"]
	t.Taskdata = taskdataFrom(f["taskdata"], t.Form)
	if t.CompleterGuestID == "" {
		t.CompleterGuestID = f.text("completer_guest") // the name in Tallyfy's SDK (API.md §2.1)
	}
	t.TasksChangedByRules = withoutValues(f.raw("tasks_changed_by_rules"), noRedaction)
	return t
}

func isTrue(b *bool) bool { return b != nil && *b }

// taskdataFrom parses the form values, from the task itself and from an included form (API.md
// §1.3). The form has those that taskdata lacks, because nothing says that taskdata is complete in
// every response: an empty one is [] (API.md §2).
func taskdataFrom(raw json.RawMessage, form []Field) map[string]any {
	held, ok := parseObject(raw)
	if !ok && form == nil {
		return nil
	}
	values := make(map[string]any, len(held)+len(form))
	for _, field := range form {
		values[field.ID] = field.Value
	}
	for id, raw := range held {
		if value := decode(raw); value != nil || values[id] == nil {
			values[id] = value
		}
	}
	return values
}

// ownersFrom parses the three buckets, whose entries are IDs or objects (API.md §2.1). It returns
// nil unless all three exist and every entry can be parsed, because saving incomplete owners would
// remove the others from the task.
func ownersFrom(raw json.RawMessage) *Owners {
	f, ok := parseObject(raw)
	if !ok {
		return nil
	}
	owners := &Owners{Users: []int64{}, Guests: []string{}, Groups: []string{}}
	complete := true
	each := func(bucket string, add func(jsonObject) bool) {
		entries, ok := parseList(f[bucket])
		complete = complete && ok
		for _, raw := range entries {
			entry, isObject := parseObject(raw)
			if !isObject {
				entry = jsonObject{"id": raw}
			}
			complete = add(entry) && complete
		}
	}
	each("users", func(entry jsonObject) bool {
		id := entry.integer("id")
		owners.Users = append(owners.Users, id)
		return id != 0
	})
	each("guests", func(entry jsonObject) bool {
		guest := entry.text("email") // guests are addressed by email (API.md §5)
		if guest == "" {
			guest = entry.text("id")
		}
		owners.Guests = append(owners.Guests, guest)
		return guest != ""
	})
	each("groups", func(entry jsonObject) bool {
		id := entry.text("id")
		owners.Groups = append(owners.Groups, id)
		return id != ""
	})
	if !complete {
		return nil
	}
	return owners
}
