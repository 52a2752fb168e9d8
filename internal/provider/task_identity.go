// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// taskIdentity tells a task from all others, for CLIs that know identities (Terraform and OpenTofu since 1.12).
type taskIdentity struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	RunID          types.String `tfsdk:"run_id"`
	TaskID         types.String `tfsdk:"task_id"`
}

// IdentitySchema tells what an import block may name a task by.
func (r *taskResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"organization_id": identityschema.StringAttribute{
				OptionalForImport: true,
				Description:       "The ID of the organization. Defaults to the provider's organization_id.",
			},
			"run_id": identityschema.StringAttribute{
				OptionalForImport: true,
				Description:       "The ID of the process that the task belongs to. Defaults to the process that Tallyfy reports, and to null for a one-off task.",
			},
			"task_id": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "The ID of the task.",
			},
		},
	}
}

// identify sets the identity beside the state. identity is nil for a CLI that knows none.
func (m *taskCompletionModel) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if identity == nil {
		return
	}
	diags.Append(identity.Set(ctx, taskIdentity{OrganizationID: m.OrganizationID, RunID: m.RunID, TaskID: m.TaskID})...)
}
