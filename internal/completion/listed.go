// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// Completed returns the list of the completed tasks of a process, or of the completed one-off tasks
// if run is empty. The filters only shorten the list, because a server that does not know them
// ignores them (API.md §1.4): see [IsListed]. Archived tasks are included, because processes are
// archived when they end and their completions stay in states.
func Completed(organization, run string) tallyfy.List {
	return tallyfy.List{Organization: organization, Run: run, OneOff: run == "", Status: "complete", Archived: true}
}

// IsListed reports whether a task belongs to the list of [Completed], which may contain other
// tasks.
func IsListed(run string, task *tallyfy.Task) bool {
	attached := task.RunID != "" && task.IsOneOff != nil && !*task.IsOneOff
	return task.Completed() && (run != "" || !attached)
}

// ImportListed returns the record that [Engine.Import] finds for a listed task. ok is false if the
// list does not show every fact, or shows the task as open, because lists may lag (API.md §1.4).
// The task itself must be read then. A complete entry is trusted, because the next refresh corrects
// it.
func ImportListed(ref tallyfy.TaskRef, task *tallyfy.Task) (record Record, ok bool) {
	switch {
	case task == nil, task.CompletedAt == "", task.Status == "", task.Title == "", task.Type == "":
		return Record{}, false
	case task.CompleterID == 0 && task.CompleterGuestID == "":
		return Record{}, false
	case task.Type == tallyfy.TypeApproval && task.IsApproved == nil:
		return Record{}, false
	case ref.Run == "" && !task.ShowsRun: // the process, if it has one, is part of its identity
		return Record{}, false
	}
	return recordOf(Record{}, withRun(ref, task).Run, task), true
}
