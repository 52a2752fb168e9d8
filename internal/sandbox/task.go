// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"slices"
	"time"
)

// Values of a task's status in bodies (API.md §2.2).
const (
	statusNotStarted  = "not-started"
	statusInProgress  = "in-progress"
	statusAutoSkipped = "auto-skipped"
	statusCompleted   = "completed"
)

// Values of task_type (API.md §2.1).
const (
	typeTask          = "task"
	typeApproval      = "approval"
	typeExpiring      = "expiring"
	typeEmail         = "email"
	typeExpiringEmail = "expiring_email"
)

// Task is a task that a test or the seed adds, or a copy of one that is read back.
// Times are ISO 8601 in UTC, as on the wire.
type Task struct {
	// ID is required. RunID is the process that the task belongs to; "" is a true
	// one-off task, with run_id null on the wire.
	ID, RunID string

	// Title defaults to "Task" and the ID.
	Title string

	// Summary and Alias are null if empty.
	Summary, Alias string

	// Type is task (or ""), approval, expiring, email or expiring_email.
	Type string

	// OneOff marks a one-off task that is attached to a run, which only the run's
	// paths can complete (API.md §1.1). A task without a RunID is always one-off.
	OneOff bool

	// Deadline is null if empty.
	Deadline string

	// Owners are the assignees.
	Owners Owners

	// Fields is the form.
	Fields []Field

	// Taskdata are the form values by field ID: JSON values, with numbers as
	// json.Number. AddTask and Update convert other Go values.
	Taskdata map[string]any

	// EveryoneMustComplete above 1 is how many users must complete the task; until
	// then a completion only adds a share. Shares are the users who have completed
	// theirs.
	EveryoneMustComplete int
	Shares               []int64

	// AssigneesOnly rejects a completion or reopening by a user who is not among the
	// owners.
	AssigneesOnly bool

	// Archived tasks, Hidden tasks (skipped by a rule), and tasks with an unresolved
	// Issue cannot be completed.
	Archived, Hidden, Issue bool

	// ReopenedByAutomation makes a rule reopen the task after each completion.
	ReopenedByAutomation bool

	// ChangedByRules is tasks_changed_by_rules in responses to completions and
	// reopenings within a run; nil is an empty one.
	ChangedByRules any

	// Status is a status of API.md §2.2; if empty, AddTask derives it.
	Status string

	// CompletedAt is empty, and CompleterID 0 and CompleterGuest "", if there is
	// none. IsApproved is the decision of a completed approval. Expired reports
	// whether an expiring task was completed with is_approved false.
	CompletedAt    string
	CompleterID    int64
	CompleterGuest string
	IsApproved     *bool
	Expired        bool

	// Extra replaces or adds members of the task on the wire. Updates through the API
	// store members in it that the sandbox does not model.
	Extra map[string]any
}

// Owners are the assignees of a task in their three buckets: IDs of users, emails of
// guests, IDs of groups.
type Owners struct {
	Users          []int64
	Guests, Groups []string
}

// Field is a field of a task's form. ID is the timeline ID, the key of its value in
// taskdata. Type is a field_type of API.md §1.5. Options are the texts of the
// options, with IDs counted from 1; without Options, a field accepts any value and
// stores it unchanged. Columns are the headings of a table. MustCheckAll marks a
// multiselect that can only be completed with every option selected. Alias is null
// if empty.
type Field struct {
	ID, Label, Type string
	Alias           string
	Required        bool
	Options         []string
	Columns         []string
	MustCheckAll    bool
}

// stored is a task with the data that the sandbox keeps about it.
type stored struct {
	Task
	number            int // increment_id and position, from 1
	created, updated  time.Time
	webhooks, reopens int
}

// done reports whether the task is completed, as Tallyfy's clients decide it (API.md
// §2.2).
func (t *stored) done() bool {
	return t.CompletedAt != "" || t.Status == statusCompleted || t.Status == "complete"
}

// field returns a field of the form.
func (t *stored) field(id string) (Field, bool) {
	i := slices.IndexFunc(t.Fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return Field{}, false
	}
	return t.Fields[i], true
}

// normalize fills in defaults, and converts values to JSON values.
func (t *stored) normalize(now time.Time) {
	if t.Title == "" {
		t.Title = "Task " + t.ID
	}
	if t.Type == "" {
		t.Type = typeTask
	}
	t.Taskdata = jsonValues(t.Taskdata)
	t.Extra = jsonValues(t.Extra)
	switch {
	case t.CompletedAt != "" && t.Status == "":
		t.Status = statusCompleted
	case t.Status == statusCompleted && t.CompletedAt == "":
		t.CompletedAt = timestamp(now)
	case t.Hidden && !t.done():
		t.Status = statusAutoSkipped
	case t.Status == "" || (t.Status == statusAutoSkipped && !t.Hidden):
		t.Status = statusInProgress
	}
}

func (t *stored) clone() *stored {
	c := *t
	c.Task = t.copy()
	return &c
}

// copy returns a deep copy. ChangedByRules is shared, because it is never changed.
func (t Task) copy() Task {
	t.Owners.Users = slices.Clone(t.Owners.Users)
	t.Owners.Guests = slices.Clone(t.Owners.Guests)
	t.Owners.Groups = slices.Clone(t.Owners.Groups)
	t.Shares = slices.Clone(t.Shares)
	t.Fields = slices.Clone(t.Fields)
	for i := range t.Fields {
		t.Fields[i].Options = slices.Clone(t.Fields[i].Options)
		t.Fields[i].Columns = slices.Clone(t.Fields[i].Columns)
	}
	t.Taskdata = copyValues(t.Taskdata)
	t.Extra = copyValues(t.Extra)
	if t.IsApproved != nil {
		approved := *t.IsApproved
		t.IsApproved = &approved
	}
	return t
}
