// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	frameworkaction "github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Schema returns the arguments of the resource that a create uses, without the write-only ones: the
// framework rejects an action that has write-only values.
func (a *completeTaskAction) Schema(_ context.Context, _ frameworkaction.SchemaRequest, resp *frameworkaction.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Completes a Tallyfy task, as creating a `tallyfy_task_completion` does, and records nothing.",
		Attributes: map[string]schema.Attribute{
			"task_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The ID of the task to complete.",
				Validators:          []validator.String{id()},
			},
			"run_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The ID of the process (the API's `run`) that the task belongs to. Defaults to the process that Tallyfy reports.",
				Validators:          []validator.String{id()},
			},
			"organization_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The ID of the organization that the task belongs to. Defaults to the provider's `organization_id`.",
				Validators:          []validator.String{id()},
			},
			"is_approved": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "The decision on an approval: `true` approves, `false` rejects. Required for approvals.",
			},
			"taskdata": schema.DynamicAttribute{
				Optional: true,
				MarkdownDescription: "The values of the form by the IDs of their fields, in the shapes of the API: an object or a map. " +
					"Fields that are not named keep their values, and `null` clears one, except a table. Conflicts with `form_fields`.",
				Validators: []validator.Dynamic{valuesRule{key: tallyfy.CheckID}},
			},
			"form_fields": schema.DynamicAttribute{
				Optional: true,
				MarkdownDescription: "The values of the form by the labels, aliases or IDs of their fields, as plain values: an object or a map. " +
					"Fields that are not named keep their values, and `null` clears one, except a table. Conflicts with `taskdata`.",
				Validators: []validator.Dynamic{valuesRule{key: checkFieldName}},
			},
			"override_user": schema.Int64Attribute{
				Optional:            true,
				CustomType:          wholeNumberType{},
				MarkdownDescription: "The ID of the user to record as the completer. Defaults to the owner of the access token.",
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
		},
		Blocks: map[string]schema.Block{"timeouts": invokeTimeouts()},
	}
}

// invokeTimeouts returns the timeouts block of the action.
func invokeTimeouts() schema.Block {
	return schema.SingleNestedBlock{
		CustomType:          timeouts.Type{ObjectType: timeoutsType("invoke")},
		MarkdownDescription: "How long the action may take.",
		Attributes: map[string]schema.Attribute{"invoke": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: timeoutDescription("How long completing the task may take, including waits and retries", defaultInvokeTimeout),
			Validators:          []validator.String{duration()},
		}},
	}
}
