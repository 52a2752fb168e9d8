// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// memory is what this process has done to a task. It corrects a read that is older, so that a second block for the task neither
// completes it again nor records a completion that was reopened. The zero value is that of a process that has done nothing.
type memory struct {
	// recorded is the completion that was recorded last, and not reopened since; nil for none.
	recorded *recording
	// takenBack holds the completions that no longer stand.
	takenBack baseline
	// doubtful says that a completion was sent last whose outcome is not known.
	doubtful bool
}

// recording is a completion that this process has recorded.
type recording struct {
	record Record
	// want is what it was recorded for, with all values in Taskdata.
	want Desired
	// at is when it was recorded, by this machine's monotonic clock.
	at time.Time
}

// past returns a baseline with the completions that this process knows of.
func (m memory) past() baseline {
	if m.recorded == nil {
		return m.takenBack
	}
	return m.takenBack.and(m.recorded.record)
}

// baselineOf returns the baseline of a task as it was read, of what is recorded of it, and of what this process has done to it.
func (m memory) baselineOf(task *tallyfy.Task, known Record) baseline {
	b := baselineOf(task, known)
	b.completions = append(b.completions, m.past().completions...)
	return b
}

// until returns the condition that a read shows what this process has done; otherwise if it has done nothing.
func (m memory) until(otherwise func(*tallyfy.Task) bool) func(*tallyfy.Task) bool {
	switch {
	case m.recorded != nil:
		return m.isShown
	case m.doubtful:
		return m.takenBack.isNew
	case m.takenBack.isCompleted():
		return m.takenBack.isOpenOrNew
	}
	return otherwise
}

// correct returns a task as it is after what this process has done. task is what was read, and nil if the server does not show it.
// unseen are values that count as held if neither the read nor this process tells. behind says that the read does not show the
// completion that was recorded.
func (m memory) correct(ref tallyfy.TaskRef, task *tallyfy.Task, unseen map[string]any) (corrected *tallyfy.Task, behind bool) {
	switch {
	case m.recorded != nil && m.recorded.record.saysCompleted():
		if task == nil || !m.isShown(task) {
			return m.recorded.task(ref, task, unseen), true
		}
	case task != nil && m.takenBack.isCompleted() && !m.takenBack.isOpenOrNew(task):
		return withoutCompletion(task), false
	}
	return task, false
}

// hasSent reports whether this process has recorded a completion that left the task open, as one share of several does. An open task
// is no reason to send another then.
func (m memory) hasSent(task *tallyfy.Task) bool {
	return m.recorded != nil && !m.recorded.record.saysCompleted() && (task == nil || isOpen(task))
}

// doubts says why a read is no reason to send a completion after one whose outcome is not known; empty if it is one. task is nil if the
// server does not show it.
func (m memory) doubts(task *tallyfy.Task) string {
	switch {
	case !m.doubtful:
	case task == nil:
		return "Tallyfy does not show the task."
	case task.Completed() && !m.takenBack.isNew(task):
		return errStale.Error() + "."
	case isOpen(task) && task.EveryoneMustComplete:
		return "Everyone who is assigned must complete this task, so it stays open after one share of it."
	}
	return ""
}

// isShown reports whether a task shows the recorded completion, or what has become of it since.
func (m memory) isShown(task *tallyfy.Task) bool {
	r := m.recorded
	if isOpen(task) {
		lags := time.Since(r.at) < longestLag && mayLag(r.record.CompletedAt, task)
		return r.record.saysCompleted() && !lags
	}
	at, ok := instant(task.CompletedAt)
	recorded, okToo := instant(r.record.CompletedAt)
	if !ok || !okToo {
		return m.takenBack.isNew(task)
	}
	return !at.Before(recorded)
}

// task returns a task as it was recorded. read is what a read shows of it, which is older; nil for nothing. unseen are the values that
// count as held if neither shows any.
func (r *recording) task(ref tallyfy.TaskRef, read *tallyfy.Task, unseen map[string]any) *tallyfy.Task {
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

// values are those that the task was recorded with, as Tallyfy keeps them.
func (r *recording) values() map[string]any { return merged(r.want.Taskdata, r.want.kept) }

// withoutCompletion returns a task as it is after its reopening, if a read still shows it as it was before.
func withoutCompletion(task *tallyfy.Task) *tallyfy.Task {
	open := *task
	open.Status, open.CompletedAt, open.IsApproved, open.CompleterID, open.CompleterGuestID = "in-progress", "", nil, 0, ""
	return &open
}

// differing lists what keeps a completion that was sent and left the task open from being the one that is wanted.
func (r *recording) differing(want Desired) []string {
	var all []string
	if want.IsApproved != nil && !sameOption(r.want.IsApproved, want.IsApproved) {
		all = append(all, attrIsApproved)
	}
	if want.OverrideUser != nil && !sameOption(r.want.OverrideUser, want.OverrideUser) {
		all = append(all, attrOverrideUser)
	}
	d := want.compare(r.want.Taskdata)
	return append(all, want.fieldNames(append(d.absent, d.other...))...)
}
