// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// verdict is what the state of a task means for a wait.
type verdict int

const (
	// open: someone must still complete the task.
	open verdict = iota
	// done: the task is completed, and the wait ends.
	done
	// rejected: the task is a rejected approval.
	rejected
	// undecided: the task is a completed approval that does not show its decision.
	undecided
	// archived: nobody can complete the task unless it is restored.
	archived
)

// judge returns the verdict on a task that was read by its own GET. If failOnRejection is false,
// every completed task is done.
func judge(task *tallyfy.Task, failOnRejection bool) verdict {
	switch {
	case !task.Completed() && task.ArchivedAt != "":
		return archived
	case !task.Completed():
		return open
	case !failOnRejection:
		return done
	case Rejected(task.Type, task.IsApproved):
		return rejected
	case !Passes(task.Type, task.IsApproved):
		return undecided
	}
	return done
}

// Rejected reports whether a completed task of this type with this decision was rejected. See
// [tallyfy.TakesDecision] for unknown types.
func Rejected(taskType string, isApproved *bool) bool {
	return isApproved != nil && !*isApproved && tallyfy.TakesDecision(taskType)
}

// Passes reports whether a completed task of this type with this decision passes a wait that fails
// on a rejection. An approval whose decision is not shown does not.
func Passes(taskType string, isApproved *bool) bool {
	return !Rejected(taskType, isApproved) && (taskType != tallyfy.TypeApproval || isApproved != nil)
}

// seemsOpen reports whether a list's entry of a task is open, so that the task itself need not be
// read.
func seemsOpen(task *tallyfy.Task) bool {
	return task != nil && judge(task, true) == open
}
