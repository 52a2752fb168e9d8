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
)

// taskCompletionModel is the resource as Terraform stores it.
type taskCompletionModel struct {
	ID types.String `tfsdk:"id"`
	taskIdentity
	IsApproved      types.Bool     `tfsdk:"is_approved"`
	Taskdata        types.Dynamic  `tfsdk:"taskdata"`
	FormFields      types.Dynamic  `tfsdk:"form_fields"`
	OverrideUser    wholeNumber    `tfsdk:"override_user"`
	ReopenOnDestroy types.Bool     `tfsdk:"reopen_on_destroy"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`

	// Write-only values are only in the configuration, and null in plans and states.
	TaskdataWO          types.Dynamic `tfsdk:"taskdata_wo"`
	TaskdataWOVersion   wholeNumber   `tfsdk:"taskdata_wo_version"`
	FormFieldsWO        types.Dynamic `tfsdk:"form_fields_wo"`
	FormFieldsWOVersion wholeNumber   `tfsdk:"form_fields_wo_version"`

	completionFacts
	TasksChangedByRules jsontypes.Normalized `tfsdk:"tasks_changed_by_rules"`
}

// desired returns what the model declares, without write-only values. All of it must be known.
func (m *taskCompletionModel) desired(ctx context.Context, diags *diag.Diagnostics) completion.Desired {
	want := completion.Desired{
		Task:         m.ref(),
		IsApproved:   m.IsApproved.ValueBoolPointer(),
		OverrideUser: m.OverrideUser.ValueInt64Pointer(),
	}
	m.openValues(ctx, &want, diags)
	return want
}

// recorded returns the completion in the state.
func (m *taskCompletionModel) recorded() completion.Record {
	record := m.asRecord()
	record.RunID = m.RunID.ValueString()
	record.TasksChangedByRules = m.TasksChangedByRules.ValueString()
	record.IsApproved = m.IsApproved.ValueBoolPointer()
	return record
}

// record sets what the plan has left unknown. Terraform demands that the rest stays as planned.
func (m *taskCompletionModel) record(r completion.Record) {
	setIfUnknown(&m.RunID, textOrNull(r.RunID))
	m.setUnknown(r)
	setIfUnknown(&m.TasksChangedByRules, jsonOrNull(r.TasksChangedByRules))
	setIfUnknown(&m.ID, m.resourceID())
}

// refresh sets what a task shows now. A decision is only compared with the task's if one is
// recorded; an import records the task's. Form values stay as configured, because the task has
// other fields too.
func (m *taskCompletionModel) refresh(r completion.Record, importing bool) {
	if m.RunID.IsNull() { // a configured one stays as it is written
		m.RunID = textOrNull(r.RunID)
	}
	m.completionFacts = completionFactsOf(r)
	m.TasksChangedByRules = jsonOrNull(r.TasksChangedByRules)
	if r.IsApproved != nil && (importing || !m.IsApproved.IsNull()) {
		m.IsApproved = types.BoolPointerValue(r.IsApproved)
	}
	m.ID = m.resourceID()
}
