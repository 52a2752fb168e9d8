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

// Task is a task as a test or the seed adds it, and a copy of it when it is
// read back. Times are text in ISO-8601 UTC, as they are on the wire.
type Task struct {
	// ID is the task's id, and required. RunID is the process it belongs to;
	// "" is a true one-off task, with run_id null on the wire.
	ID, RunID string

	// Title is shown; "Task" and the id if empty.
	Title string

	// Summary and Alias are shown as they are, null if empty.
	Summary, Alias string

	// Type is task (also if ""), approval, expiring, email or expiring_email.
	Type string

	// OneOff marks a one-off task that is attached to a run, which only the
	// run's paths can complete (API.md §1.1). Without a RunID a task is a
	// one-off task anyway.
	OneOff bool

	// Deadline is null if empty.
	Deadline string

	// Owners are the assignees.
	Owners Owners

	// Fields is the form.
	Fields []Field

	// Taskdata holds the values of the form by field id: what JSON can say,
	// with numbers as json.Number. AddTask and Update turn other Go values into
	// these.
	Taskdata map[string]any

	// EveryoneMustComplete above 1 says how many people must complete the task;
	// until then a completion adds a share only. Shares are the users who have
	// done theirs.
	EveryoneMustComplete int
	Shares               []int64

	// AssigneesOnly refuses a completion or reopening by a user who is not
	// among the owners.
	AssigneesOnly bool

	// Archived and Hidden (skipped by a rule) tasks cannot be completed, nor
	// those with an unresolved Issue.
	Archived, Hidden, Issue bool

	// ReopenedByAutomation lets a rule reopen the task right after each
	// completion.
	ReopenedByAutomation bool

	// ChangedByRules is what completions and reopenings within a run answer as
	// tasks_changed_by_rules; nil is an empty one.
	ChangedByRules any

	// Status is a status of API.md §2.2; if empty, AddTask derives it.
	Status string

	// CompletedAt is empty, and CompleterID 0 and CompleterGuest "", when there
	// is none. IsApproved is the decision of a completed approval task. Expired
	// tells that an expiring task was completed with is_approved false.
	CompletedAt    string
	CompleterID    int64
	CompleterGuest string
	IsApproved     *bool
	Expired        bool

	// Extra replaces or adds members of the task on the wire. Updates through
	// the API leave those members in it that the sandbox itself has no use for.
	Extra map[string]any
}

// Owners are the assignees of a task in their three buckets: user ids, guests'
// e-mail addresses, group ids.
type Owners struct {
	Users          []int64
	Guests, Groups []string
}

// Field is one field of a task's form. ID is the timeline id, the key of its
// value in taskdata; Type is a field_type of API.md §1.5. Options are the
// texts to choose from, with ids counted from 1; without Options, a field takes
// any choice and stores it as it is sent. Columns are the headings of a table.
// MustCheckAll is a multiselect that can only be completed with every option
// selected. Alias is shown as it is, null if empty.
type Field struct {
	ID, Label, Type string
	Alias           string
	Required        bool
	Options         []string
	Columns         []string
	MustCheckAll    bool
}

// stored is a task with what the sandbox itself keeps about it.
type stored struct {
	Task
	number            int // increment_id and position, from 1
	created, updated  time.Time
	webhooks, reopens int
}

// done is how Tallyfy's own clients decide (API.md §2.2).
func (t *stored) done() bool {
	return t.CompletedAt != "" || t.Status == statusCompleted || t.Status == "complete"
}

// field finds a field of the form.
func (t *stored) field(id string) (Field, bool) {
	i := slices.IndexFunc(t.Fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return Field{}, false
	}
	return t.Fields[i], true
}

// normalize fills in defaults, and turns held values into what JSON gives.
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

// copy is a deep one. ChangedByRules is shared: nobody writes to it.
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
