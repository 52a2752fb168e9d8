// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Import reads a completed task to record it as a finished wait. If the task cannot be read or is
// open, the error is a [*notice.Failure].
func Import(ctx context.Context, client *tallyfy.Client, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	task, err := client.GetTask(ctx, ref)
	switch {
	case err != nil:
		return nil, notice.Report{
			Summary: "Task Could Not Be Imported",
			Action:  "Reading " + notice.TaskRef(ref) + " of organization " + ref.Organization + " to import it",
			Effect:  "Nothing was imported, and nothing was sent.",
			Remedy:  importAdvice(err, ref),
			Cause:   err,
		}.Failure()
	case !task.Completed():
		return nil, &notice.Failure{Notice: notice.Notice{
			Summary: "Task Is Not Completed",
			Detail: notice.Paragraphs(
				fmt.Sprintf("%s is not completed: its status is %s%s. There is no completion to import.", notice.TaskSubject(task), status(task), assignees(task)),
				"To wait for it, leave the import out and apply."),
		}}
	}
	return task, nil
}

func importAdvice(err error, ref tallyfy.TaskRef) string {
	switch {
	case tallyfy.IsNotFound(err) && ref.Run != "":
		return "Check the IDs of the organization, the process and the task."
	case tallyfy.IsNotFound(err):
		return "Check the IDs of the organization and the task."
	case tallyfy.StatusOf(err) == http.StatusForbidden:
		return "Check that the organization is that of the token, and that the token's owner may see the task."
	}
	return ""
}

// NotRefreshed is the failure to refresh a recorded task.
func NotRefreshed(ref tallyfy.TaskRef, err error) *notice.Failure {
	next := "To plan or destroy without reading the task, use -refresh=false."
	if tallyfy.StatusOf(err) == http.StatusForbidden {
		next = "Check that organization_id is the token's organization, and that the token's owner may see the task. " + next
	}
	return notice.Report{
		Summary: "Task Could Not Be Read", Attribute: attrTaskID,
		Action: "Refreshing the wait for " + notice.TaskRef(ref), Effect: "The state stays as it was, and nothing was sent.", Remedy: next, Cause: err,
	}.Failure()
}
