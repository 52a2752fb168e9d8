// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Schema returns the attributes of the resource.
func (r *taskCompletionResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Completes a Tallyfy task: sets the fields of its form, decides it if it is an approval, and marks it as completed.\n\n" +
			"Creating the resource completes the task exactly once. Destroying the resource only removes it from the state, unless `reopen_on_destroy` is `true`.",
		Attributes: map[string]schema.Attribute{
			"task_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The ID of the task to complete. Changing this forces a new resource to be created.",
				Validators:          []validator.String{id()},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"run_id": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "The ID of the process (the API's `run`) that the task belongs to. " +
					"Defaults to the process that Tallyfy reports, and to null for a one-off task. Changing this forces a new resource to be created.",
				Validators:    []validator.String{id()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()},
			},
			"organization_id": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "The ID of the organization that the task belongs to. Defaults to the provider's `organization_id` when the resource is created. " +
					"Changing this forces a new resource to be created.",
				Validators:    []validator.String{id()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()},
			},
			"is_approved": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "The decision on an approval: `true` approves, `false` rejects. Required for approvals. " +
					"Changing this reopens the task and completes it again.",
			},
			"override_user": schema.Int64Attribute{
				Optional:   true,
				CustomType: wholeNumberType{},
				MarkdownDescription: "The ID of the user to record as the completer. Defaults to the owner of the access token. " +
					"Changing this reopens the task and completes it again.",
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"reopen_on_destroy": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether destroying the resource reopens the task. Defaults to `false`. " +
					"A change must be applied before the destroy, and sends nothing to Tallyfy.",
			},
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The import ID: `organization/process/task`, or `organization//task` for a one-off task.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"status":       fact("The status of the task: `completed`, unless Tallyfy accepted the completion and left the task open."),
			"title":        fact("The title of the task."),
			"task_type":    fact("The type of the task: `task`, `approval`, `expiring`, `email` or `expiring_email`."),
			"completed_at": fact("The time when the task was completed, in ISO 8601 and UTC."),
			"completer_id": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "The ID of the user who completed the task; null if a guest did.",
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"completer_guest_id": fact("The ID of the guest who completed the task; null if a user did."),
			"tasks_changed_by_rules": schema.StringAttribute{
				Computed:   true,
				CustomType: jsontypes.NormalizedType{},
				MarkdownDescription: "The tasks that automations changed when the task was completed, as JSON for `jsondecode`. " +
					"Null if Tallyfy does not report them, as for a one-off task or an already completed task.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
		},
		Blocks: map[string]schema.Block{"timeouts": resourceTimeouts(map[string]string{
			"create": timeoutDescription("How long completing the task may take, including waits and retries", defaultCreateTimeout),
			"read":   timeoutDescription("How long a refresh may take, including waits and retries", defaultReadTimeout),
			"update": timeoutDescription("How long reopening the task and completing it again may take, including waits and retries", defaultUpdateTimeout),
			"delete": timeoutDescription("How long reopening the task may take if `reopen_on_destroy` is `true`, including waits and retries", defaultDeleteTimeout),
		})},
	}
	maps.Copy(resp.Schema.Attributes, valueAttributes())
}

// fact returns an attribute that Tallyfy reports of a completion. It keeps its value in plans that
// do not complete the task again.
func fact(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed:            true,
		MarkdownDescription: description,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}
