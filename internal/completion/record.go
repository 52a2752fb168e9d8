// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"bytes"
	"encoding/json"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// recordOf returns what a task shows of itself, beside what is known already: known facts stay if the task does not show them, because
// responses differ in how much they show (API.md §2.1). Facts of another completion do not. run is where the task was found.
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
	if r.CompletedAt == "" || !sameTime(r.CompletedAt, task.CompletedAt) { // the same instant, written differently, is not a change
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

func setIfKnown(known *string, told string) {
	if told != "" {
		*known = told
	}
}

// saysCompleted reports whether the record is of a completion, and not of a task that was left open or of which nothing is known.
func (r Record) saysCompleted() bool {
	return (&tallyfy.Task{Status: r.Status, CompletedAt: r.CompletedAt}).Completed()
}

// equal reports whether both know the same.
func (r Record) equal(other Record) bool {
	a, b := r.IsApproved, other.IsApproved
	r.IsApproved, other.IsApproved = nil, nil
	return r == other && (a == b || a != nil && b != nil && *a == *b)
}

// runOf says where the task is: the run that the answer tells picks the path for all that follows (API.md §1.1,
// "Routing trap"), and what was asked for only where it tells none.
func withRun(ref tallyfy.TaskRef, task *tallyfy.Task) tallyfy.TaskRef {
	if task != nil && task.RunID != "" {
		ref.Run = task.RunID
	}
	return ref
}
