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

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// ModifyPlan makes the plan report what an apply will do in Tallyfy. If the completion is new or
// changes, it reads the task.
func (r *taskCompletionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if sendsRequests(ctx, req, &resp.Diagnostics) && r.provider.lacksToken(&resp.Diagnostics) {
		return
	}
	if req.Plan.Raw.IsNull() {
		var state taskCompletionModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(destroys(&state)...)
		}
		return
	}
	var config taskCompletionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.planCreate(ctx, &config, resp)
		return
	}
	r.planUpdate(ctx, req, &config, resp)
}

// sendsRequests reports whether applying a plan may send a request: any change may, and a destroy
// only if it reopens the task.
func sendsRequests(ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) bool {
	if !req.Plan.Raw.IsNull() {
		return !req.Plan.Raw.Equal(req.State.Raw)
	}
	var reopens types.Bool
	diags.Append(req.State.GetAttribute(ctx, path.Root("reopen_on_destroy"), &reopens)...)
	return reopens.ValueBool()
}

// planCreate plans the organization, and reports while planning if there is none. It plans the ID
// if all of its parts are known, so that a replacement does not change what refers to it.
func (r *taskCompletionResource) planCreate(ctx context.Context, config *taskCompletionModel, resp *resource.ModifyPlanResponse) {
	at := *config // the plan, except that what the configuration omits is unknown in the plan
	if at.OrganizationID.IsNull() {
		if at.OrganizationID = r.planOrganization(ctx, resp); at.OrganizationID.IsNull() {
			return
		}
	}
	if !at.isTaskUnknown() && !at.RunID.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), at.resourceID())...)
	}
	r.checkNew(ctx, config, at.OrganizationID, &resp.Diagnostics)
}

// checkNew checks the task of a completion that is not recorded, if its IDs are known.
func (r *taskCompletionResource) checkNew(ctx context.Context, config *taskCompletionModel, organization types.String, diags *diag.Diagnostics) {
	at := *config
	at.OrganizationID = organization
	if !diags.HasError() && !at.isTaskUnknown() {
		r.preflight(ctx, config.planned(ctx, at.ref()), diags)
	}
}

// planUpdate reports what an update does to the task, and marks what it will change as unknown.
func (r *taskCompletionResource) planUpdate(ctx context.Context, req resource.ModifyPlanRequest, config *taskCompletionModel, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.Equal(req.State.Raw) { // as in most plans; parses only what the configuration lacks
		kept := *config
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("organization_id"), &kept.OrganizationID)...)
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("run_id"), &kept.RunID)...)
		r.keepRecorded(ctx, &kept, &resp.Diagnostics)
		return
	}
	var plan, state taskCompletionModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	before := state.desired(ctx, &resp.Diagnostics)
	if plan.ref() != state.ref() || plan.isTaskUnknown() {
		resp.Diagnostics.Append(destroys(&state)...)
		r.checkReplacement(ctx, config, &plan, &resp.Diagnostics)
		return
	}
	change := config.planned(ctx, state.ref())
	change.Recorded, change.Title, change.ReopenOnDestroy = &before, state.Title.ValueString(), state.ReopenOnDestroy.ValueBool()
	if !change.Resends() {
		r.keep(change, &resp.Diagnostics)
		return
	}
	plan.Status, plan.CompletedAt = types.StringUnknown(), types.StringUnknown()
	if !plan.CompleterGuestID.IsNull() { // a completion by the provider never has a guest as completer
		plan.CompleterGuestID = types.StringUnknown()
	}
	plan.CompleterID = types.Int64Unknown()
	plan.TasksChangedByRules = jsontypes.NewNormalizedUnknown()
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	r.preflight(ctx, change, &resp.Diagnostics)
}

// keepRecorded notes a completion that is recorded as it is configured.
func (r *taskCompletionResource) keepRecorded(ctx context.Context, m *taskCompletionModel, diags *diag.Diagnostics) {
	recorded := m.desired(ctx, diags)
	kept := m.planned(ctx, m.ref())
	kept.Recorded = &recorded
	r.keep(kept, diags)
}

// checkReplacement checks the new task of a replacement. Terraform plans it again as a new
// resource, and drops the warnings of that second plan.
func (r *taskCompletionResource) checkReplacement(ctx context.Context, config, plan *taskCompletionModel, diags *diag.Diagnostics) {
	organization := config.OrganizationID
	if organization.IsNull() && r.provider != nil && r.provider.organizationID != "" {
		organization = types.StringValue(r.provider.organizationID)
	}
	if !organization.IsNull() && !plan.TaskID.IsUnknown() {
		r.checkNew(ctx, config, organization, diags)
	}
}

// destroys returns a warning about what a destroy does: nothing in Tallyfy, unless it reopens the
// task. An explicit reopen_on_destroy = false silences it. Terraform may plan the destroy of what a
// refresh has just removed, so state may be outdated: the text must be true of any status of the
// task.
func destroys(state *taskCompletionModel) diag.Diagnostics {
	var diags diag.Diagnostics
	shown := state.Status.ValueString()
	task := &tallyfy.Task{ID: state.TaskID.ValueString(), Title: state.Title.ValueString(), Status: shown, CompletedAt: state.CompletedAt.ValueString()}
	const left = "The task is left as it is if another block records its completion in the same apply, or if Terraform only forgets the resource (destroy = false)."
	switch {
	case state.ReopenOnDestroy.ValueBool() && !task.Completed() && shown != "": // for example because everyone must complete it
		diags.AddWarning(notice.TaskSummary(task, "Destroy May Reopen the Task"),
			fmt.Sprintf("reopen_on_destroy is true, and Tallyfy shows %s as %q. If the task is completed by then, destroying this reopens it. ", notice.Task(task), shown)+left)
	case state.ReopenOnDestroy.ValueBool():
		diags.AddWarning(notice.TaskSummary(task, "Destroy Reopens the Task"),
			fmt.Sprintf("reopen_on_destroy is true: if %s is still completed, destroying this reopens it in Tallyfy, and automations evaluate deadlines and visibility again. ", notice.Task(task))+left)
	case state.ReopenOnDestroy.IsNull():
		diags.AddWarning("Destroy Does Not Reopen the Task",
			fmt.Sprintf("Destroying this sends nothing to Tallyfy. It only removes the completion of %s from the state. ", notice.Task(task))+
				"To reopen a task with its resource, apply reopen_on_destroy = true first. Apply reopen_on_destroy = false to plan without this warning.")
	}
	return diags
}
