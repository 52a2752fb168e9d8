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

// taskResource is the base of the resources that record a task: how they are configured, and how a
// plan, an import and an identity name the task.
type taskResource struct {
	provider *providerData // nil until the provider is configured
}

// Configure sets the provider data. It is nil while Terraform only validates a configuration.
func (r *taskResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.provider = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

// planOrganization plans the provider's organization for a resource without one, and returns it. It
// is unknown if it is known only after apply, and null after an error.
func (r *taskResource) planOrganization(ctx context.Context, resp *resource.ModifyPlanResponse) types.String {
	if r.provider == nil || r.provider.organizationUnknown {
		return types.StringUnknown()
	}
	organization := r.provider.organization("resource", &resp.Diagnostics)
	if !organization.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("organization_id"), organization)...)
	}
	return organization
}

// cannotRefresh reports whether a recorded task cannot be read, and adds the error or the warning
// that says why. record is the kind of what is recorded.
func (r *taskResource) cannotRefresh(record string, diags *diag.Diagnostics) bool {
	if r.provider.lacksToken(diags) { // the error may be that of another block
		return true
	}
	if r.provider != nil && r.provider.engine == nil {
		diags.AddAttributeWarning(path.Root("task_id"), "Completed Task Was Not Refreshed",
			"A part of the tallyfy provider's configuration is known only after apply, so the task was not read. The "+record+" stays recorded as it is.")
		return true
	}
	return false
}
