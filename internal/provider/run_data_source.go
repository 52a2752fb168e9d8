// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/lookup"
)

var (
	_ datasource.DataSource              = (*runDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*runDataSource)(nil)
)

// runDataSource is the data source tallyfy_run: a process and the IDs of its tasks by their
// aliases.
type runDataSource struct{ lookupDataSource }

func newRunDataSource() datasource.DataSource { return &runDataSource{} }

type runDataModel struct {
	OrganizationID types.String      `tfsdk:"organization_id"`
	RunID          types.String      `tfsdk:"run_id"`
	ID             types.String      `tfsdk:"id"`
	Name           types.String      `tfsdk:"name"`
	Status         types.String      `tfsdk:"status"`
	Progress       *progressModel    `tfsdk:"progress"`
	TaskIDs        map[string]string `tfsdk:"task_ids"`
	Timeouts       timeouts.Value    `tfsdk:"timeouts"`
}

// progressModel is the progress of a process. It is null if Tallyfy does not report it.
type progressModel struct {
	Complete types.Int64   `tfsdk:"complete"`
	Total    types.Int64   `tfsdk:"total"`
	Percent  types.Float64 `tfsdk:"percent"`
}

// Metadata returns the name of the data source.
func (d *runDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_run"
}

// Schema returns the attributes of the data source.
func (d *runDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a Tallyfy process (the API's `run`), and the IDs of its tasks by their aliases. " +
			"A pipeline that knows only the ID of the process, for example from a webhook, finds the task of its step by the alias of the step.",
		Attributes: map[string]schema.Attribute{
			"organization_id": organizationAttribute(),
			"run_id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The ID of the process to read.",
				Validators:          []validator.String{id()},
			},
			"id":     schema.StringAttribute{Computed: true, MarkdownDescription: "The ID of the process."},
			"name":   schema.StringAttribute{Computed: true, MarkdownDescription: "The name of the process."},
			"status": schema.StringAttribute{Computed: true, MarkdownDescription: "The status of the process as Tallyfy reports it, such as `active`, `complete` or `archived`. It is `issue` while the process has an open issue."},
			"progress": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "How many tasks of the process are completed; null if Tallyfy does not report it.",
				Attributes: map[string]schema.Attribute{
					"complete": schema.Int64Attribute{Computed: true, MarkdownDescription: "The number of completed tasks."},
					"total":    schema.Int64Attribute{Computed: true, MarkdownDescription: "The number of tasks."},
					"percent":  schema.Float64Attribute{Computed: true, MarkdownDescription: "The share of completed tasks, from 0 to 100."},
				},
			},
			"task_ids": schema.MapAttribute{
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "The IDs of the tasks of the process by their aliases, including archived and hidden tasks. " +
					"Tasks without an alias, and tasks that share one, are left out.",
			},
		},
		Blocks: map[string]schema.Block{"timeouts": readTimeouts()},
	}
}

// Read reads the process and the list of its tasks.
func (d *runDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data runDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	ctx, cancel, client := d.begin(ctx, &data.OrganizationID, data.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	run, err := lookup.Run(ctx, client, data.OrganizationID.ValueString(), data.RunID.ValueString())
	if err != nil {
		report(&resp.Diagnostics, nil, err)
		return
	}
	report(&resp.Diagnostics, run.Warnings, nil)
	data.ID = types.StringValue(run.ID)
	data.Name, data.Status = textOrNull(run.Name), textOrNull(run.Status)
	if p := run.Progress; p != nil {
		data.Progress = &progressModel{types.Int64PointerValue(p.Complete), types.Int64PointerValue(p.Total), types.Float64PointerValue(p.Percent)}
	}
	data.TaskIDs = run.TaskIDs
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
