// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package completion makes a Tallyfy task completed exactly once, and tells what it knows of it afterwards.
//
// Each of [Engine.Create], [Engine.Read], [Engine.Update] and [Engine.Delete] goes the same way: observe the task,
// decide by a pure function what is to be done (decide.go), act, and verify what came of it. Three rules settle most cases:
//
//  1. Look before writing; the POST has the last word. What is already done is not sent again, and a server that cannot
//     show the task can still complete it.
//  2. After a POST whose outcome is unknown, look; never resend blindly. A repeated completion may be accepted and
//     fire webhooks, e-mails and automations again.
//  3. Once Tallyfy has accepted, only warnings may follow: an error would make the caller complete the task again.
//
// The package knows Tallyfy's API through package tallyfy, and nothing of Terraform.
package completion

import "github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"

// Engine completes tasks through one client. It is safe for concurrent use.
type Engine struct {
	client  *tallyfy.Client
	rosters *rosters
	turns   *turns
}

// New makes an engine. It sends nothing.
func New(client *tallyfy.Client) *Engine {
	return &Engine{client: client, rosters: &rosters{}, turns: &turns{}}
}

// Desired is what a configuration declares: this task is completed, with this decision and these values.
type Desired struct {
	// Task says where the task is. Without a run it is looked for in the whole organization.
	Task tallyfy.TaskRef
	// IsApproved is the decision on an approval; nil if none is declared.
	IsApproved *bool
	// Taskdata holds values by field id, as encoding/json decodes them with UseNumber.
	Taskdata map[string]any
	// FormFields holds plain values by the label, alias or id of their field. They become taskdata once the form is known.
	FormFields map[string]any
	// SecretTaskdata and SecretFormFields are sent like the others. Nobody records them, so that only their version tells
	// whether they changed; nil for none.
	SecretTaskdata, SecretFormFields               map[string]any
	SecretTaskdataVersion, SecretFormFieldsVersion *int64
	// OverrideUser is to be recorded as the completer; nil for the owner of the token.
	OverrideUser *int64

	labels map[string]string // of the fields in Taskdata that were given by name
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
