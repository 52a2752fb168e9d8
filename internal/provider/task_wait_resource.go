// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/wait"
)

var (
	_ resource.Resource                     = (*taskWaitResource)(nil)
	_ resource.ResourceWithConfigure        = (*taskWaitResource)(nil)
	_ resource.ResourceWithConfigValidators = (*taskWaitResource)(nil)
	_ resource.ResourceWithIdentity         = (*taskWaitResource)(nil)
	_ resource.ResourceWithImportState      = (*taskWaitResource)(nil)
	_ resource.ResourceWithModifyPlan       = (*taskWaitResource)(nil)
)

// taskWaitResource is the resource tallyfy_task_wait: a task that someone else has completed,
// recorded in the state. It only reads.
type taskWaitResource struct{ taskResource }

func newTaskWaitResource() resource.Resource { return &taskWaitResource{} }

// Metadata returns the name of the resource. Its identity is mutable, like that of a
// completion.
func (r *taskWaitResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_task_wait"
	resp.ResourceBehavior.MutableIdentity = true
}

// ConfigValidators require exactly one of task_id and alias.
func (r *taskWaitResource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{resourcevalidator.ExactlyOneOf(path.MatchRoot("task_id"), path.MatchRoot("alias"))}
}

// Create waits until the task is completed. If it ends with an error, nothing is recorded.
func (r *taskWaitResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan taskWaitModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	engine := r.provider.requireEngine(&resp.Diagnostics)
	if engine != nil && plan.OrganizationID.IsUnknown() { // the provider's was not known while planning
		plan.OrganizationID = r.provider.organization("resource", &resp.Diagnostics)
	}
	want := plan.wanted(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	task, err := r.provider.waits.Until(ctx, want)
	report(&resp.Diagnostics, nil, err)
	if err != nil {
		return
	}
	plan.record(task)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	plan.identify(ctx, resp.Identity, &resp.Diagnostics)
}

// Read keeps the record as long as the task is completed and its approval stands. After an import
// it reads the task.
func (r *taskWaitResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state taskWaitModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	importing := state.ID.IsNull()
	if !importing && r.cannotRefresh("wait", &resp.Diagnostics) {
		state.identify(ctx, resp.Identity, &resp.Diagnostics)
		return
	}
	engine := r.provider.requireEngine(&resp.Diagnostics)
	timeout, diags := state.Timeouts.Read(ctx, defaultReadTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if importing {
		r.find(ctx, &state, resp)
		return
	}
	r.refresh(ctx, engine, &state, resp)
}

// find records a task that was imported. The arguments get their defaults, so that a configuration
// without them shows no change.
func (r *taskWaitResource) find(ctx context.Context, state *taskWaitModel, resp *resource.ReadResponse) {
	task, err := wait.Import(ctx, r.provider.client.ForPlan(), state.ref())
	report(&resp.Diagnostics, nil, err)
	if err != nil {
		return
	}
	state.PollInterval = types.StringValue(defaultPollInterval)
	state.FailOnRejection = types.BoolValue(wait.Passes(task.Type, task.IsApproved))
	if state.RunID.IsNull() {
		state.RunID = textOrNull(task.RunID)
	}
	state.record(task)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	state.identify(ctx, resp.Identity, &resp.Diagnostics)
}

// refresh compares what is recorded with what Tallyfy shows. It reads as a completion's refresh
// does: the tasks of one process take one request for each hundred.
func (r *taskWaitResource) refresh(ctx context.Context, engine *completion.Engine, state *taskWaitModel, resp *resource.ReadResponse) {
	result, err := engine.Read(ctx, state.ref(), state.recorded())
	state.identify(ctx, resp.Identity, &resp.Diagnostics)
	ref, title := state.ref(), state.Title.ValueString()
	switch {
	case err != nil:
		var failure *completion.Failure
		if errors.As(err, &failure) && failure.Unwrap() != nil {
			err = wait.NotRefreshed(ref, failure.Unwrap())
		}
		report(&resp.Diagnostics, nil, err)
		return
	case result.Reopened:
		report(&resp.Diagnostics, []completion.Notice{wait.Reopened(ref, title)}, nil)
		resp.State.RemoveResource(ctx)
		return
	case result.Hidden != nil:
		report(&resp.Diagnostics, []completion.Notice{wait.Hidden(ref, title, result.Hidden.Status)}, nil)
		return
	case result.NotFound != nil:
		report(&resp.Diagnostics, []completion.Notice{wait.NotFound(ref, title, result.NotFound)}, nil)
		return
	}
	report(&resp.Diagnostics, result.Warnings, nil)
	if result.Changed {
		state.facts(result.Record)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
	if state.FailOnRejection.ValueBool() && !wait.Passes(state.TaskType.ValueString(), state.IsApproved.ValueBoolPointer()) {
		report(&resp.Diagnostics, []completion.Notice{wait.Revoked(ref, title, state.completer(), !state.IsApproved.IsNull())}, nil)
		resp.State.RemoveResource(ctx)
	}
}

// Update changes only the state. A change of the task forces replacement, and the other arguments
// only affect a later wait.
func (r *taskWaitResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan taskWaitModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	plan.identify(ctx, resp.Identity, &resp.Diagnostics)
}

// Delete removes the wait from the state. It sends no request.
func (r *taskWaitResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// ModifyPlan reports what an apply will wait for. It sends requests only for a new wait and for a
// replacement.
func (r *taskWaitResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	switch {
	case req.Plan.Raw.IsNull():
	case req.State.Raw.IsNull():
		if !r.provider.lacksToken(&resp.Diagnostics) {
			r.planCreate(ctx, req, resp)
		}
	case !req.Plan.Raw.Equal(req.State.Raw):
		r.planUpdate(ctx, req, resp)
	}
}

// planCreate sets the organization, and checks the task.
func (r *taskWaitResource) planCreate(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var organization types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("organization_id"), &organization)...)
	if !resp.Diagnostics.HasError() && organization.IsNull() {
		r.planOrganization(ctx, resp)
	}
	r.check(ctx, req, resp)
}

// planUpdate checks the new task of a replacement, because Terraform drops the warnings of its
// second planning. For the same task, it rejects a recorded completion that the configuration no
// longer accepts.
func (r *taskWaitResource) planUpdate(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state taskWaitModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	approved := state.IsApproved.ValueBoolPointer()
	switch {
	case plan.ref() != state.ref() || !plan.Alias.Equal(state.Alias) && !plan.Alias.IsNull():
		if !r.provider.lacksToken(&resp.Diagnostics) {
			r.check(ctx, req, resp)
		}
	case plan.FailOnRejection.ValueBool() && !wait.Passes(state.TaskType.ValueString(), approved):
		report(&resp.Diagnostics, nil, wait.RejectedBefore(state.ref(), state.Title.ValueString(), state.completer(), approved != nil))
	}
}

// check reads the task that a plan waits for. It reports nothing while an ID is unknown.
func (r *taskWaitResource) check(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	provider := r.provider
	if resp.Diagnostics.HasError() || provider == nil || provider.waits == nil || provider.preflight == nil {
		return
	}
	var config, plan taskWaitModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || config.TaskID.IsUnknown() || config.Alias.IsUnknown() || config.RunID.IsUnknown() ||
		plan.OrganizationID.IsUnknown() || plan.FailOnRejection.IsUnknown() || plan.PollInterval.IsUnknown() {
		return
	}
	plan.TaskID, plan.RunID = config.TaskID, config.RunID // the plan of a replacement keeps those of the old task
	if config.OrganizationID.IsNull() && provider.organizationID != "" {
		plan.OrganizationID = types.StringValue(provider.organizationID)
	}
	want := plan.wanted(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if create, ok := plan.Timeouts.Attributes()["create"]; plan.Timeouts.IsUnknown() || ok && create.IsUnknown() {
		want.Timeout = 0
	}
	if provider.preflight.SkipsReads(want.TaskRef) {
		return
	}
	began := time.Now()
	warnings, err := provider.waits.Check(ctx, want)
	if err != nil && !errors.As(err, new(*completion.Failure)) {
		tflog.Debug(ctx, "the check of a planned wait failed", map[string]any{"task_id": want.Task, "run_id": want.Run, "error": err.Error()})
		warnings, err = provider.preflight.Unread(want.TaskRef, began, err), nil
	}
	report(&resp.Diagnostics, warnings, err)
}
