// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// baseline is the known state of a task right before a request is sent for it. Later reads are
// compared with it, so that an older completion is never attributed to the request.
type baseline struct {
	// task is the task as it was read before; nil if the server does not show it.
	task *tallyfy.Task
	// completions are the times of the known completions, as Tallyfy wrote them; empty for a
	// completion without a time.
	completions []string
	// progress and lastUpdated show whether a share of a task that everyone must complete has
	// arrived; empty if unknown.
	progress    json.RawMessage
	lastUpdated string
}

// baselineOf returns the baseline of a task as it was read, and of its record. task may be nil, and
// known may be zero.
func baselineOf(task *tallyfy.Task, known Record) baseline {
	b := baseline{task: task}.withRecord(known)
	if task == nil {
		return b
	}
	b.progress, b.lastUpdated = task.Progress, task.LastUpdated
	if task.Completed() {
		b.completions = append(b.completions, task.CompletedAt)
	}
	return b
}

// withRecord returns the baseline with the recorded completion added.
func (b baseline) withRecord(known Record) baseline {
	if known.saysCompleted() {
		b.completions = append(slices.Clip(b.completions), known.CompletedAt)
	}
	return b
}

// isCompleted reports whether a completion is known.
func (b baseline) isCompleted() bool { return len(b.completions) > 0 }

// saved returns the baseline after field values were saved. task is what the response shows; nil if
// it shows none.
func (b baseline) saved(task *tallyfy.Task) baseline {
	b.lastUpdated = "" // the save has changed it
	if task == nil {
		return b
	}
	b.lastUpdated = task.LastUpdated
	if len(task.Progress) > 0 {
		b.progress = task.Progress
	}
	return b
}

// isNew reports whether a task shows a completion that happened after the baseline.
func (b baseline) isNew(task *tallyfy.Task) bool {
	if !task.Completed() {
		return false
	}
	same := func(at string) bool { return sameTime(at, task.CompletedAt) }
	return !slices.ContainsFunc(b.completions, same) || b.differs(task)
}

// isOpenOrNew reports whether a task no longer shows the completion of the baseline.
func (b baseline) isOpenOrNew(task *tallyfy.Task) bool { return isOpen(task) || b.isNew(task) }

// differs reports whether a completed task differs from the completion that was read before,
// although both have the same time, which is in whole seconds. A completed task cannot be changed
// (API.md §1.5), so a difference means a new completion.
func (b baseline) differs(task *tallyfy.Task) bool {
	if b.task == nil || !b.task.Completed() || !sameTime(b.task.CompletedAt, task.CompletedAt) {
		return false
	}
	if before, now := b.task.Decision(), task.Decision(); before != nil && now != nil && *before != *now {
		return true
	}
	if b.task.Taskdata == nil || task.Taskdata == nil {
		return false
	}
	form := task.Form
	if form == nil {
		form = b.task.Form
	}
	for id, value := range b.task.Taskdata {
		field, _ := fieldOf(form, id)
		if !equal(field, value, task.Taskdata[id]) {
			return true
		}
	}
	return false
}

// everyone reports whether every assignee must complete the task, so that it stays open after one
// share.
func (b baseline) everyone() bool { return b.task != nil && b.task.EveryoneMustComplete }

// hasShare reports whether an open task shows that a share has arrived since. A colleague's share
// looks the same. The time of the last change counts only if the task does not show its progress,
// because any other change sets it too.
func (b baseline) hasShare(task *tallyfy.Task) bool {
	switch {
	case !b.everyone():
		return false
	case len(b.progress) > 0 && len(task.Progress) > 0:
		return !bytes.Equal(b.progress, task.Progress)
	}
	return b.lastUpdated != "" && task.LastUpdated != "" && !sameTime(b.lastUpdated, task.LastUpdated)
}

// isSettled reports whether a read shows the result of a completion that was sent.
func (b baseline) isSettled(task *tallyfy.Task) bool { return b.isNew(task) || b.hasShare(task) }
