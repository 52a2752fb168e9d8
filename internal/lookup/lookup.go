// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package lookup finds tasks and processes by ID, alias or title. It only reads. Tallyfy's
// API calls a process a run.
//
// Three rules settle most cases:
//
//  1. It never guesses. A name of several tasks is an error that lists them, and an unknown name is
//     an error that lists all tasks.
//  2. It never uses a part of a list. A list that reports more tasks than its pages contain is an
//     error.
//  3. A list only shows which tasks exist. It may lag behind a write (API.md §1.4), so the facts of
//     a task come from its own GET.
//
// The package uses Tallyfy's API through package tallyfy, and does not depend on Terraform.
package lookup

import (
	"context"
	"iter"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Wanted identifies a task: by its ID, or by a name that exactly one task of a process has.
type Wanted struct {
	// TaskRef locates the task. It must have a task or a run.
	tallyfy.TaskRef
	// Alias and Title identify a task without an ID; Alias wins. They are compared with the task's
	// in the form of [tallyfy.NormalizeName].
	Alias, Title string
}

// Task reads a task with its form. The error is or wraps a [*notice.Failure].
func Task(ctx context.Context, client *tallyfy.Client, wanted Wanted) (*tallyfy.Task, error) {
	if wanted.Task != "" {
		task, err := client.GetTaskWithForm(ctx, wanted.TaskRef)
		if err != nil {
			return nil, taskNotRead(wanted.TaskRef, err)
		}
		return task, nil
	}
	tasks, err := Tasks(ctx, client, tallyfy.List{Organization: wanted.Organization, Run: wanted.Run, Archived: true})
	if err != nil {
		return nil, err
	}
	listed, err := Match(wanted, tasks)
	if err != nil {
		return nil, err
	}
	wanted.Task = listed.ID
	m := wanted.matcher()
	task, err := client.GetTaskWithForm(ctx, wanted.TaskRef)
	if err != nil {
		return nil, m.notRead(wanted.TaskRef, err)
	}
	if name := m.valueOf(task); name != "" && !m.matches(task) {
		return nil, m.renamed(wanted.TaskRef, name)
	}
	return task, nil
}

// Tasks returns the tasks of a process, or of an organization if the list has no run, that pass the
// list's status filter; without a filter, all of them. It reads every page. A task on two pages
// counts once. If pages lack tasks that the list reports, Tasks returns an error and no tasks. The
// error is a [*notice.Failure].
func Tasks(ctx context.Context, client *tallyfy.Client, list tallyfy.List) ([]*tallyfy.Task, error) {
	if list.Status == "" {
		list.Status = tallyfy.StatusAll
	}
	tasks := []*tallyfy.Task{}
	for task, err := range client.Tasks(ctx, list) {
		if err != nil {
			return nil, notListed(list, err)
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

// Each returns the tasks of a list one by one, and reads a page when its first task is needed. The
// sequence ends after its first error, which is a [*notice.Failure]. The tasks before it are only a
// part of the list.
func Each(ctx context.Context, client *tallyfy.Client, list tallyfy.List) iter.Seq2[*tallyfy.Task, error] {
	return func(yield func(*tallyfy.Task, error) bool) {
		for task, err := range client.Tasks(ctx, list) {
			if err != nil {
				yield(nil, notListed(list, err))
				return
			}
			if !yield(task, nil) {
				return
			}
		}
	}
}
