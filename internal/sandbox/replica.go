// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "slices"

// replica is the copy of the tasks from which lists read. It lags by a number of
// writes instead of by time, so that tests need no clock (API.md §1.4: lists may lag
// a write).
type replica struct {
	lag     int
	tasks   map[string]*stored
	pending []replicated
}

// replicated is a write that the replica does not show yet; a nil task is a
// deletion.
type replicated struct {
	id   string
	task *stored
}

// add makes a task visible immediately.
func (r *replica) add(t *stored) {
	r.pending = slices.DeleteFunc(r.pending, func(w replicated) bool { return w.id == t.ID })
	r.tasks[t.ID] = t.clone()
}

// push queues a write, and applies those that are due.
func (r *replica) push(id string, t *stored) {
	if t != nil {
		t = t.clone()
	}
	r.pending = append(r.pending, replicated{id, t})
	for len(r.pending) > max(r.lag, 0) {
		due := r.pending[0]
		r.pending = r.pending[1:]
		if due.task == nil {
			delete(r.tasks, due.id)
		} else {
			r.tasks[due.id] = due.task
		}
	}
}

// all returns the replica's tasks in the order in which they were added.
func (r *replica) all() []*stored {
	tasks := make([]*stored, 0, len(r.tasks))
	for _, t := range r.tasks {
		tasks = append(tasks, t)
	}
	slices.SortFunc(tasks, func(a, b *stored) int { return a.number - b.number })
	return tasks
}
