// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ resource.ResourceWithModifyPlan = early{}

// early is the resource whose plans fail without an access token if applying them needs one. Configuring the provider cannot tell.
type early struct{ *taskCompletion }

// ModifyPlan refuses the plan, or leaves it to the resource.
func (e early) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if asks(ctx, req, &resp.Diagnostics) && e.conn.lacksToken(&resp.Diagnostics) {
		return
	}
	e.taskCompletion.ModifyPlan(ctx, req, resp)
}

// asks reports whether applying a plan may send a request: a change does, and a destroy only if it reopens the task.
func asks(ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) bool {
	if !req.Plan.Raw.IsNull() {
		return !req.Plan.Raw.Equal(req.State.Raw)
	}
	var reopens types.Bool
	diags.Append(req.State.GetAttribute(ctx, path.Root("reopen_on_destroy"), &reopens)...)
	return reopens.ValueBool()
}
