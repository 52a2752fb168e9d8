// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/wait"
)

// taskWaitModel is the resource as Terraform holds it.
type taskWaitModel struct {
	ID              types.String   `tfsdk:"id"`
	OrganizationID  types.String   `tfsdk:"organization_id"`
	RunID           types.String   `tfsdk:"run_id"`
	TaskID          types.String   `tfsdk:"task_id"`
	Alias           types.String   `tfsdk:"alias"`
	FailOnRejection types.Bool     `tfsdk:"fail_on_rejection"`
	PollInterval    types.String   `tfsdk:"poll_interval"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`

	Status           types.String `tfsdk:"status"`
	Title            types.String `tfsdk:"title"`
	TaskType         types.String `tfsdk:"task_type"`
	IsApproved       types.Bool   `tfsdk:"is_approved"`
	CompletedAt      types.String `tfsdk:"completed_at"`
	CompleterID      types.Int64  `tfsdk:"completer_id"`
	CompleterGuestID types.String `tfsdk:"completer_guest_id"`
}

// ref returns where the task is, as far as that is known.
func (m *taskWaitModel) ref() tallyfy.TaskRef {
	return tallyfy.TaskRef{Organization: m.OrganizationID.ValueString(), Run: m.RunID.ValueString(), Task: m.TaskID.ValueString()}
}

// wanted returns what the model declares.
func (m *taskWaitModel) wanted(ctx context.Context, diags *diag.Diagnostics) wait.Wanted {
	timeout, more := m.Timeouts.Create(ctx, defaultWaitTimeout)
	diags.Append(more...)
	interval, err := time.ParseDuration(m.PollInterval.ValueString())
	if err != nil && !m.PollInterval.IsUnknown() { // the schema has checked it
		diags.AddAttributeError(path.Root("poll_interval"), "Invalid Duration", "poll_interval cannot be used: "+err.Error()+".")
	}
	return wait.Wanted{
		TaskRef: m.ref(), Alias: m.Alias.ValueString(),
		FailOnRejection: m.FailOnRejection.ValueBool(), Interval: interval, Timeout: timeout,
	}
}

// record fills in what the plan left to be known after apply.
func (m *taskWaitModel) record(task *tallyfy.Task) {
	setIfUnknown(&m.TaskID, types.StringValue(task.ID))
	setIfUnknown(&m.RunID, textOrNull(task.RunID))
	m.facts(completion.Record{
		Status: task.Status, Title: task.Title, TaskType: task.Type, CompletedAt: task.CompletedAt,
		CompleterID: task.CompleterID, CompleterGuestID: task.CompleterGuestID, IsApproved: task.Decision(),
	})
}

// facts takes over what is known of the completion, and names the resource.
func (m *taskWaitModel) facts(r completion.Record) {
	m.Status = textOrNull(r.Status)
	m.Title = textOrNull(r.Title)
	m.TaskType = textOrNull(r.TaskType)
	m.IsApproved = types.BoolPointerValue(r.IsApproved)
	m.CompletedAt = textOrNull(r.CompletedAt)
	m.CompleterID = numberOrNull(r.CompleterID)
	m.CompleterGuestID = textOrNull(r.CompleterGuestID)
	m.ID = types.StringValue(identifier(m.ref()))
}

// recorded returns what the state knows of the completion.
func (m *taskWaitModel) recorded() completion.Record {
	return completion.Record{
		RunID:            m.RunID.ValueString(),
		Status:           m.Status.ValueString(),
		Title:            m.Title.ValueString(),
		TaskType:         m.TaskType.ValueString(),
		CompletedAt:      m.CompletedAt.ValueString(),
		CompleterID:      m.CompleterID.ValueInt64(),
		CompleterGuestID: m.CompleterGuestID.ValueString(),
		IsApproved:       m.IsApproved.ValueBoolPointer(),
	}
}

// by names who completed the task that is recorded.
func (m *taskWaitModel) by() string {
	return wait.By(m.CompleterID.ValueInt64(), m.CompleterGuestID.ValueString(), m.CompletedAt.ValueString())
}

// identify sets the identity beside the state. identity is nil for a CLI that knows none.
func (m *taskWaitModel) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if identity != nil {
		diags.Append(identity.Set(ctx, taskIdentity{OrganizationID: m.OrganizationID, RunID: m.RunID, TaskID: m.TaskID})...)
	}
}
