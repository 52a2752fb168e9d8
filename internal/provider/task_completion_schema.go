// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Schema tells what a block may hold, and what is recorded of a completion.
func (r *taskCompletion) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A completed Tallyfy task: with its decision, if it is an approval, and the values of its form's fields.\n\n" +
			"A completion is an event: creating the resource completes the task exactly once, and destroying it only removes it from the state.",
		Attributes: map[string]schema.Attribute{
			"task_id": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Id of the task to complete, the `task_id` of the API's completion. String. " +
					"Changing it forces replacement.",
				Validators:    []validator.String{id()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"run_id": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Id of the run (the process) that the task belongs to, the `run` of the API's paths. String. " +
					"Default: what Tallyfy tells of the task; null for a one-off task. Changing it forces replacement.",
				Validators:    []validator.String{id()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()},
			},
			"organization_id": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "Id of the organization that the task belongs to, the `org` of the API's paths. String. " +
					"Default: the provider's `organization_id`; the recorded organization stays if that changes later. Changing it forces replacement.",
				Validators:    []validator.String{id()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()},
			},
			"is_approved": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "The decision on an approval, the API's `is_approved`: `true` approves, `false` rejects. Bool. " +
					"No default: an approval needs one, and other tasks take none. Changing it reopens the task and completes it again.",
			},
			"override_user": schema.Int64Attribute{
				Optional:   true,
				CustomType: wholeNumberType{},
				MarkdownDescription: "Id of the user to record as the completer, the API's `override_user`. Number. " +
					"Default: the owner of the access token. Changing it reopens the task and completes it again.",
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"reopen_on_destroy": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether destroying the resource reopens the task, by the API's `DELETE` of the completion. Bool. " +
					"Default: `false`, and destroying sends nothing. Must be applied before the destroy. Changing it sends nothing. " +
					"A task whose completion the same apply has just recorded is not reopened.",
			},
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "`organization/run/task`, or `organization//task` for a one-off task. String. `terraform import` takes it.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"status":       fact("Status of the task, the API's `status`: `completed`, unless Tallyfy accepted the completion and left the task open. String."),
			"title":        fact("Title of the task, the API's `title`. String."),
			"task_type":    fact("Type of the task, the API's `task_type`: `task`, `approval`, `expiring`, `email` or `expiring_email`. String."),
			"completed_at": fact("When the task was completed, the API's `completed_at`. String: an ISO 8601 time in UTC."),
			"completer_id": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Id of the user who completed the task, the API's `completer_id`; null if a guest did. Number.",
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"completer_guest_id": fact("Id of the guest who completed the task, the API's `completer_guest_id`; null if a user did. String."),
			"tasks_changed_by_rules": schema.StringAttribute{
				Computed:   true,
				CustomType: jsontypes.NormalizedType{},
				MarkdownDescription: "What automations changed when the task was completed, the API's `tasks_changed_by_rules`. String: JSON, for `jsondecode`; " +
					"null where Tallyfy did not tell, as for a one-off task or a task that was completed already.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
		},
		Blocks: map[string]schema.Block{"timeouts": timeoutsBlock(ctx)},
	}
	maps.Copy(resp.Schema.Attributes, valueAttributes())
}

// fact is a string that Tallyfy tells of a completion. It stays as it is until a request really changes it.
func fact(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed:            true,
		MarkdownDescription: description,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// timeoutsBlock is the usual block, which refuses times that are over before they begin.
func timeoutsBlock(ctx context.Context) schema.Block {
	const about = " with all its waiting and retries. String: a duration such as `30s` or `5m`. Default: "
	block := timeouts.Block(ctx, timeouts.Opts{
		Create:            true,
		CreateDescription: "How long completing the task may take," + about + "`10m`.",
		Read:              true,
		ReadDescription:   "How long refreshing may take," + about + "`2m`.",
		Update:            true,
		UpdateDescription: "How long reopening the task and completing it again may take," + about + "`10m`.",
		Delete:            true,
		DeleteDescription: "How long reopening the task may take where `reopen_on_destroy` is true," + about + "`5m`.",
	})
	nested, ok := block.(schema.SingleNestedBlock)
	if !ok {
		return block
	}
	nested.MarkdownDescription = "How long each operation may take. Changing these sends nothing."
	for name, attribute := range nested.Attributes {
		if text, ok := attribute.(schema.StringAttribute); ok {
			text.MarkdownDescription, text.Description = text.Description, ""
			text.Validators = []validator.String{duration()} // in place of the block's own, which has another text
			nested.Attributes[name] = text
		}
	}
	return nested
}
