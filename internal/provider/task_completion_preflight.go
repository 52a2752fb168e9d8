// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// preflight checks the task of a planned completion, so that the plan of a pull request reports
// what an apply would do and where it would fail.
func (r *taskCompletionResource) preflight(ctx context.Context, plan completion.Planned, diags *diag.Diagnostics) {
	if r.provider == nil || r.provider.preflight == nil {
		report(diags, completion.Unchecked(plan), nil)
		return
	}
	r.provider.check(ctx, plan, diags)
}

// check runs the preflight check of a planned completion and reports its findings. The provider
// must have a preflight check.
func (d *providerData) check(ctx context.Context, plan completion.Planned, diags *diag.Diagnostics) {
	found := d.preflight.Check(ctx, plan)
	if found.Err != nil {
		tflog.Debug(ctx, "the check of the planned task failed", map[string]any{"task_id": plan.Task.Task, "error": found.Err.Error()})
	}
	report(diags, found.Warnings, nil)
	if len(found.Problems) > 0 {
		report(diags, nil, &completion.Failure{Notice: found.Problems[0], Others: found.Problems[1:]})
	}
}

// keep registers a recorded completion that does not change, in case another block of the same plan
// names its task.
func (r *taskCompletionResource) keep(plan completion.Planned, diags *diag.Diagnostics) {
	if r.provider != nil && r.provider.preflight != nil {
		report(diags, r.provider.preflight.Keep(plan), nil)
	}
}

// expect notes the task of a configuration that is about to be planned, if its IDs are known.
func (r *taskCompletionResource) expect(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) {
	if r.provider == nil || r.provider.preflight == nil { // as when Terraform only validates
		return
	}
	var at taskIdentity
	diags.Append(config.GetAttribute(ctx, path.Root("organization_id"), &at.OrganizationID)...)
	diags.Append(config.GetAttribute(ctx, path.Root("run_id"), &at.RunID)...)
	diags.Append(config.GetAttribute(ctx, path.Root("task_id"), &at.TaskID)...)
	if at.OrganizationID.IsNull() {
		at.OrganizationID = textOrNull(r.provider.organizationID)
	}
	if !at.isTaskUnknown() && !at.TaskID.IsNull() {
		r.provider.preflight.Expect(at.ref())
	}
}

// planned returns what a configuration declares about the task ref, as far as it is known.
func (m *taskCompletionModel) planned(ctx context.Context, ref tallyfy.TaskRef) completion.Planned {
	plan := completion.Planned{
		Desired: completion.Desired{
			Task:                    ref,
			IsApproved:              unlessUnknown(m.IsApproved, m.IsApproved.ValueBoolPointer()),
			OverrideUser:            unlessUnknown(m.OverrideUser, m.OverrideUser.ValueInt64Pointer()),
			Taskdata:                plannedValues(ctx, m.Taskdata),
			FormFields:              plannedValues(ctx, m.FormFields),
			SecretTaskdata:          plannedValues(ctx, m.TaskdataWO),
			SecretFormFields:        plannedValues(ctx, m.FormFieldsWO),
			SecretTaskdataVersion:   unlessUnknown(m.TaskdataWOVersion, m.TaskdataWOVersion.ValueInt64Pointer()),
			SecretFormFieldsVersion: unlessUnknown(m.FormFieldsWOVersion, m.FormFieldsWOVersion.ValueInt64Pointer()),
		},
		ReopenOnDestroy: m.ReopenOnDestroy.ValueBool(),
	}
	for _, attribute := range []struct {
		name  string
		value attr.Value
	}{
		{"is_approved", m.IsApproved},
		{"override_user", m.OverrideUser},
		{"form_fields", m.FormFields},
		{"form_fields_wo", m.FormFieldsWO},
		{"form_fields_wo_version", m.FormFieldsWOVersion},
		{"taskdata", m.Taskdata},
		{"taskdata_wo", m.TaskdataWO},
		{"taskdata_wo_version", m.TaskdataWOVersion},
	} {
		values, dynamic := attribute.value.(types.Dynamic)
		if attribute.value.IsUnknown() || dynamic && values.IsUnderlyingValueUnknown() {
			plan.Unknown = append(plan.Unknown, attribute.name)
		}
	}
	return plan
}
