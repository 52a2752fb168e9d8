// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// taskHistory is what this process has done to a task. It corrects a read that lags. So a second
// block for the task neither completes it again nor records a completion that was reopened. The
// zero value is the history of an untouched task.
type taskHistory struct {
	// last is the completion that was recorded last and was not reopened since; nil if there is
	// none.
	last *recordedCompletion
	// reopened holds the completions that were undone by a reopening.
	reopened baseline
	// outcomeUnknown reports that the last completion was sent with an unknown outcome.
	outcomeUnknown bool
}

// recordedCompletion is a completion that this process has recorded.
type recordedCompletion struct {
	record Record
	// want is what was completed, with all values in Taskdata.
	want Desired
	// at is the time of the recording, by this machine's monotonic clock.
	at time.Time
}

// known returns a baseline with the completions that this process knows.
func (h taskHistory) known() baseline {
	if h.last == nil {
		return h.reopened
	}
	return h.reopened.withRecord(h.last.record)
}

// baselineOf returns the baseline of a task as it was read, of its record, and of this history.
func (h taskHistory) baselineOf(task *tallyfy.Task, known Record) baseline {
	b := baselineOf(task, known)
	b.completions = append(b.completions, h.known().completions...)
	return b
}

// condition returns the condition that a read shows what this process has done. If it has done
// nothing, the condition is otherwise.
func (h taskHistory) condition(otherwise func(*tallyfy.Task) bool) func(*tallyfy.Task) bool {
	switch {
	case h.last != nil:
		return h.isShown
	case h.outcomeUnknown:
		return h.reopened.isNew
	case h.reopened.isCompleted():
		return h.reopened.isOpenOrNew
	}
	return otherwise
}

// correct returns the task as this process has left it. task is the read; nil if the server does
// not show it. unseen are the values of the task if neither the read nor the history shows any.
// behind reports that the read does not show the recorded completion.
func (h taskHistory) correct(ref tallyfy.TaskRef, task *tallyfy.Task, unseen map[string]any) (corrected *tallyfy.Task, behind bool) {
	switch {
	case h.last != nil && h.last.record.saysCompleted():
		if task == nil || !h.isShown(task) {
			return h.last.task(ref, task, unseen), true
		}
	case task != nil && h.reopened.isCompleted() && !h.reopened.isOpenOrNew(task):
		return withoutCompletion(task), false
	}
	return task, false
}

// hasSent reports whether this process has recorded a completion that left the task open, as one of
// several shares does. Such an open task is not a reason to send another completion.
func (h taskHistory) hasSent(task *tallyfy.Task) bool {
	return h.last != nil && !h.last.record.saysCompleted() && (task == nil || isOpen(task))
}

// reasonNotToSend returns why no completion may be sent after one with an unknown outcome; empty if
// one may. task is nil if the server does not show it.
func (h taskHistory) reasonNotToSend(task *tallyfy.Task) string {
	switch {
	case !h.outcomeUnknown:
	case task == nil:
		return "Tallyfy does not show the task."
	case task.Completed() && !h.reopened.isNew(task):
		return errStale.Error() + "."
	case isOpen(task) && task.EveryoneMustComplete:
		return "Everyone who is assigned must complete this task, so it stays open after one share of it."
	}
	return ""
}

// isShown reports whether a task shows the recorded completion, or something newer.
func (h taskHistory) isShown(task *tallyfy.Task) bool {
	r := h.last
	if isOpen(task) {
		lags := time.Since(r.at) < longestLag && mayLag(r.record.CompletedAt, task)
		return r.record.saysCompleted() && !lags
	}
	at, ok := parseTime(task.CompletedAt)
	recorded, okToo := parseTime(r.record.CompletedAt)
	if !ok || !okToo {
		return h.reopened.isNew(task)
	}
	return !at.Before(recorded)
}

// task returns the task as it was recorded. read is an older read; nil if there is none. unseen are
// the values of the task if neither shows any.
func (r *recordedCompletion) task(ref tallyfy.TaskRef, read *tallyfy.Task, unseen map[string]any) *tallyfy.Task {
	task := tallyfy.Task{ID: ref.Task, RunID: r.record.RunID, Title: r.record.Title, Type: r.record.TaskType}
	if read != nil {
		task = *read
	}
	if task.Taskdata == nil {
		task.Taskdata = unseen
	}
	task.Taskdata = merged(task.Taskdata, r.values())
	task.Status, task.CompletedAt = r.record.Status, r.record.CompletedAt
	task.CompleterID, task.CompleterGuestID = r.record.CompleterID, r.record.CompleterGuestID
	if task.IsApproved = r.record.IsApproved; task.IsApproved == nil {
		task.IsApproved = r.want.IsApproved
	}
	if r.record.TasksChangedByRules != "" {
		task.TasksChangedByRules = json.RawMessage(r.record.TasksChangedByRules)
	}
	return &task
}

// values returns the recorded values in the form in which Tallyfy stores them.
func (r *recordedCompletion) values() map[string]any { return merged(r.want.Taskdata, r.want.kept) }

// withoutCompletion returns a task as it is after its reopening, from a read that lags.
func withoutCompletion(task *tallyfy.Task) *tallyfy.Task {
	open := *task
	open.Status, open.CompletedAt, open.IsApproved, open.CompleterID, open.CompleterGuestID = "in-progress", "", nil, 0, ""
	return &open
}

// differing lists the differences between a completion that left the task open and the wanted one.
func (r *recordedCompletion) differing(want Desired) []string {
	var all []string
	if want.IsApproved != nil && !sameOption(r.want.IsApproved, want.IsApproved) {
		all = append(all, attrIsApproved)
	}
	if want.OverrideUser != nil && !sameOption(r.want.OverrideUser, want.OverrideUser) {
		all = append(all, attrOverrideUser)
	}
	diff := want.compare(r.want.Taskdata)
	return append(all, want.fieldNames(append(diff.absent, diff.other...))...)
}
