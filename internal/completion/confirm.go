// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"reflect"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// confirmed returns what is recorded if a list shows that very completion, so that the task need not be read by itself. Facts that
// the record lacks are filled in from the list.
//
// Since lists may be behind, this is all that they are believed: an open task, another time or another decision may be what
// was before an update of ours. Nor is a list asked for the first task that is looked at: it may be the only one.
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

// listed returns a task as a list shows it that all who look at a task of its run share. It is nil if the list does not show the task,
// or if this is the first look: the task may be the only one, and then a list takes no fewer requests.
func (e *Engine) listed(ctx context.Context, ref tallyfy.TaskRef) *tallyfy.Task {
	list := e.lists.existing(formList(ref), ref.Task) // which is for tasks to be completed, and shows the others too
	if list == nil {
		first := false
		if list, first = e.lists.get(Completed(ref.Organization, ref.Run), ref.Task); first {
			return nil
		}
	}
	task, err := list.find(ctx, e.client.WithRateLimitRetriesOnly().TasksPage, ref.Task)
	if err != nil {
		return nil
	}
	return task
}

// confirmedBy returns the record, with the facts that it lacks filled in, and reports whether a task that was found in a run shows
// the completion that is recorded, with every fact that the record holds. A fact that an earlier release did not record is no reason
// to read each task by itself in every plan. Words of the status may differ, and a decision that is not recorded stays unrecorded.
func (r Record) confirmedBy(task *tallyfy.Task, run string) (record Record, ok bool) {
	if task.CompletedAt == "" { // which alone tells one completion from another
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

// filledFrom returns the record with each fact that it lacks as the other has it. It goes through the facts by reflection, so that it
// misses none that is added to [Record].
func (r Record) filledFrom(other Record) Record {
	facts, others := reflect.ValueOf(&r).Elem(), reflect.ValueOf(other)
	for i := range facts.NumField() {
		if fact := facts.Field(i); fact.IsZero() {
			fact.Set(others.Field(i))
		}
	}
	return r
}

// withForms is the list of all tasks of a run with what there is to fill in.
func formList(ref tallyfy.TaskRef) tallyfy.List {
	return tallyfy.List{Organization: ref.Organization, Run: ref.Run, WithForm: true}
}
