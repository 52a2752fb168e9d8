// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/agext/levenshtein"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// errNotReachable is the failure of a check that was skipped because an earlier one got no response
// in time.
var errNotReachable = errors.New("an earlier check got no response")

// checkedTask holds what a plan has read of a task, so that the task is read once although
// Terraform plans a block more than once.
type checkedTask struct {
	mu sync.Mutex
	// list is the list of the task's process; nil before it was read.
	list *listCache
	// fromList is the list's entry of the task, direct the task read by its own GET in the process,
	// and anywhere the same in the organization.
	fromList, direct, anywhere cachedRead
}

// cachedRead is a request and its result.
type cachedRead struct {
	done bool
	task *tallyfy.Task
	err  error
}

// do sends the request unless it was sent before. A request that ended with its context is sent
// again.
func (r *cachedRead) do(ctx context.Context, read func() (*tallyfy.Task, error)) (*tallyfy.Task, error) {
	if !r.done {
		r.task, r.err = read()
		r.done = ctx.Err() == nil
	}
	return r.task, r.err
}

// task returns what the plan has read of a task.
func (p *Preflight) task(ref tallyfy.TaskRef) *checkedTask {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := checkedTaskKey(ref)
	if p.tasks[key] == nil {
		p.tasks[key] = &checkedTask{}
	}
	return p.tasks[key]
}

// lastRead returns the last read of a task; nil if there was none.
func (p *Preflight) lastRead(ref tallyfy.TaskRef) *tallyfy.Task {
	p.mu.Lock()
	t := p.tasks[checkedTaskKey(ref)]
	p.mu.Unlock()
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.direct.task != nil {
		return t.direct.task
	}
	return t.fromList.task
}

// checkedTaskKey is [taskKey] with the run.
func checkedTaskKey(ref tallyfy.TaskRef) tallyfy.TaskRef {
	key := taskKey(ref)
	key.Run = strings.ToLower(ref.Run)
	return key
}

// readList returns the task from the list of its process; nil if the list does not show it or there
// is no process.
func (t *checkedTask) readList(ctx context.Context, p *Preflight, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	if ref.Run == "" {
		return nil, nil
	}
	return t.fromList.do(ctx, func() (*tallyfy.Task, error) {
		t.list, _ = p.lists.get(formList(ref), ref.Task)
		return t.list.find(ctx, p.client.TasksPage, ref.Task)
	})
}

// read returns the task with its form, by its own GET. A create or update that follows may rest on
// it.
func (t *checkedTask) read(ctx context.Context, p *Preflight, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	return t.direct.do(ctx, func() (*tallyfy.Task, error) {
		task, err := p.client.GetTaskWithForm(ctx, ref)
		if err == nil {
			p.recent.add(ref, task)
		}
		return task, err
	})
}

// missing predicts what an apply does about a task that Tallyfy does not show. An ID that nearly
// matches another task of the process is a mistake, and so is a task of another process. Any other
// task may exist when the plan is applied, if an automation shows it.
func (p *Preflight) missing(ctx context.Context, t *checkedTask, plan Planned, err error) prediction {
	more := ""
	if plan.Recorded == nil && t.list != nil {
		tasks, complete := t.list.snapshot()
		if meant := similarTasks(plan.Task.Task, tasks); len(meant) > 0 {
			return prediction{problems: []Notice{mistyped(plan, meant, err)}}
		}
		if complete {
			more = fmt.Sprintf("The list of the process has no task with this ID (tasks in it: %d).", len(tasks))
		}
	}
	if plan.Recorded == nil && plan.Task.Run != "" {
		anywhere := tallyfy.TaskRef{Organization: plan.Task.Organization, Task: plan.Task.Task}
		found, _ := t.anywhere.do(ctx, func() (*tallyfy.Task, error) { return p.client.GetTask(ctx, anywhere) }) // a failure does not matter
		if found != nil && !strings.EqualFold(found.RunID, plan.Task.Run) {
			return prediction{problems: []Notice{inAnotherProcess(plan, found, err)}}
		}
	}
	return prediction{warnings: []Notice{notThere(plan, more, err)}}
}

// similarTasks returns the tasks that the user may have meant by an invalid task ID, sorted by ID:
// those with this alias or title, or else those whose ID differs by a few characters.
func similarTasks(given string, tasks []*tallyfy.Task) []*tallyfy.Task {
	const slips, shortest = 2, 16
	var named, typed []*tallyfy.Task
	name := tallyfy.NormalizeName(given)
	for _, task := range tasks {
		switch {
		case name == tallyfy.NormalizeName(task.Alias), name == tallyfy.NormalizeName(task.Title):
			named = append(named, task)
		case len(given) >= shortest && levenshtein.Distance(strings.ToLower(given), strings.ToLower(task.ID), nil) <= slips:
			typed = append(typed, task)
		}
	}
	found := named
	if len(found) == 0 {
		found = typed
	}
	slices.SortFunc(found, func(a, b *tallyfy.Task) int { return strings.Compare(a.ID, b.ID) })
	return found
}

// connectionRejected stands for the status of a refusal without a response: an untrusted
// certificate or a proxy's refusal.
const connectionRejected = -1

// refusalOf returns the HTTP status of a refusal that does not depend on the task, such as a
// rejected token, or connectionRejected. It is 0 for any other error, because another attempt may
// succeed.
func refusalOf(err error) int {
	var e *tallyfy.Error
	for errors.As(err, &e) {
		switch {
		case tallyfy.IsConnectionRejected(e):
			return connectionRejected
		case e.Status == 0: // the cause may be a request for the token
			err = e.Cause
			continue
		case tallyfy.IsRateLimited(e), e.Status >= http.StatusInternalServerError, e.Status == http.StatusRequestTimeout,
			e.Status == http.StatusTooEarly, e.Status == http.StatusConflict:
			return 0
		}
		return e.Status
	}
	return 0
}

// isGeneral reports whether a refusal applies to all requests, and not only to those for one task.
func isGeneral(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired:
		return true
	}
	return status != 0 && status < http.StatusBadRequest
}
