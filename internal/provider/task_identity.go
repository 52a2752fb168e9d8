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

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// taskIdentity identifies a task. It is the identity of a resource for CLIs that have identities
// (Terraform and OpenTofu since 1.12), and a part of the models of blocks that name a task.
type taskIdentity struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	RunID          types.String `tfsdk:"run_id"`
	TaskID         types.String `tfsdk:"task_id"`
}

// ref returns the IDs of the task; empty if they are null or unknown.
func (i taskIdentity) ref() tallyfy.TaskRef {
	return tallyfy.TaskRef{Organization: i.OrganizationID.ValueString(), Run: i.RunID.ValueString(), Task: i.TaskID.ValueString()}
}

// resourceID returns the ID of a resource that records the task.
func (i taskIdentity) resourceID() types.String { return types.StringValue(formatImportID(i.ref())) }

// isTaskUnknown reports whether a part of it is known only after apply.
func (i taskIdentity) isTaskUnknown() bool {
	return i.OrganizationID.IsUnknown() || i.RunID.IsUnknown() || i.TaskID.IsUnknown()
}

// identify sets the identity beside the state; nil for a CLI that has no identities.
func (i taskIdentity) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if identity != nil {
		diags.Append(identity.Set(ctx, i)...)
	}
}

// IdentitySchema returns the attributes by which an import block names a task.
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
