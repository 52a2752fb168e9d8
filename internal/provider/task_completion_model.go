// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// taskCompletionModel is the resource as Terraform holds it.
type taskCompletionModel struct {
	ID              types.String   `tfsdk:"id"`
	OrganizationID  types.String   `tfsdk:"organization_id"`
	RunID           types.String   `tfsdk:"run_id"`
	TaskID          types.String   `tfsdk:"task_id"`
	IsApproved      types.Bool     `tfsdk:"is_approved"`
	Taskdata        types.Dynamic  `tfsdk:"taskdata"`
	FormFields      types.Dynamic  `tfsdk:"form_fields"`
	OverrideUser    wholeNumber    `tfsdk:"override_user"`
	ReopenOnDestroy types.Bool     `tfsdk:"reopen_on_destroy"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`

	// Write-only values are in the configuration alone, and null in plan and state.
	TaskdataWO          types.Dynamic `tfsdk:"taskdata_wo"`
	TaskdataWOVersion   wholeNumber   `tfsdk:"taskdata_wo_version"`
	FormFieldsWO        types.Dynamic `tfsdk:"form_fields_wo"`
	FormFieldsWOVersion wholeNumber   `tfsdk:"form_fields_wo_version"`

	Status              types.String         `tfsdk:"status"`
	Title               types.String         `tfsdk:"title"`
	TaskType            types.String         `tfsdk:"task_type"`
	CompletedAt         types.String         `tfsdk:"completed_at"`
	CompleterID         types.Int64          `tfsdk:"completer_id"`
	CompleterGuestID    types.String         `tfsdk:"completer_guest_id"`
	TasksChangedByRules jsontypes.Normalized `tfsdk:"tasks_changed_by_rules"`
}

// ref says where the task is.
func (m *taskCompletionModel) ref() tallyfy.TaskRef {
	return tallyfy.TaskRef{Organization: m.OrganizationID.ValueString(), Run: m.RunID.ValueString(), Task: m.TaskID.ValueString()}
}

// desired is what the model declares, less what is write-only. All of it must be known.
func (m *taskCompletionModel) desired(ctx context.Context, diags *diag.Diagnostics) completion.Desired {
	want := completion.Desired{
		Task:         m.ref(),
		IsApproved:   m.IsApproved.ValueBoolPointer(),
		OverrideUser: m.OverrideUser.ValueInt64Pointer(),
	}
	m.openValues(ctx, &want, diags)
	return want
}

// recorded is what the state knows of the completion.
func (m *taskCompletionModel) recorded() completion.Record {
	return completion.Record{
		RunID:               m.RunID.ValueString(),
		Status:              m.Status.ValueString(),
		Title:               m.Title.ValueString(),
		TaskType:            m.TaskType.ValueString(),
		CompletedAt:         m.CompletedAt.ValueString(),
		CompleterID:         m.CompleterID.ValueInt64(),
		CompleterGuestID:    m.CompleterGuestID.ValueString(),
		TasksChangedByRules: m.TasksChangedByRules.ValueString(),
		IsApproved:          m.IsApproved.ValueBoolPointer(),
	}
}

// record fills in what the plan left to be known after apply. What the plan promised stays, as Terraform demands.
func (m *taskCompletionModel) record(r completion.Record) {
	setIfUnknown(&m.RunID, textOrNull(r.RunID))
	setIfUnknown(&m.Status, textOrNull(r.Status))
	setIfUnknown(&m.Title, textOrNull(r.Title))
	setIfUnknown(&m.TaskType, textOrNull(r.TaskType))
	setIfUnknown(&m.CompletedAt, textOrNull(r.CompletedAt))
	setIfUnknown(&m.CompleterID, numberOrNull(r.CompleterID))
	setIfUnknown(&m.CompleterGuestID, textOrNull(r.CompleterGuestID))
	setIfUnknown(&m.TasksChangedByRules, jsonOrNull(r.TasksChangedByRules))
	setIfUnknown(&m.ID, types.StringValue(identifier(m.ref())))
}

// refresh takes over what a task shows now. A decision is compared with the task's only where the configuration has one,
// and an import takes the one it finds. taskdata is the configuration's alone: the task holds other fields too.
func (m *taskCompletionModel) refresh(r completion.Record, importing bool) {
	if m.RunID.IsNull() { // a configured one stays as it is written
		m.RunID = textOrNull(r.RunID)
	}
	m.Status = textOrNull(r.Status)
	m.Title = textOrNull(r.Title)
	m.TaskType = textOrNull(r.TaskType)
	m.CompletedAt = textOrNull(r.CompletedAt)
	m.CompleterID = numberOrNull(r.CompleterID)
	m.CompleterGuestID = textOrNull(r.CompleterGuestID)
	m.TasksChangedByRules = jsonOrNull(r.TasksChangedByRules)
	if r.IsApproved != nil && (importing || !m.IsApproved.IsNull()) {
		m.IsApproved = types.BoolPointerValue(r.IsApproved)
	}
	m.ID = types.StringValue(identifier(m.ref()))
}

// identifier is the id of the resource, which import takes too.
func identifier(ref tallyfy.TaskRef) string {
	return ref.Organization + "/" + ref.Run + "/" + ref.Task
}
