// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Read refreshes a recorded completion. Result.Reopened reports that the completion no longer
// stands. A task that cannot be found or that is hidden stays recorded, because neither undoes its
// completion. Any error is a [*Failure], and known then stays recorded.
func (e *Engine) Read(ctx context.Context, ref tallyfy.TaskRef, known Record) (Result, error) {
	if record, ok := e.confirmed(ctx, ref, known); ok {
		return Result{Record: record, Changed: !record.equal(known)}, nil
	}
	task, err := e.read(ctx, ref, readOptions{until: known.isShown(), forPlan: true})
	switch {
	case tallyfy.IsNoTask(err):
		return Result{Record: known, NotFound: err, Warnings: []Notice{completionNotFound(ref, known.Title, err)}}, nil
	case err != nil:
		return Result{}, Resource.failed(notice.Report{
			Summary:   "Task Could Not Be Read",
			Attribute: attrTaskID,
			Action:    "Refreshing the completion of " + notice.TaskRef(ref),
			Effect:    "The state stays as it was, and nothing was sent.",
			Remedy:    Resource.advice(err) + " To plan or destroy without reading the task, use -refresh=false.",
			Cause:     err,
		})
	case isHidden(task) && isOpen(task) && known.saysCompleted(): // nobody can complete it
		return Result{Record: known, Hidden: task, Warnings: []Notice{completionHidden(task)}}, nil
	case isOpen(task) && known.saysCompleted():
		return Result{Reopened: true, Warnings: []Notice{taskReopened(task)}}, nil
	}
	now := recordOf(known, withRun(ref, task).Run, task)
	return Result{Record: now, Changed: !now.equal(known)}, nil
}

// Import finds the completion of a task that is not recorded yet. A task that cannot be found or is
// open is a [*Failure].
func (e *Engine) Import(ctx context.Context, ref tallyfy.TaskRef) (Result, error) {
	if record, ok := ImportListed(ref, e.listed(ctx, ref)); ok {
		return Result{Record: record}, nil
	}
	return e.ImportUnlisted(ctx, ref)
}

// ImportUnlisted is [Engine.Import] for a task whose entry in a list is known to lack facts.
func (e *Engine) ImportUnlisted(ctx context.Context, ref tallyfy.TaskRef) (Result, error) {
	return e.find(ctx, ref, notice.Report{
		Summary: "Task Could Not Be Imported",
		Action:  "Reading " + inOrganization(ref) + " to import it",
		Effect:  "Nothing was imported, and nothing was sent.",
	}, openToImport)
}

// Move is [Engine.Import] for a task in the state of another resource.
func (e *Engine) Move(ctx context.Context, ref tallyfy.TaskRef) (Result, error) {
	if record, ok := ImportListed(ref, e.listed(ctx, ref)); ok {
		return Result{Record: record}, nil
	}
	return e.find(ctx, ref, notice.Report{
		Summary: "Task Could Not Be Moved",
		Action:  "Reading " + inOrganization(ref) + " to move it",
		Effect:  "Nothing was moved, and nothing was sent.",
	}, openToMove)
}

// find reads a completed task. unread describes a failed read, and open an open task.
func (e *Engine) find(ctx context.Context, ref tallyfy.TaskRef, unread notice.Report, open func(*tallyfy.Task) Notice) (Result, error) {
	task, err := e.read(ctx, ref, readOptions{forPlan: true})
	switch {
	case err != nil:
		unread.Cause = err
		return Result{}, Resource.failed(unread)
	case isOpen(task):
		return Result{}, &Failure{Notice: open(task)}
	}
	return Result{Record: recordOf(Record{}, withRun(ref, task).Run, task)}, nil
}

// inOrganization names a task with its organization, which an import or a move may have wrong.
func inOrganization(ref tallyfy.TaskRef) string {
	return notice.TaskRef(ref) + " of organization " + ref.Organization
}

func openToImport(task *tallyfy.Task) Notice {
	return Notice{
		Summary: "Task Is Not Completed",
		Detail: notice.Paragraphs(
			notice.TaskSubject(task)+" is not completed: Tallyfy shows it as \""+task.Status+"\". There is no completion to import.",
			"To complete it, remove the import and apply."),
	}
}

func openToMove(task *tallyfy.Task) Notice {
	return Notice{
		Summary: "Task Is Not Completed",
		Detail: notice.Paragraphs(
			notice.TaskSubject(task)+" is not completed: Tallyfy shows it as \""+task.Status+"\". There is no completion to move.",
			"To complete it, replace the moved block with a removed block with destroy = false, and apply."),
	}
}
