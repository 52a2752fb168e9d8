// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// step is what to do about a task.
type step int

const (
	// send: save the values and complete the task.
	send step = iota
	// reopenAndSend: reopen the task first.
	reopenAndSend
	// adopt: the task is completed as wanted. Record it and send nothing.
	adopt
	// refuse: the task cannot or must not be completed. Send nothing.
	refuse
)

// decision is a step, the reason for a refusal, and warnings for the user.
type decision struct {
	step     step
	refusal  Notice
	warnings []Notice
}

func refused(why Notice) decision { return decision{step: refuse, refusal: why} }

// decideCreate decides how to complete a task as wanted. task is nil if the server does not show
// it.
func decideCreate(task *tallyfy.Task, want Desired) decision {
	if task == nil { // the POST is authoritative
		return decision{step: send}
	}
	refusal, warnings := check(task, want)
	switch {
	case task.Completed() && !wouldExpire(task, want):
		if differs := differing(task, want); len(differs) > 0 {
			return refused(completedDifferently(task, differs, want.Subject))
		}
		return decision{step: adopt, warnings: append(warnings, adopted(task, want.Subject))}
	case refusal != nil:
		return refused(*refusal)
	}
	return decision{step: send, warnings: warnings}
}

// decideUpdate decides how to change a recorded completion to what is wanted now. task is nil if
// the server does not show it.
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

// emptyRequiredFields returns the required fields of a task that are empty and get no value. given
// has the fields that get one, by ID.
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

// check returns why a completion is refused before any write, and warnings about a configuration
// that is unusual but sent as it is.
func check(task *tallyfy.Task, want Desired) (refusal *Notice, warnings []Notice) {
	switch {
	case task.ArchivedAt != "":
		return new(archived(task, want.Subject)), nil
	case withRun(want.Task, task).Run == "" && len(want.Taskdata) > 0 && len(missingEcho(task)) > 0:
		return new(cannotBeSaved(task, want, missingEcho(task), sentNothing)), nil
	case task.Type == tallyfy.TypeApproval && want.IsApproved == nil:
		return new(decisionMissing(task, want.Subject)), nil
	case wouldExpire(task, want):
		return new(decisionExpires(task, want.Subject)), nil
	case want.IsApproved != nil && !tallyfy.TakesDecision(task.Type):
		warnings = append(warnings, decisionIgnored(task))
	}
	return nil, warnings
}

// wouldExpire reports whether a decision is configured for a task on which is_approved means
// expiry.
func wouldExpire(task *tallyfy.Task, want Desired) bool {
	return isExpiring(task) && want.IsApproved != nil
}

// isExpiring reports whether a decision of false would record the task as EXPIRED (API.md §1.1).
func isExpiring(task *tallyfy.Task) bool {
	return task.Type == tallyfy.TypeExpiring || task.Type == tallyfy.TypeExpiringEmail
}

// isHidden reports whether an automation hides the task, so that it cannot be completed until one
// shows it (API.md §2.2, §3.1). An earlier completion of the same apply may show it, so only
// Tallyfy's response decides.
func isHidden(task *tallyfy.Task) bool {
	return task.Status == "auto-skipped" || task.Status == "skipped"
}

// differing lists the differences between a completed task and the wanted completion. Values that
// Tallyfy does not show count as equal, because they cannot be compared. A decision that Tallyfy
// does not show counts as different, because a pipeline must not continue on a guess.
func differing(task *tallyfy.Task, want Desired) []string {
	var all []string
	if want.IsApproved != nil && tallyfy.TakesDecision(task.Type) && (task.IsApproved == nil || *task.IsApproved != *want.IsApproved) {
		all = append(all, differentDecision(task, *want.IsApproved))
	}
	if task.Taskdata != nil {
		all = append(all, want.differences(task.Taskdata)...)
	}
	return all
}

// holdsAll reports whether a completed task shows everything that is wanted, so that a new
// completion would change nothing. What the task does not show counts as missing.
func holdsAll(task *tallyfy.Task, want Desired) bool {
	shown := len(want.Taskdata) == 0 || task.Taskdata != nil
	completer := want.OverrideUser == nil || task.CompleterID == *want.OverrideUser
	return shown && completer && len(differing(task, want)) == 0
}
