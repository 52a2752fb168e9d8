// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"bytes"
	"encoding/json"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// recordOf returns the known facts, updated with those that a task shows. A known fact stays if the
// task does not show it, because responses differ in what they show (API.md §2.1). Facts of another
// completion do not stay. run is the process in which the task was found.
func recordOf(known Record, run string, task *tallyfy.Task) Record {
	r := known
	r.RunID = run
	if task == nil {
		return r
	}
	if r.CompletedAt != "" && task.CompletedAt != "" && !sameTime(r.CompletedAt, task.CompletedAt) {
		r = Record{RunID: run, Title: r.Title, TaskType: r.TaskType}
	}
	setIfKnown(&r.Title, task.Title)
	setIfKnown(&r.TaskType, task.Type)
	r.Status = task.Status
	if rules := task.TasksChangedByRules; len(rules) > 0 {
		var compact bytes.Buffer
		if json.Compact(&compact, rules) == nil {
			r.TasksChangedByRules = compact.String()
		}
	}
	if isOpen(task) {
		r.CompletedAt, r.CompleterID, r.CompleterGuestID, r.IsApproved = "", 0, "", nil
		return r
	}
	if r.Status == "" {
		r.Status = "completed"
	}
	if r.CompletedAt == "" || !sameTime(r.CompletedAt, task.CompletedAt) { // another notation of the same instant is not a change
		setIfKnown(&r.CompletedAt, task.CompletedAt)
	}
	if task.CompleterID != 0 || task.CompleterGuestID != "" {
		r.CompleterID, r.CompleterGuestID = task.CompleterID, task.CompleterGuestID
	}
	if r.TaskType == tallyfy.TypeApproval && task.IsApproved != nil {
		r.IsApproved = task.IsApproved
	}
	return r
}

// setIfKnown replaces a known text if another one was shown.
func setIfKnown(known *string, shown string) {
	if shown != "" {
		*known = shown
	}
}

// saysCompleted reports whether the record is of a completed task, and not of one that was left
// open or is unknown.
func (r Record) saysCompleted() bool {
	return (&tallyfy.Task{Status: r.Status, CompletedAt: r.CompletedAt}).Completed()
}

// equal reports whether both records hold the same facts.
func (r Record) equal(other Record) bool {
	a, b := r.IsApproved, other.IsApproved
	r.IsApproved, other.IsApproved = nil, nil
	return r == other && (a == b || a != nil && b != nil && *a == *b)
}

// withRun returns the reference with the run that the task shows, because the run decides the path
// of further requests (API.md §1.1, "Routing trap"). If the task shows none, the configured run
// stays.
func withRun(ref tallyfy.TaskRef, task *tallyfy.Task) tallyfy.TaskRef {
	if task != nil && task.RunID != "" {
		ref.Run = task.RunID
	}
	return ref
}
