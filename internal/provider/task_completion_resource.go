// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

var (
	_ resource.Resource                = (*taskCompletionResource)(nil)
	_ resource.ResourceWithConfigure   = (*taskCompletionResource)(nil)
	_ resource.ResourceWithIdentity    = (*taskCompletionResource)(nil)
	_ resource.ResourceWithImportState = (*taskCompletionResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*taskCompletionResource)(nil)
)

// taskCompletionResource is the resource tallyfy_task_completion: an event in Tallyfy, recorded in
// the state.
type taskCompletionResource struct{ taskResource }

func newTaskCompletionResource() resource.Resource { return &taskCompletionResource{} }

// The defaults of the timeouts block. A create and an update leave time for the waits that Tallyfy
// requests when it limits the rate.
const (
	defaultCreateTimeout = 10 * time.Minute
	defaultReadTimeout   = 2 * time.Minute
	defaultUpdateTimeout = 10 * time.Minute
	defaultDeleteTimeout = 5 * time.Minute
)

// Metadata returns the name of the resource. Its identity is mutable: a one-off task that is added
// to a process gets a run_id, and the refresh that finds it must not fail.
func (r *taskCompletionResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_task_completion"
	resp.ResourceBehavior.MutableIdentity = true
}

// Create completes the task.
func (r *taskCompletionResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan taskCompletionModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	engine := r.provider.requireEngine(&resp.Diagnostics)
	if engine != nil && plan.OrganizationID.IsUnknown() { // the provider's was not known while planning
		plan.OrganizationID = r.provider.organization("resource", &resp.Diagnostics)
	}
	want := plan.desired(ctx, &resp.Diagnostics)
	addSecrets(ctx, req.Config, &want, &resp.Diagnostics)
	timeout, diags := plan.Timeouts.Create(ctx, defaultCreateTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	result, err := engine.Create(ctx, want)
	report(&resp.Diagnostics, result.Warnings, err)
	if err != nil {
		return
	}
	plan.record(result.Record)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	plan.identify(ctx, resp.Identity, &resp.Diagnostics)
}

// Read refreshes a recorded completion. After an import or a move, it finds the completion.
func (r *taskCompletionResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state taskCompletionModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	importing := state.ID.IsNull()
	if !importing && r.cannotRefresh("completion", &resp.Diagnostics) {
		state.identify(ctx, resp.Identity, &resp.Diagnostics)
		return
	}
	engine := r.provider.requireEngine(&resp.Diagnostics)
	if engine != nil && importing && state.OrganizationID.IsNull() { // moved from a state without it
		state.OrganizationID = r.provider.organization("resource", &resp.Diagnostics)
	}
	timeout, diags := state.Timeouts.Read(ctx, defaultReadTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var result completion.Result
	var err error
	moved := wasMoved(ctx, req.Private, &resp.Diagnostics)
	switch {
	case importing && moved:
		result, err = engine.Move(ctx, state.ref())
	case importing:
		result, err = engine.Import(ctx, state.ref())
	default:
		result, err = engine.Read(ctx, state.ref(), state.recorded())
	}
	report(&resp.Diagnostics, result.Warnings, err)
	switch {
	case err != nil:
		return
	case result.Reopened:
		resp.State.RemoveResource(ctx)
		state.identify(ctx, resp.Identity, &resp.Diagnostics)
		return
	}
	if importing || result.Changed {
		state.refresh(result.Record, importing)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
	if moved {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, movedKey, nil)...)
	}
	state.identify(ctx, resp.Identity, &resp.Diagnostics)
}

// Update reopens the task and completes it again if its decision, its values or its completer
// changed. Any other update only changes the state.
func (r *taskCompletionResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state taskCompletionModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	engine := r.provider.requireEngine(&resp.Diagnostics)
	want, before := plan.desired(ctx, &resp.Diagnostics), state.desired(ctx, &resp.Diagnostics)
	addSecrets(ctx, req.Config, &want, &resp.Diagnostics)
	timeout, diags := plan.Timeouts.Update(ctx, defaultUpdateTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	result, err := engine.Update(ctx, state.recorded(), before, want)
	report(&resp.Diagnostics, result.Warnings, err)
	if err != nil {
		return
	}
	plan.record(result.Record)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	plan.identify(ctx, resp.Identity, &resp.Diagnostics)
}

// Delete removes the completion from the state. It sends a request only if reopen_on_destroy is
// true.
func (r *taskCompletionResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state taskCompletionModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !state.ReopenOnDestroy.ValueBool() {
		return
	}
	engine := r.provider.requireEngine(&resp.Diagnostics)
	timeout, diags := state.Timeouts.Delete(ctx, defaultDeleteTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	warnings, err := engine.Delete(ctx, state.ref(), state.recorded())
	report(&resp.Diagnostics, warnings, err)
}
