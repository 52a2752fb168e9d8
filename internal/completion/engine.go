// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package completion completes Tallyfy tasks exactly once, and returns a record of each completion.
//
// [Engine.Create], [Engine.Read], [Engine.Update] and [Engine.Delete] follow the same steps: read
// the task (read.go), decide by a pure function (decide.go), send (send.go, save.go, reopen.go),
// and verify the result (accept.go). Three rules settle most cases:
//
//  1. Read before writing, and treat the POST as authoritative. A task that is completed as wanted
//     is not completed again. A server that cannot show a task can still complete it.
//  2. After a POST with an unknown outcome, read the task and never resend blindly. A repeated
//     completion may be accepted and fire webhooks and emails again. A completion counts as ours
//     only if it is new (baseline.go).
//  3. After Tallyfy has accepted, only warnings may follow. An error would make the caller complete
//     the task again.
//
// The package uses Tallyfy's API through package tallyfy, and does not depend on Terraform.
package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// Engine completes tasks through one client. It is safe for concurrent use.
type Engine struct {
	client    *tallyfy.Client
	lists     *listCaches
	locks     *taskLocks
	processes *processLocks
	recent    *recentReads
}

// New returns an engine. It sends nothing. Use an engine for one operation of Terraform, such as an
// apply, because it remembers the completions that it has recorded.
func New(client *tallyfy.Client) *Engine {
	return &Engine{client: client, lists: &listCaches{}, locks: &taskLocks{}, processes: &processLocks{}, recent: &recentReads{}}
}

// Record holds the known facts of a task's completion. A zero value means that Tallyfy has not
// shown the fact.
type Record struct {
	// RunID is the ID of the process (run) that the task belongs to; empty for a one-off task.
	RunID string
	// Status is the status as Tallyfy reports it (API.md §2.2), such as "completed" or
	// "in-progress".
	Status, Title, TaskType string
	// CompletedAt is the time as Tallyfy first wrote it: ISO 8601, UTC.
	CompletedAt string
	// CompleterID is the ID of the member who completed the task, CompleterGuestID that of the
	// guest.
	CompleterID      int64
	CompleterGuestID string
	// TasksChangedByRules is the JSON of the tasks that automations changed at the completion.
	TasksChangedByRules string
	// IsApproved is the decision on a completed approval; nil for all other tasks.
	IsApproved *bool
}

// Result is a record with the warnings for the user.
type Result struct {
	Record   Record
	Warnings []Notice
	// Reopened reports that the recorded completion no longer stands, so nothing is left to record.
	// Only Read sets it.
	Reopened bool
	// NotFound is why Tallyfy no longer shows the task; nil if it does. The record stays as it
	// was. Only Read sets it.
	NotFound error
	// Hidden is the task if an automation hides it and Tallyfy does not show its completion;
	// otherwise nil. The record stayed as it was. Only Read sets it.
	Hidden *tallyfy.Task
	// Changed reports that the record differs from the known one. Only Read sets it.
	Changed bool
}
