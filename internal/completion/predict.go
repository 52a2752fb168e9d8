// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// prediction is what an apply would do about a task as it was read.
type prediction struct {
	problems, warnings []Notice
	// reliable reports that the prediction may be based on a list, which may lag, because it does
	// not prevent an apply.
	reliable bool
}

// predict returns what an apply of a plan does about a task.
func predict(task *tallyfy.Task, p Planned) prediction {
	v := formValues{}
	want := p.Desired
	if task.Form != nil {
		v = want.values(task)
	}
	want.Taskdata, want.labels, want.form = v.taskdata, v.labels, task.Form
	if p.isUnknown(attrIsApproved) {
		want.IsApproved = assumedDecision(task)
	}
	var empty []tallyfy.Field
	if !p.valuesUnknown() {
		empty = emptyRequiredFields(task, v.given)
	}
	switch {
	case p.isUnknown(attrIsApproved) && isExpiring(task): // only null succeeds, and the other notices would assume a decision
		return prediction{problems: v.all(task, empty), warnings: []Notice{decisionMayExpire(task)}}
	case p.Recorded != nil:
		return predictUpdate(task, p, want, v, empty)
	}
	return predictCreate(task, p, want, v, empty)
}

// check returns why the completion is refused, and adds warnings. Values that are unknown until the
// apply count as values to save.
func (p *prediction) check(task *tallyfy.Task, want Desired, v formValues) (refusal *Notice) {
	given := map[string]any{}
	for id := range v.given {
		given[id] = Unknown{}
	}
	want.Taskdata = merged(given, want.Taskdata)
	refusal, warnings := check(task, want)
	p.warnings = append(p.warnings, warnings...)
	return refusal
}

// predictCreate predicts a completion that is not recorded. want is the known part of it, v its
// values by the form, and empty are the required fields without a value.
func predictCreate(task *tallyfy.Task, p Planned, want Desired, v formValues, empty []tallyfy.Field) prediction {
	var f prediction
	refusal := f.check(task, want, v)
	switch {
	case task.Completed() && !wouldExpire(task, want):
		f.problems = v.all(task, nil)
		switch differs := differing(task, want); {
		case len(differs) == 0:
			f.warnings = append(f.warnings, willBeAdopted(task, p))
		case p.ReopenOnDestroy:
			f.warnings = append(f.warnings, differsUnlessReopened(task, p, differs))
		default:
			f.problems = append(f.problems, differsInPlan(task, differs, p.Subject))
		}
		return f
	case refusal != nil:
		f.problems = append(v.all(task, empty), *refusal)
		return f
	}
	f.problems = v.all(task, empty)
	if task.Form == nil && want.byName() {
		f.problems = append(f.problems, formHidden(want))
	}
	if len(empty) > 0 && len(v.emptied) == 0 {
		f.warnings = append(f.warnings, requiredEmpty(task, empty))
	}
	if isHidden(task) {
		f.warnings = append(f.warnings, hiddenTask(task))
	}
	f.reliable = len(f.problems)+len(empty) == 0 && task.Form != nil && !isHidden(task)
	return f
}

// predictUpdate predicts an update of a recorded completion, in the same way as decideUpdate.
func predictUpdate(task *tallyfy.Task, p Planned, want Desired, v formValues, empty []tallyfy.Field) prediction {
	var f prediction
	refusal := f.check(task, want, v)
	f.problems = v.all(task, empty)
	if task.Form == nil && want.byName() {
		f.problems = append(f.problems, formHidden(want))
	}
	switch {
	case len(f.problems) > 0:
	case task.Completed() && !wouldExpire(task, want) && holdsAll(task, want):
		if len(p.unknownNames(task)) > 0 {
			f.warnings = append(f.warnings, mayReopen(task, p, true))
		} else {
			f.warnings = append(f.warnings, nothingToSend(task, p))
		}
	case refusal != nil:
		f.problems = append(f.problems, *refusal)
	case isOpen(task):
		f.warnings = append(f.warnings, completesOpen(task, p))
		if isHidden(task) {
			f.warnings = append(f.warnings, hiddenTask(task))
		}
	case len(empty) > 0:
		f.problems = append(f.problems, cannotBeCompletedAgain(task, empty))
	default:
		f.warnings = append(f.warnings, willReopen(task, p))
		f.reliable = task.Form != nil
	}
	return f
}

// assumedDecision returns a decision that succeeds, for one that is unknown until the apply.
func assumedDecision(task *tallyfy.Task) *bool {
	switch {
	case task.Type != tallyfy.TypeApproval:
		return nil
	case task.IsApproved != nil:
		return task.IsApproved
	}
	return new(true)
}
