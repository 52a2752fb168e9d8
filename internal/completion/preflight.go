// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"maps"
	"slices"
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
	return &Preflight{client: e.client.Once(), rosters: e.rosters}
}

// Check says what would go wrong with the completion of a task that is not recorded yet. Values that are [Unknown] are passed
// over. A look that fails is an error that is of no concern to the user: a plan must work without a network.
func (p *Preflight) Check(ctx context.Context, want Desired, decisionUnknown bool) (problems, warnings []Notice, err error) {
	task, err := p.look(ctx, want.Task)
	switch {
	case tallyfy.IsNotFound(err) && !tallyfy.IsNoEndpoint(err):
		return nil, []Notice{notThere(want.Task, err)}, nil
	case err != nil:
		return nil, nil, err
	}
	problems, warnings = foresee(task, want, decisionUnknown)
	return problems, warnings, nil
}

// look finds the task in the list of its run, which may lag behind: what it shows as completed or archived, or not at all, is
// looked at by itself.
func (p *Preflight) look(ctx context.Context, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	ctx, cancel := context.WithTimeout(ctx, preflightTime)
	defer cancel()
	if ref.Run != "" {
		list, _ := p.rosters.of(withForms(ref), ref.Task)
		task, err := list.look(ctx, p.client.TasksPage, ref.Task)
		switch {
		case err != nil:
			return nil, err
		case task != nil && isOpen(task) && task.ArchivedAt == "" && task.Form != nil:
			return task, nil
		}
	}
	return p.client.GetTaskWithForm(ctx, ref)
}

// foresee compares a task with what is wanted of it.
func foresee(task *tallyfy.Task, want Desired, decisionUnknown bool) (problems, warnings []Notice) {
	problems, filled := foreseeValues(task, &want)
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
	for _, field := range task.Form {
		if field.Required && !filled[field.ID] && isEmpty(field.Value) {
			warnings = append(warnings, requiredEmpty(task, field))
		}
	}
	return problems, warnings
}

// foreseeValues finds the fields of all values, leaves those that are known in Taskdata, and tells which fields will be filled.
func foreseeValues(task *tallyfy.Task, want *Desired) (problems []Notice, filled map[string]bool) {
	known, filled := map[string]any{}, map[string]bool{}
	if task.Form == nil {
		want.Taskdata, want.FormFields, want.SecretFormFields = nil, nil, nil
		return nil, filled
	}
	given := maps.Clone(orEmpty(want.FormFields))
	maps.Copy(given, want.SecretFormFields)
	found := resolve(task, given)
	for key := range given {
		for _, field := range named(task.Form, key) {
			filled[field.ID] = true
		}
	}
	maps.Copy(known, found.taskdata)
	byID := maps.Clone(orEmpty(want.Taskdata))
	maps.Copy(byID, want.SecretTaskdata)
	for _, id := range sortedKeys(byID) {
		if !slices.ContainsFunc(task.Form, func(field tallyfy.Field) bool { return field.ID == id }) {
			found.problems = append(found.problems, unknownField(task, id))
		}
		filled[id] = true
		if _, later := byID[id].(Unknown); !later {
			known[id] = byID[id]
		}
	}
	want.Taskdata, want.labels = known, found.labels
	return found.problems, filled
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

func unknownField(task *tallyfy.Task, id string) Notice {
	return Notice{
		Summary: "Unknown Form Field", Attribute: attrTaskdata, Key: id,
		Detail: notice.Paragraphs(
			fmt.Sprintf("The form of %s has no field with the id %q. Tallyfy would drop its value without a word.%s", lowerFirst(name(task)), id, suggest(id, idsOf(task))),
			listFields(task.Form),
			"taskdata takes ids of fields; form_fields takes labels and aliases too."),
	}
}

func idsOf(task *tallyfy.Task) []string {
	var ids []string
	for _, field := range task.Form {
		ids = append(ids, field.ID)
	}
	return ids
}

func requiredEmpty(task *tallyfy.Task, field tallyfy.Field) Notice {
	return Notice{
		Summary: "Required Field Is Empty", Attribute: attrTaskID,
		Detail: fmt.Sprintf("Field %s of %s is required, and neither the configuration nor the task has a value for it. "+
			"Tallyfy refuses the completion unless somebody fills it in before the apply.", describeField(field), lowerFirst(name(task))),
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
			fmt.Sprintf("Looking at %s while planning: %s. Applying this sends the completion all the same, and fails unless Tallyfy knows the task by then.", where(ref), notice.CameBack(err)),
			advice(err), notice.SaidBy(err)),
	}
}
