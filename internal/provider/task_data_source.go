// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/lookup"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

var (
	_ datasource.DataSource                     = (*taskDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*taskDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*taskDataSource)(nil)
)

// taskDataSource is the data source tallyfy_task: one task with its form.
type taskDataSource struct{ lookupDataSource }

func newTaskDataSource() datasource.DataSource { return &taskDataSource{} }

type taskDataModel struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	TaskID         types.String `tfsdk:"task_id"`
	taskFacts
	FormFields    []formField    `tfsdk:"form_fields"`
	ValuesByLabel types.Dynamic  `tfsdk:"values_by_label"`
	ValuesByAlias types.Dynamic  `tfsdk:"values_by_alias"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`
}

// Metadata returns the name of the data source.
func (d *taskDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_task"
}

// Schema returns the attributes of the data source.
func (d *taskDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := factAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"organization_id": organizationAttribute(),
		"task_id": schema.StringAttribute{
			Optional:            true,
			Computed:            true,
			MarkdownDescription: "The ID of the task. Exactly one of `task_id`, `alias` and `title` must be set.",
			Validators:          []validator.String{id()},
		},
		"run_id": schema.StringAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "The ID of the process (the API's `run`) that the task belongs to. Required with `alias` and `title`. " +
				"Defaults to the process that Tallyfy reports, and to null for a one-off task.",
			Validators: []validator.String{id()},
		},
		"alias": schema.StringAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "The alias of the task, a slug that does not change when the task is renamed. Exactly one task of the process `run_id` must have it. " +
				equalNames,
			Validators: nameWithin(),
		},
		"title": schema.StringAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "The title of the task. Exactly one task of the process `run_id` must have it. " +
				equalNames,
			Validators: nameWithin(),
		},
		"form_fields":     formAttribute(),
		"values_by_label": plainAttribute("labels", "fields whose label is not unique"),
		"values_by_alias": plainAttribute("aliases", "fields without an alias of their own"),
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a Tallyfy task with its form. The task is found by its ID, or in a process by its alias or title.",
		Attributes:          attributes,
		Blocks:              map[string]schema.Block{"timeouts": readTimeouts()},
	}
}

// equalNames states when a configured alias or title equals that of a task.
const equalNames = "Case matters; Unicode normalization, no-break spaces and surrounding whitespace do not."

// ConfigValidators require exactly one way to name the task.
func (d *taskDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("task_id"), path.MatchRoot("alias"), path.MatchRoot("title")),
	}
}

// Read finds the task and reads it.
func (d *taskDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data taskDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	ctx, cancel, client := d.begin(ctx, &data.OrganizationID, data.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	wanted := lookup.Wanted{
		TaskRef: tallyfy.TaskRef{Organization: data.OrganizationID.ValueString(), Run: data.RunID.ValueString(), Task: data.TaskID.ValueString()},
		Alias:   data.Alias.ValueString(),
		Title:   data.Title.ValueString(),
	}
	task, err := lookup.Task(ctx, client, wanted)
	report(&resp.Diagnostics, nil, err)
	if err != nil {
		return
	}
	data.taskFacts = factsOf(task, wanted.Run)
	data.TaskID = data.ID
	data.FormFields = formOf(task.Form)
	byLabel, byAlias := completion.PlainValues(task.Form)
	data.ValuesByLabel, data.ValuesByAlias = dynamicOf(ctx, task.Form, byLabel), dynamicOf(ctx, task.Form, byAlias)
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
