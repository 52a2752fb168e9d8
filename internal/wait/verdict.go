// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// verdict is what a task means for those who wait for it.
type verdict int

const (
	// open: someone has yet to complete it.
	open verdict = iota
	// done: it is completed, and what waits for it may go on.
	done
	// rejected: it is an approval that was rejected.
	rejected
	// undecided: it is a completed approval that does not show its decision.
	undecided
	// archived: nobody can complete it unless it is restored.
	archived
)

// judge decides what a task that was read by itself means. If failOnRejection is false, every completion is as good as another.
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
	case task.Type == tallyfy.TypeApproval && task.IsApproved == nil:
		return undecided
	}
	return done
}

// Rejected reports whether a completed task of this type with this decision was rejected. A type that is not known counts as one that
// is decided: a gate must not let a rejection pass.
func Rejected(taskType string, isApproved *bool) bool {
	return isApproved != nil && !*isApproved && tallyfy.TakesDecision(taskType)
}

// seemsOpen reports whether an entry of a list gives no reason to read the task itself.
func seemsOpen(task *tallyfy.Task) bool {
	return task != nil && judge(task, true) == open
}
