// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

// ModifyPlan makes the plan say what an apply will do to Tallyfy. Only for a completion that is new does it make a request,
// and none that changes anything.
func (r *taskCompletion) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	switch {
	case req.Plan.Raw.IsNull():
		var state taskCompletionModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(destroys(&state))
		}
	case req.State.Raw.IsNull():
		r.planCreate(ctx, req, resp)
		r.preflight(ctx, req, resp)
	default:
		r.planUpdate(ctx, req, resp)
	}
}

// planCreate fills in the organization, and misses it at plan time where there is none.
func (r *taskCompletion) planCreate(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var configured types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("organization_id"), &configured)...)
	if resp.Diagnostics.HasError() || !configured.IsNull() || r.conn == nil || r.conn.organizationUnknown {
		return
	}
	if organization := r.organization(&resp.Diagnostics); !organization.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("organization_id"), organization)...)
	}
}

// organization gives the provider's organization, for a resource that names none.
func (r *taskCompletion) organization(diags *diag.Diagnostics) types.String {
	if r.conn.organizationID == "" {
		diags.AddAttributeError(path.Root("organization_id"), "Missing Organization",
			"It is not known which organization the task belongs to: neither the resource nor the provider has an organization_id.\n\n"+
				"Set organization_id in the provider block, or the environment variable "+envOrganization+", or organization_id of this resource.")
		return types.StringNull()
	}
	return types.StringValue(r.conn.organizationID)
}

// planUpdate announces an update that reopens the task, and leaves open what it will change.
func (r *taskCompletion) planUpdate(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.Equal(req.State.Raw) { // as in most plans, and cheaper to tell than to take both apart
		return
	}
	var plan, state taskCompletionModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.ref() != state.ref() || plan.TaskID.IsUnknown() || plan.RunID.IsUnknown() || plan.OrganizationID.IsUnknown() {
		resp.Diagnostics.Append(destroys(&state)) // another task: the resource is replaced, and Terraform plans the new one anew
		return
	}
	if !resends(ctx, &state, &plan) {
		return
	}
	plan.Status, plan.CompletedAt, plan.CompleterGuestID = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	plan.CompleterID = types.Int64Unknown()
	plan.TasksChangedByRules = jsontypes.NewNormalizedUnknown()
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	resp.Diagnostics.AddAttributeWarning(path.Root("task_id"), "Update Reopens the Task and Completes It Again",
		fmt.Sprintf("The decision, the field values or the completer of %s changed. Tallyfy cannot change a completed task, so applying this reopens it, saves the values and completes it again: "+
			"webhooks and emails fire again, and automations work out deadlines and visibility anew. "+
			"If the task already holds all of this, nothing is sent.", state.named()))
}

// resends tells whether the update may send a completion. What is not known yet may be a change.
func resends(ctx context.Context, state, plan *taskCompletionModel) bool {
	var unknown diag.Diagnostics
	before, after := state.desired(ctx, &unknown), plan.desired(ctx, &unknown)
	if unknown.HasError() || plan.IsApproved.IsUnknown() || plan.OverrideUser.IsUnknown() ||
		plan.TaskdataWOVersion.IsUnknown() || plan.FormFieldsWOVersion.IsUnknown() {
		return true
	}
	return completion.Resends(before, after)
}

// destroys says what taking a completion out of the state does: nothing to Tallyfy, unless it was asked to reopen the task.
func destroys(state *taskCompletionModel) diag.Diagnostic {
	if state.ReopenOnDestroy.ValueBool() {
		return diag.NewWarningDiagnostic("Destroy Reopens the Task",
			fmt.Sprintf("reopen_on_destroy is true: destroying this reopens %s in Tallyfy, and automations work out deadlines and visibility anew. "+
				"The task is left as it is if another block records its completion in the same apply.", state.named()))
	}
	const advice = " and no request is sent. To reopen a task with its resource, apply reopen_on_destroy = true first."
	if state.CompletedAt.IsNull() { // everyone must complete it, say
		return diag.NewWarningDiagnostic("Task Stays as It Is in Tallyfy",
			fmt.Sprintf("Destroying this only removes the completion from the state. %s stays as it is in Tallyfy,", capital(state.named()))+advice)
	}
	return diag.NewWarningDiagnostic("Task Stays Completed in Tallyfy",
		fmt.Sprintf("Destroying this only removes the completion from the state. %s stays completed in Tallyfy,", capital(state.named()))+advice)
}

// named tells a person which task is meant.
func (m *taskCompletionModel) named() string {
	if m.Title.ValueString() == "" {
		return "task " + m.TaskID.ValueString()
	}
	return fmt.Sprintf("task %q (%s)", m.Title.ValueString(), m.TaskID.ValueString())
}

func capital(s string) string { return "T" + s[1:] }
