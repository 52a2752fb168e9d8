// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

// preflight looks at the task of a completion that is planned anew, so that a pull request's plan says what an apply would fail at.
// Where the ids are not known yet, or Tallyfy cannot be reached, there is nothing to say.
func (r *taskCompletion) preflight(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if resp.Diagnostics.HasError() || r.conn == nil || r.conn.preflight == nil {
		return
	}
	var config taskCompletionModel
	var organization types.String
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(resp.Plan.GetAttribute(ctx, path.Root("organization_id"), &organization)...)
	if resp.Diagnostics.HasError() || config.TaskID.IsUnknown() || config.RunID.IsUnknown() || organization.IsUnknown() {
		return
	}
	config.OrganizationID = organization
	problems, warnings, err := r.conn.preflight.Check(ctx, completion.Desired{
		Task:             config.ref(),
		IsApproved:       config.IsApproved.ValueBoolPointer(),
		Taskdata:         plannedValues(ctx, config.Taskdata),
		FormFields:       plannedValues(ctx, config.FormFields),
		SecretTaskdata:   plannedValues(ctx, config.TaskdataWO),
		SecretFormFields: plannedValues(ctx, config.FormFieldsWO),
	}, config.IsApproved.IsUnknown())
	if err != nil {
		tflog.Debug(ctx, "the look at the planned task failed", map[string]any{"task_id": config.TaskID.ValueString(), "error": err.Error()})
		return
	}
	report(&resp.Diagnostics, warnings, nil)
	if len(problems) > 0 {
		report(&resp.Diagnostics, nil, &completion.Failure{Notice: problems[0], Others: problems[1:]})
	}
}
