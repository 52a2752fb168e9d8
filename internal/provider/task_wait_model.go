// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/wait"
)

// taskWaitModel is the resource in a configuration, a plan or a state.
type taskWaitModel struct {
	ID types.String `tfsdk:"id"`
	taskIdentity
	Alias           types.String   `tfsdk:"alias"`
	FailOnRejection types.Bool     `tfsdk:"fail_on_rejection"`
	PollInterval    types.String   `tfsdk:"poll_interval"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`

	completionFacts
	IsApproved types.Bool `tfsdk:"is_approved"`
}

// wanted returns the wait that the model declares.
func (m *taskWaitModel) wanted(ctx context.Context, diags *diag.Diagnostics) wait.Wanted {
	timeout, more := m.Timeouts.Create(ctx, defaultWaitTimeout)
	diags.Append(more...)
	interval, err := time.ParseDuration(m.PollInterval.ValueString())
	if err != nil && !m.PollInterval.IsUnknown() { // the schema has already checked it
		diags.AddAttributeError(path.Root("poll_interval"), "Invalid Duration", "poll_interval cannot be used: "+err.Error()+".")
	}
	return wait.Wanted{
		TaskRef: m.ref(), Alias: m.Alias.ValueString(),
		FailOnRejection: m.FailOnRejection.ValueBool(), Interval: interval, Timeout: timeout,
	}
}

// record sets the attributes that the plan left unknown.
func (m *taskWaitModel) record(task *tallyfy.Task) {
	setIfUnknown(&m.TaskID, types.StringValue(task.ID))
	setIfUnknown(&m.RunID, textOrNull(task.RunID))
	m.facts(completion.Record{
		Status: task.Status, Title: task.Title, TaskType: task.Type, CompletedAt: task.CompletedAt,
		CompleterID: task.CompleterID, CompleterGuestID: task.CompleterGuestID, IsApproved: task.Decision(),
	})
}

// facts sets the facts of the completion, and the ID of the resource.
func (m *taskWaitModel) facts(r completion.Record) {
	m.completionFacts = completionFactsOf(r)
	m.IsApproved = types.BoolPointerValue(r.IsApproved)
	m.ID = m.resourceID()
}

// recorded returns the completion in the state.
func (m *taskWaitModel) recorded() completion.Record {
	record := m.asRecord()
	record.RunID = m.RunID.ValueString()
	record.IsApproved = m.IsApproved.ValueBoolPointer()
	return record
}

// completer describes who completed the recorded task.
func (m *taskWaitModel) completer() string {
	return wait.Completer(m.CompleterID.ValueInt64(), m.CompleterGuestID.ValueString(), m.CompletedAt.ValueString())
}
