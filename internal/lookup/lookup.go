// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package lookup finds tasks and runs, for whoever knows less of them than their ids. It only ever reads.
//
// Three rules settle most cases:
//
//  1. It never picks: a name that several tasks have is an error that lists them, and one that none has lists those that there are.
//  2. It never chooses from a part of a list: a list that reports more tasks than its pages contain is an error.
//  3. Lists say which tasks there are, and a task says how it is. A list may lag behind a write (API.md §1.4), so what is told
//     of one task comes from reading that task.
//
// The package knows Tallyfy's API through package tallyfy, and nothing of Terraform.
package lookup

import (
	"context"
	"iter"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// everything is the status filter that leaves nothing out (API.md §1.4). It is said, because the filter that applies
// where none is given is not documented for all lists.
const everything = "all"

// Wanted says which task is looked for: by its id, or by what exactly one task of a run is called.
type Wanted struct {
	// TaskRef says where the task is. Without a run it must have a task.
	tallyfy.TaskRef
	// Alias and Title are what a task without an id is looked for by, whichever is not empty. They must be equal to the task's in the
	// form of [tallyfy.NormalizeName].
	Alias, Title string
}

// Task reads a task with its form. The error is a [*notice.Failure].
func Task(ctx context.Context, client *tallyfy.Client, wanted Wanted) (*tallyfy.Task, error) {
	if wanted.Task != "" {
		task, err := client.GetTaskWithForm(ctx, wanted.TaskRef)
		if err != nil {
			return nil, taskUnread(wanted.TaskRef, err)
		}
		return task, nil
	}
	tasks, err := Tasks(ctx, client, tallyfy.List{Organization: wanted.Organization, Run: wanted.Run, Archived: true})
	if err != nil {
		return nil, err
	}
	m := wanted.matcher()
	found := m.matching(tasks)
	if len(found) != 1 {
		return nil, m.notUnique(wanted.Run, tasks, found)
	}
	wanted.Task = found[0].ID
	task, err := client.GetTaskWithForm(ctx, wanted.TaskRef)
	if err != nil {
		return nil, m.unread(wanted.TaskRef, err)
	}
	if told := m.valueOf(task); told != "" && !m.matches(task) {
		return nil, m.renamed(wanted.TaskRef, told)
	}
	return task, nil
}

// Tasks lists the tasks of a run, or of an organization where of names no run: those that pass its status filter, and all where
// it has none. Every page is read; a task that moves from one to the next meanwhile is on both, and counts once. If the list has
// tasks that its pages do not contain, Tasks returns an error instead of the others. The error is a [*notice.Failure].
func Tasks(ctx context.Context, client *tallyfy.Client, list tallyfy.List) ([]*tallyfy.Task, error) {
	if list.Status == "" {
		list.Status = everything
	}
	tasks := []*tallyfy.Task{}
	for task, err := range client.Tasks(ctx, list) {
		if err != nil {
			return nil, unlisted(list, err)
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

// Each returns the tasks of a list one by one, and reads each page only when its tasks are asked for. The sequence ends after its first
// error, which is a [*notice.Failure]: the tasks before it are some of the list.
func Each(ctx context.Context, client *tallyfy.Client, list tallyfy.List) iter.Seq2[*tallyfy.Task, error] {
	return func(yield func(*tallyfy.Task, error) bool) {
		for task, err := range client.Tasks(ctx, list) {
			if err != nil {
				yield(nil, unlisted(list, err))
				return
			}
			if !yield(task, nil) {
				return
			}
		}
	}
}
