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

// errNotReachable is the failure of a check that was not made, because an earlier one got no response in its time.
var errNotReachable = errors.New("an earlier check got no response")

// sight is what a plan has read of a task. Terraform plans a block more than once, and the task is read once all the same.
type checkedTask struct {
	mu sync.Mutex
	// list is the list of the task's process; nil before it was read for the task.
	list *listCache
	// listed is the task as that list shows it, single as it is read by itself, and elsewhere as the organization shows it.
	fromList, direct, anywhere cachedRead
}

// reading is a request that was made, and what it returned.
type cachedRead struct {
	done bool
	task *tallyfy.Task
	err  error
}

// once makes the request if it was not made yet. One that ended with its context is made again.
func (r *cachedRead) do(ctx context.Context, read func() (*tallyfy.Task, error)) (*tallyfy.Task, error) {
	if !r.done {
		r.task, r.err = read()
		r.done = ctx.Err() == nil
	}
	return r.task, r.err
}

// sightOf returns what was read of a task.
func (p *Preflight) task(ref tallyfy.TaskRef) *checkedTask {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := checkedTaskKey(ref)
	if p.tasks[key] == nil {
		p.tasks[key] = &checkedTask{}
	}
	return p.tasks[key]
}

// seen returns the task as it was read last; nil if it was not.
func (p *Preflight) lastRead(ref tallyfy.TaskRef) *tallyfy.Task {
	p.mu.Lock()
	s := p.tasks[checkedTaskKey(ref)]
	p.mu.Unlock()
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.direct.task != nil {
		return s.direct.task
	}
	return s.fromList.task
}

func checkedTaskKey(ref tallyfy.TaskRef) tallyfy.TaskRef {
	key := taskKey(ref)
	key.Run = strings.ToLower(ref.Run)
	return key
}

// onList returns the task from the list of its process; nil if the list does not show it, or if there is none.
func (t *checkedTask) readList(ctx context.Context, p *Preflight, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	if ref.Run == "" {
		return nil, nil
	}
	return t.fromList.do(ctx, func() (*tallyfy.Task, error) {
		t.list, _ = p.lists.get(formList(ref), ref.Task)
		return t.list.find(ctx, p.client.TasksPage, ref.Task)
	})
}

// read returns the task with its form, read by itself.
func (t *checkedTask) read(ctx context.Context, p *Preflight, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	return t.direct.do(ctx, func() (*tallyfy.Task, error) { return p.client.GetTaskWithForm(ctx, ref) })
}

// missing says what an apply does about a task that Tallyfy does not show. An ID that is almost that of another task of the process is
// a mistake, and so is the ID of another process. Any other may become known by the time of the apply, if an automation shows the task.
func (p *Preflight) missing(ctx context.Context, s *checkedTask, plan Planned, err error) prediction {
	more := ""
	if plan.Recorded == nil && s.list != nil {
		tasks, complete := s.list.snapshot()
		if meant := similarTasks(plan.Task.Task, tasks); len(meant) > 0 {
			return prediction{problems: []Notice{mistyped(plan, meant, err)}}
		}
		if complete {
			more = fmt.Sprintf("The list of the process has %d of its tasks, and none with this ID.", len(tasks))
		}
	}
	if plan.Recorded == nil && plan.Task.Run != "" {
		anywhere := tallyfy.TaskRef{Organization: plan.Task.Organization, Task: plan.Task.Task}
		found, _ := s.anywhere.do(ctx, func() (*tallyfy.Task, error) { return p.client.GetTask(ctx, anywhere) }) // it only adds to what is known
		if found != nil && !strings.EqualFold(found.RunID, plan.Task.Run) {
			return prediction{problems: []Notice{inAnotherProcess(plan, found, err)}}
		}
	}
	return prediction{warnings: []Notice{notThere(plan, more, err)}}
}

// near returns the tasks that may be meant by something that is not a task's ID, by their IDs: those with this alias or title, or else
// those whose IDs are a slip of the fingers away.
func similarTasks(given string, tasks []*tallyfy.Task) []*tallyfy.Task {
	const slips, shortest = 2, 16
	var named, typed []*tallyfy.Task
	for _, task := range tasks {
		name := tallyfy.NormalizeName(given)
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

// refusalOf returns the status of a response that refuses, whatever task it is about: it is no task's, or refuses the token. It is 0
// for any other error, which another attempt may not meet.
func refusalOf(err error) int {
	var e *tallyfy.Error
	for errors.As(err, &e) {
		switch {
		case e.Status == 0: // that of a request for the token is below
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

// isGeneral reports whether a refusal is of all requests, and not only of those for one task.
func isGeneral(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired:
		return true
	}
	return status != 0 && status < http.StatusBadRequest
}
