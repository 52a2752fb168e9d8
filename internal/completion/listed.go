// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

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

// LeftOut returns the warning about a listed task that a query leaves out, because err is the
// failure of [Engine.ImportUnlisted] for it. ok is false if the failure may concern the other tasks
// as well, such as an expired token or a lost network.
func LeftOut(task *tallyfy.Task, err error) (warning Notice, ok bool) {
	var failure *Failure
	if !errors.As(err, &failure) {
		return Notice{}, false
	}
	cause := failure.Unwrap()
	reason := "The task itself is open: someone has reopened it, or the list lags behind a change. There is no completion to import."
	switch {
	case cause != nil && !concernsOneTask(cause):
		return Notice{}, false
	case cause != nil:
		reason = fmt.Sprintf("Reading the task itself: %s. An import needs that read too.", notice.Outcome(cause))
	}
	return Notice{
		Summary: notice.TaskSummary(task, "Task Was Left Out"),
		Detail: notice.Paragraphs(
			fmt.Sprintf("Tallyfy's list shows %s as completed, without all the facts that an import records. %s", notice.Task(task), reason),
			"The results do not contain this task. The query continues with the others.",
			notice.ServerMessage(cause)),
	}, true
}

// concernsOneTask reports whether a response to the read of a task may concern this task alone.
func concernsOneTask(err error) bool {
	switch status := tallyfy.StatusOf(err); status {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusTooEarly:
		return false
	default:
		return status >= http.StatusBadRequest && !tallyfy.IsRateLimited(err) && !tallyfy.IsNoEndpoint(err)
	}
}
