// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"encoding/json"
)

// Task is what Tallyfy tells of a task (tallyfy-api §2.1), as far as completing it needs. A zero value means that
// the answer did not tell.
type Task struct {
	ID string
	// RunID is the process that the task belongs to. A one-off task has none.
	RunID string
	// ShowsRun says that the response includes RunID, even if only to show that the task has none.
	ShowsRun bool
	// IsOneOff is Tallyfy's is_oneoff_task; nil if the response does not include it. A one-off task may belong to a process all the
	// same (tallyfy-api §1.1).
	IsOneOff *bool
	Title    string
	// Alias is a stable slug of the step that the task came from.
	Alias string
	// Type is task, approval, expiring, email, expiring_email, or what older versions of the API called them.
	Type string
	// Status is one of the words of tallyfy-api §2.2. Use [Task.Completed] to tell whether the task is done.
	Status string
	// IsApproved means something only on a completed approval.
	IsApproved *bool
	// EveryoneMustComplete: one completion is only the caller's share.
	EveryoneMustComplete bool
	// ArchivedAt, CompletedAt and Deadline are times as Tallyfy wrote them: ISO 8601, UTC, with or without fractions.
	ArchivedAt, CompletedAt, Deadline string
	// CompleterID is the member who completed the task, CompleterGuestID the guest.
	CompleterID      int64
	CompleterGuestID string
	// Owners are whom the task is assigned to; nil where the answer does not tell.
	Owners *Owners
	// Taskdata holds the values of the form's fields by their id; nil where the answer does not show them.
	Taskdata map[string]any
	// Form is the form in the order of its fields; nil where the answer does not include it.
	Form []Field
	// TasksChangedByRules is what the automations changed, as JSON; only responses to a completion or reopening have it. The values of
	// forms are left out of it.
	TasksChangedByRules json.RawMessage
	// Progress is how many of those who must complete the task have, as JSON: its shape is not documented. It is nil for none.
	Progress json.RawMessage
	// LastUpdated is a time as Tallyfy wrote it.
	LastUpdated string
	// Answered says when Tallyfy showed the task so; zero in a list.
	Answered Answered
}

// Owners are whom a task is assigned to. Saved, they replace all that were there (tallyfy-api §1.5).
type Owners struct {
	Users  []int64  `json:"users"`
	Guests []string `json:"guests"`
	Groups []string `json:"groups"`
}

// Completed tells whether the task is done, by Tallyfy's own reckoning: it has a time of completion, or says so (tallyfy-api §2.2).
func (t *Task) Completed() bool {
	return t.CompletedAt != "" || t.Status == "completed" || t.Status == "complete"
}

// Decision is what was decided on an approval; nil for everything else. An open task shows IsApproved too, and other types
// do, where it means nothing (tallyfy-api §2.1).
func (t *Task) Decision() *bool {
	if t.Type != "approval" || !t.Completed() {
		return nil
	}
	return t.IsApproved
}

func taskFrom(f fields) *Task {
	t := &Task{
		ID:                   f.text("id"),
		RunID:                f.text("run_id"),
		IsOneOff:             f.flag("is_oneoff_task"),
		Title:                f.text("title"),
		Alias:                f.text("alias"),
		Type:                 f.text("task_type"),
		Status:               f.text("status"),
		IsApproved:           f.flag("is_approved"),
		EveryoneMustComplete: isTrue(f.flag("everyone_must_complete")),
		ArchivedAt:           f.text("archived_at"),
		CompletedAt:          f.text("completed_at"),
		LastUpdated:          f.text("last_updated"),
		Progress:             f.raw("completion_progress"),
		Deadline:             f.text("deadline"),
		CompleterID:          f.whole("completer_id"),
		CompleterGuestID:     f.text("completer_guest_id"),
		Owners:               ownersFrom(f["owners"]),
		Form:                 formFrom(f["form_fields"]),
	}
	_, t.ShowsRun = f["run_id"]
	t.Taskdata = taskdataFrom(f["taskdata"], t.Form)
	if t.CompleterGuestID == "" {
		t.CompleterGuestID = f.text("completer_guest") // the name that Tallyfy's SDK knows (tallyfy-api §2.1)
	}
	t.TasksChangedByRules = withoutValues(f.raw("tasks_changed_by_rules"), asIs)
	return t
}

func isTrue(b *bool) bool { return b != nil && *b }

// taskdataFrom reads the values of the form, from the task itself or from an included form (tallyfy-api §1.3).
func taskdataFrom(raw json.RawMessage, form []Field) map[string]any {
	if held, told := object(raw); told {
		values := make(map[string]any, len(held))
		for id, raw := range held {
			values[id] = decode(raw)
		}
		return values
	}
	if form == nil {
		return nil
	}
	values := make(map[string]any, len(form))
	for _, field := range form {
		values[field.ID] = field.Value
	}
	return values
}

// ownersFrom reads the three buckets, whose entries are ids or whole objects (tallyfy-api §2.1). It is nil unless all
// three are there and could be read entry by entry, since owners that are saved incomplete take the others off the task.
func ownersFrom(raw json.RawMessage) *Owners {
	f, told := object(raw)
	if !told {
		return nil
	}
	owners := &Owners{Users: []int64{}, Guests: []string{}, Groups: []string{}}
	complete := true
	each := func(bucket string, take func(fields) bool) {
		entries, told := list(f[bucket])
		complete = complete && told
		for _, raw := range entries {
			entry, isObject := object(raw)
			if !isObject {
				entry = fields{"id": raw}
			}
			complete = take(entry) && complete
		}
	}
	each("users", func(entry fields) bool {
		id := entry.whole("id")
		owners.Users = append(owners.Users, id)
		return id != 0
	})
	each("guests", func(entry fields) bool {
		guest := entry.text("email") // what guests are addressed by (tallyfy-api §5)
		if guest == "" {
			guest = entry.text("id")
		}
		owners.Guests = append(owners.Guests, guest)
		return guest != ""
	})
	each("groups", func(entry fields) bool {
		id := entry.text("id")
		owners.Groups = append(owners.Groups, id)
		return id != ""
	})
	if !complete {
		return nil
	}
	return owners
}
