// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"reflect"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// confirmed returns the record if a list shows exactly the recorded completion, which saves a GET.
// It fills in facts that the record lacks.
//
// A list may lag, so nothing else is concluded from it: an open task, another time or another
// decision may be older than our own update.
func (e *Engine) confirmed(ctx context.Context, ref tallyfy.TaskRef, known Record) (record Record, ok bool) {
	if !known.saysCompleted() || known.CompletedAt == "" {
		return known, false
	}
	task := e.listed(ctx, ref)
	if task == nil {
		return known, false
	}
	return known.confirmedBy(task, withRun(ref, task).Run)
}

// listed returns a task from a list that concurrent reads of the process share. It is nil if the
// list does not show the task or could not be read. It is also nil for the first read, because the
// task may be the only one and a list then saves nothing.
func (e *Engine) listed(ctx context.Context, ref tallyfy.TaskRef) *tallyfy.Task {
	list := e.lists.existing(formList(ref), ref.Task) // the preflight check's list, which shows completed tasks too
	if list == nil {
		isNew := false
		if list, isNew = e.lists.get(Completed(ref.Organization, ref.Run), ref.Task); isNew {
			return nil
		}
	}
	task, err := list.find(ctx, e.client.WithRateLimitRetriesOnly().TasksPage, ref.Task)
	if err != nil {
		return nil
	}
	return task
}

// confirmedBy reports whether a listed task of a process shows the recorded completion with every
// fact that the record holds. It returns the record with missing facts filled in, because an
// earlier release did not record all of them. The wording of the status may differ, and a decision
// that is not recorded stays unrecorded.
func (r Record) confirmedBy(task *tallyfy.Task, run string) (record Record, ok bool) {
	if task.CompletedAt == "" { // only the time identifies a completion
		return r, false
	}
	shown := recordOf(r, run, task)
	if r.Status != "" {
		shown.Status = r.Status
	}
	if r.IsApproved == nil {
		shown.IsApproved = nil
	}
	filled := r.filledFrom(shown)
	return filled, filled.equal(shown)
}

// filledFrom returns the record with each missing fact taken from another record. It uses
// reflection, so that it covers every field of [Record].
func (r Record) filledFrom(other Record) Record {
	facts, others := reflect.ValueOf(&r).Elem(), reflect.ValueOf(other)
	for i := range facts.NumField() {
		if fact := facts.Field(i); fact.IsZero() {
			fact.Set(others.Field(i))
		}
	}
	return r
}

// formList returns the list of all open and completed tasks of a process with their forms.
func formList(ref tallyfy.TaskRef) tallyfy.List {
	return tallyfy.List{Organization: ref.Organization, Run: ref.Run, WithForm: true}
}
