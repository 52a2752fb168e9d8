// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Preflight looks at tasks while their completion is only planned, and says what would keep it from going well. It takes one
// request for each hundred tasks of a run, and writes nothing. It is safe for concurrent use.
type Preflight struct {
	client  *tallyfy.Client
	rosters *rosters
}

// preflightTime bounds a look while planning: without a network a plan should not have to wait.
const preflightTime = 10 * time.Second

// Preflight prepares a look at tasks that shares its lists with the engine's. It sends nothing.
func (e *Engine) Preflight() *Preflight {
	return &Preflight{client: e.client.WithoutRetries(), rosters: e.rosters}
}

// Check says what would go wrong with the completion of a task that is not recorded yet. Values that are [Unknown] are passed
// over. A read that fails is an error that is of no concern to the user: a plan must work without a network.
func (p *Preflight) Check(ctx context.Context, want Desired, decisionUnknown bool) (problems, warnings []Notice, err error) {
	ctx, cancel := context.WithTimeout(tallyfy.WithSecrets(ctx, want.secrets()...), preflightTime)
	defer cancel()
	task, err := p.listed(ctx, want.Task)
	if task != nil && err == nil {
		if problems, warnings = foresee(task, want, decisionUnknown); len(problems) == 0 {
			return nil, warnings, nil
		}
	}
	if err == nil { // the list does not show it, or is all that speaks against it, and may lag behind
		task, err = p.client.GetTaskWithForm(ctx, want.Task)
	}
	switch {
	case tallyfy.IsNotFound(err) && !tallyfy.IsNoEndpoint(err):
		return nil, []Notice{notThere(want.Task, err)}, nil
	case err != nil:
		return nil, nil, err
	}
	problems, warnings = foresee(task, want, decisionUnknown)
	return problems, warnings, nil
}

// listed returns the task from the list of its process, which may lag behind: only an open task is taken from it. It is nil if the list
// does not show one.
func (p *Preflight) listed(ctx context.Context, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	if ref.Run == "" {
		return nil, nil // there is no list to take it from
	}
	list, _ := p.rosters.of(withForms(ref), ref.Task)
	task, err := list.look(ctx, p.client.TasksPage, ref.Task)
	if err != nil || task == nil || task.Completed() || task.ArchivedAt != "" || task.Form == nil {
		return nil, err
	}
	return task, nil
}

// foresee compares a task with what is wanted of it.
func foresee(task *tallyfy.Task, want Desired, decisionUnknown bool) (problems, warnings []Notice) {
	v := formValues{}
	if task.Form != nil {
		v = want.values(task)
	}
	want.Taskdata, want.labels, want.form = v.taskdata, v.labels, task.Form
	problems = v.problems
	if decisionUnknown {
		want.IsApproved = rightDecision(task)
	}
	refusal, warnings := check(task, want)
	switch {
	case task.Completed() && !wouldExpire(task, want):
		if differs := differing(task, want); len(differs) > 0 {
			return append(problems, completedOtherwise(task, differs)), warnings
		}
		return problems, append(warnings, willBeAdopted(task))
	case refusal != nil:
		return append(problems, *refusal), warnings
	}
	for _, field := range unanswered(task, v.given) {
		warnings = append(warnings, requiredEmpty(task, field))
	}
	return problems, warnings
}

// rightDecision is one that goes well, for a decision that is known only after apply: it is told then.
func rightDecision(task *tallyfy.Task) *bool {
	switch {
	case task.Type != approval:
		return nil
	case task.IsApproved != nil:
		return task.IsApproved
	}
	return new(true)
}

func requiredEmpty(task *tallyfy.Task, field tallyfy.Field) Notice {
	return Notice{
		Summary: "Required Field Is Empty", Attribute: attrTaskID,
		Detail: fmt.Sprintf("Field %s of %s is required, and neither the configuration nor the task has a value for it. "+
			"Tallyfy rejects the completion unless someone fills it in before the apply.", describeField(field), lowerFirst(name(task))),
	}
}

func willBeAdopted(task *tallyfy.Task) Notice {
	return Notice{
		Summary: "Task Is Already Completed", Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s was completed as configured, by %s. Applying this records it as it is, and sends no completion.", name(task), completer(task)),
	}
}

func notThere(ref tallyfy.TaskRef, err error) Notice {
	return Notice{
		Summary: "Task Cannot Be Found", Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s while planning: %s. Applying this sends the completion anyway, and fails unless Tallyfy knows the task by then.", where(ref), notice.CameBack(err)),
			advice(err), notice.SaidBy(err)),
	}
}
