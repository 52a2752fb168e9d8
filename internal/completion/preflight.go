// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Preflight checks tasks while their completion is only planned, and predicts what an apply would
// do. It reads the only task of a process itself, lists several of them with one request for each
// hundred, and writes nothing. Use it for one plan. It is safe for concurrent use.
type Preflight struct {
	client *tallyfy.Client
	lists  *listCaches
	locks  *taskLocks
	recent *recentReads

	planned  plannedCompletions
	expected expectedTasks
	// reachable is cancelled when a check got no response in time, so that no other check waits
	// too.
	reachable  context.Context
	stopChecks context.CancelFunc

	mu       sync.Mutex
	tasks    map[tallyfy.TaskRef]*checkedTask
	refused  map[string]error         // the refusal of all requests, by organization
	reported map[string]bool          // the refusals that a warning has reported, by organization and status
	shown    map[string]bool          // the organizations of which a task was shown
	recorded map[tallyfy.TaskRef]bool // whether a destroy reopens the task
}

const (
	// preflightTime limits a check, because a plan without a network must not wait long.
	preflightTime = 10 * time.Second
	// slowFailure is how long a check must take to fail before the other checks of the plan are
	// skipped.
	slowFailure = time.Second
)

// Findings are the results of a check. Err is a failed read. The plan was not checked then, and Err
// is for logging only, because a plan must work without a network.
type Findings struct {
	Problems, Warnings []Notice
	Err                error
}

// Preflight returns checks that share their lists with the engine's reads. It sends nothing.
func (e *Engine) Preflight() *Preflight {
	p := &Preflight{
		client: e.client.WithoutRetries(), lists: e.lists, locks: e.locks, recent: e.recent,
		tasks: map[tallyfy.TaskRef]*checkedTask{}, recorded: map[tallyfy.TaskRef]bool{},
		refused: map[string]error{}, reported: map[string]bool{}, shown: map[string]bool{},
	}
	p.reachable, p.stopChecks = context.WithCancel(context.Background())
	return p
}

// Unchecked returns the warnings for a plan whose task is not checked.
func Unchecked(plan Planned) []Notice {
	if plan.Recorded == nil {
		return nil
	}
	return []Notice{mayReopen(&tallyfy.Task{ID: plan.Task.Task, Title: plan.Title}, plan, false)}
}

// Keep notes a recorded completion that an update does not change. If it is replaced for another
// reason, Terraform plans it again as a new one. The warnings are about other blocks for its task.
func (p *Preflight) Keep(plan Planned) (warnings []Notice) {
	p.remember(plan)
	p.expected.remove(plan.Task)
	others := p.planned.add(plan)
	if task := p.lastRead(plan.Task); task != nil {
		_, warnings = contradictions(task, plan, others)
	}
	return warnings
}

// remember notes a recorded completion.
func (p *Preflight) remember(plan Planned) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recorded[taskKey(plan.Task)] = plan.ReopenOnDestroy
}

// Expect notes a task that is about to be checked, because the checks of several tasks of a process
// share its list. Terraform validates the blocks that it plans concurrently before it plans them.
func (p *Preflight) Expect(ref tallyfy.TaskRef) { p.expected.add(ref) }

// Check predicts what an apply does about the task of a plan, and what would make it fail. It reads
// the task itself if no other task of its process is expected, and otherwise the list of the
// process. It then also reads the task itself if the list does not show it, or if only the list
// contradicts the plan, because lists may lag. Each task is read once per plan. Check reports
// nothing about a task that this process has already completed or reopened, because the apply
// itself reads it.
func (p *Preflight) Check(ctx context.Context, plan Planned) Findings {
	if p.locks.hasActed(plan.Task) {
		return Findings{}
	}
	ctx, cancel := context.WithTimeout(tallyfy.WithSecrets(ctx, plan.secrets()...), preflightTime)
	defer cancel()
	defer context.AfterFunc(p.reachable, cancel)() //nolint:contextcheck // that of the whole plan ends this check too

	replaced, reopens := p.replaces(plan)
	if replaced {
		plan.ReopenOnDestroy = reopens
	}
	if plan.Recorded != nil {
		p.remember(plan)
	}
	p.expected.add(plan.Task)
	began := time.Now()
	t := p.task(plan.Task)
	t.mu.Lock()
	defer t.mu.Unlock()
	f, task, err := p.predict(ctx, t, plan)
	if err != nil {
		return Findings{Warnings: append(p.refusal(plan.Task, replaced, err), Unchecked(plan)...), Err: p.failed(err, began)}
	}
	if task != nil {
		p.noteShown(plan.Task)
		others := p.planned.add(plan)
		problems, warnings := contradictions(task, plan, others)
		if len(problems) > 0 { // a list alone does not justify an error
			if task, err := t.read(ctx, p, plan.Task); err == nil {
				problems, warnings = contradictions(task, plan, others)
			} else {
				problems, warnings = nil, problems
			}
		}
		f.problems, f.warnings = append(f.problems, problems...), append(f.warnings, warnings...)
	}
	return Findings{Problems: f.problems, Warnings: f.warnings}
}

// replaces reports whether a plan is the new completion of a replacement whose recorded completion
// was planned before, and whether its destroy reopens the task. Terraform drops the warnings of
// such a plan.
func (p *Preflight) replaces(plan Planned) (replaced, reopens bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	reopens, replaced = p.recorded[taskKey(plan.Task)]
	return replaced && plan.Recorded == nil && plan.Subject == Resource, reopens
}

// predict reads the task of a plan and predicts what an apply does about it. task is nil if there
// is none.
func (p *Preflight) predict(ctx context.Context, t *checkedTask, plan Planned) (f prediction, task *tallyfy.Task, err error) {
	if err := p.refusedBefore(plan.Task); err != nil {
		return f, nil, err
	}
	if t.direct.done || p.readsTask(plan.Task) {
		switch task, err := t.read(ctx, p, plan.Task); {
		case err == nil:
			return predict(task, plan), task, nil
		case !mayBeVisible(err):
			return f, nil, err
		}
	}
	task, err = t.readList(ctx, p, plan.Task)
	switch {
	case task != nil && usable(task, plan):
		if f = predict(task, plan); f.reliable {
			return f, task, nil
		}
	case err == nil, mayBeVisible(err):
	default:
		return f, nil, err
	}
	task, err = t.read(ctx, p, plan.Task)
	if tallyfy.IsNotFound(err) {
		return p.missing(ctx, t, plan, err), nil, nil
	}
	if err != nil {
		return f, nil, err
	}
	return predict(task, plan), task, nil
}

// readsTask reports whether a check reads the task itself instead of the list of its process. It
// does if the task is the only one of its process, and during an apply, which completes each task
// from a read of the task itself.
func (p *Preflight) readsTask(ref tallyfy.TaskRef) bool {
	return p.expected.isOnly(ref) || p.locks.hasWritten() && !p.lists.shows(formList(ref), ref.Task)
}

// mayBeVisible reports whether a task whose read or list was refused may be visible in the other
// one.
func mayBeVisible(err error) bool {
	return tallyfy.StatusOf(err) == http.StatusForbidden || tallyfy.IsNotFound(err)
}

// usable reports whether the list's entry of a task is sufficient to predict its plan. A list that
// lags may show a task as completed that is open by now, or as it was before its recorded
// completion.
func usable(task *tallyfy.Task, plan Planned) bool {
	return task.Form != nil && task.ArchivedAt == "" && task.Completed() == (plan.Recorded != nil)
}

// failed skips the other checks of the plan if a check took long to fail. It returns err.
func (p *Preflight) failed(err error, began time.Time) error {
	if time.Since(began) >= slowFailure && refusalOf(err) == 0 {
		p.stopChecks()
	}
	return err
}

// refusedBefore returns the refusal of an earlier check that applies to all tasks of the
// organization.
func (p *Preflight) refusedBefore(ref tallyfy.TaskRef) error {
	if p.reachable.Err() != nil {
		return errNotReachable
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused[ref.Organization]
}

// noteShown notes that Tallyfy has shown a task of an organization.
func (p *Preflight) noteShown(ref tallyfy.TaskRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown[ref.Organization] = true
}

// refusal warns about a refusal once for each status and organization. A warning that Terraform
// drops does not count.
func (p *Preflight) refusal(ref tallyfy.TaskRef, dropped bool, err error) []Notice {
	status := refusalOf(err)
	if status == 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// A 401 may concern one task (API.md §3.1), and does if the same token was shown another.
	general := isGeneral(status) && (status != http.StatusUnauthorized || !p.shown[ref.Organization])
	if general {
		p.refused[ref.Organization] = err
	}
	kind := fmt.Sprint(ref.Organization, " ", status)
	if p.reported[kind] {
		return nil
	}
	p.reported[kind] = !dropped
	return []Notice{notChecked(ref, general, err)}
}
