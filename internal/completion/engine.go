// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package completion makes a Tallyfy task completed exactly once, and returns what it knows of it afterwards.
//
// Each of [Engine.Create], [Engine.Read], [Engine.Update] and [Engine.Delete] goes the same way: read the task (read.go), decide by a
// pure function what is to be done (decide.go), act, and verify what came of it. Three rules settle most cases:
//
//  1. Read before writing; the POST has the last word. What is already done is not sent again, and a server that cannot
//     show the task can still complete it.
//  2. After a POST whose outcome is unknown, read the task; never resend blindly. A repeated completion may be accepted and
//     fire webhooks and emails again. A completion counts as the one that was sent only if it is new (baseline.go).
//  3. Once Tallyfy has accepted, only warnings may follow: an error would make the caller complete the task again.
//
// The package knows Tallyfy's API through package tallyfy, and nothing of Terraform.
package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// Engine completes tasks through one client. It is safe for concurrent use.
type Engine struct {
	client    *tallyfy.Client
	lists     *listCaches
	locks     *taskLocks
	processes *processLocks
}

// New returns an engine. It sends nothing. An engine is meant for one operation of Terraform, such as an apply: it remembers which
// completions it has recorded.
func New(client *tallyfy.Client) *Engine {
	return &Engine{client: client, lists: &listCaches{}, locks: &taskLocks{}, processes: &processLocks{}}
}

// Record is what is known of a task's completion. A zero value means that Tallyfy has not told it.
type Record struct {
	// RunID is the run that the task belongs to; empty for a one-off task.
	RunID string
	// Status is Tallyfy's word (tallyfy-api §2.2), such as "completed" or "in-progress".
	Status, Title, TaskType string
	// CompletedAt is the time as Tallyfy wrote it first: ISO 8601, UTC.
	CompletedAt string
	// CompleterID is the member who completed the task, CompleterGuestID the guest.
	CompleterID      int64
	CompleterGuestID string
	// TasksChangedByRules is the JSON of what the automations changed at the completion.
	TasksChangedByRules string
	// IsApproved is the decision on a completed approval; nil for everything else.
	IsApproved *bool
}

// Result is a record and what the user should hear beside it.
type Result struct {
	Record   Record
	Warnings []Notice
	// Reopened means that the recorded completion was taken back: there is nothing to record any more. Only Read says so.
	Reopened bool
	// Changed means that the record is another than the one that was known. Only Read tells it.
	Changed bool
}
