// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// step is what is to be done about a task.
type step int

const (
	// send: save the values and complete.
	send step = iota
	// reopenAndSend: take the completion back first.
	reopenAndSend
	// adopt: it is as it should be. Record it and send nothing.
	adopt
	// refuse: it cannot or must not be done. Send nothing.
	refuse
)

// decision is a step, why it is refused, and what the user should hear of it.
type decision struct {
	step     step
	refusal  Notice
	warnings []Notice
}

func refused(why Notice) decision { return decision{step: refuse, refusal: why} }

// decideCreate says what makes a task completed as wanted. task is nil where the server would not show it.
func decideCreate(task *tallyfy.Task, want Desired) decision {
	if task == nil { // the POST has the last word
		return decision{step: send}
	}
	refusal, warnings := check(task, want)
	switch {
	case task.Completed() && !wouldExpire(task, want):
		if differs := differing(task, want); len(differs) > 0 {
			return refused(completedDifferently(task, differs))
		}
		return decision{step: adopt, warnings: append(warnings, adopted(task))}
	case refusal != nil:
		return refused(*refusal)
	}
	return decision{step: send, warnings: warnings}
}

// decideUpdate says what brings a task whose completion is recorded to what is wanted now.
func decideUpdate(task *tallyfy.Task, want Desired) decision {
	if task == nil {
		return decision{step: reopenAndSend}
	}
	refusal, warnings := check(task, want)
	switch {
	case task.Completed() && !wouldExpire(task, want) && holdsAll(task, want):
		// An earlier apply may have sent it and lost the response, or it was imported.
		return decision{step: adopt, warnings: append(warnings, alreadyUpdated(task))}
	case refusal != nil:
		return refused(*refusal)
	case isOpen(task):
		return decision{step: send, warnings: warnings}
	}
	if empty := emptyRequiredFields(task, want.Taskdata); len(empty) > 0 { // Tallyfy would reject the completion after the reopening
		return refused(cannotBeCompletedAgain(task, empty))
	}
	return decision{step: reopenAndSend, warnings: warnings}
}

// unanswered returns the required fields of a task that hold no answer and are not given one, by their ID.
func emptyRequiredFields[V any](task *tallyfy.Task, given map[string]V) []tallyfy.Field {
	var fields []tallyfy.Field
	for _, field := range task.Form {
		_, given := given[field.ID]
		if field.Required && !given && isEmpty(field, field.Value) {
			fields = append(fields, field)
		}
	}
	return fields
}

// check finds what is clearly refused before any write, and what is odd but sent as configured.
func check(task *tallyfy.Task, want Desired) (refusal *Notice, warnings []Notice) {
	switch {
	case task.ArchivedAt != "":
		return new(archived(task)), nil
	case withRun(want.Task, task).Run == "" && len(want.Taskdata) > 0 && len(missingEcho(task)) > 0:
		return new(cannotBeSaved(task, want, missingEcho(task), true)), nil
	case task.Type == approval && want.IsApproved == nil:
		return new(decisionMissing(task)), nil
	case wouldExpire(task, want):
		return new(decisionExpires(task)), nil
	case want.IsApproved != nil && !decides(task):
		warnings = append(warnings, decisionIgnored(task))
	}
	return nil, warnings
}

// wouldExpire reports whether a decision is declared for a task that takes it for something else.
func wouldExpire(task *tallyfy.Task, want Desired) bool {
	return isExpiring(task) && want.IsApproved != nil
}

// isExpiring reports whether a decision of false would record the task as EXPIRED (tallyfy-api §1.1).
func isExpiring(task *tallyfy.Task) bool {
	return task.Type == "expiring" || task.Type == "expiring_email"
}

// decides reports whether a decision on this task means something: on an approval, and on types that we do not know.
func decides(task *tallyfy.Task) bool {
	return !isExpiring(task) && task.Type != "task" && task.Type != "email"
}

// differing lists what keeps a completed task from being the one that is wanted. Values that Tallyfy does not show
// count as right, since they cannot be told apart; a decision that it does not show counts as wrong, since a gate
// must not be taken for passed on a guess.
func differing(task *tallyfy.Task, want Desired) []string {
	var all []string
	if want.IsApproved != nil && decides(task) && (task.IsApproved == nil || *task.IsApproved != *want.IsApproved) {
		all = append(all, differentDecision(task, *want.IsApproved))
	}
	if task.Taskdata != nil {
		all = append(all, want.differences(task.Taskdata)...)
	}
	return all
}

// holdsAll reports whether a completed task shows everything that is wanted, so that completing it again would
// change nothing. What it does not show counts as missing.
func holdsAll(task *tallyfy.Task, want Desired) bool {
	shown := len(want.Taskdata) == 0 || task.Taskdata != nil
	completer := want.OverrideUser == nil || task.CompleterID == *want.OverrideUser
	return shown && completer && len(differing(task, want)) == 0
}
