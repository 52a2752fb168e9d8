// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/lookup"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

var (
	_ datasource.DataSource              = (*tasksDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*tasksDataSource)(nil)
)

// tasksDataSource is the data source tallyfy_tasks: the tasks of a process or of the organization.
type tasksDataSource struct{ lookupDataSource }

func newTasksDataSource() datasource.DataSource { return &tasksDataSource{} }

type tasksDataModel struct {
	OrganizationID types.String   `tfsdk:"organization_id"`
	RunID          types.String   `tfsdk:"run_id"`
	Status         types.String   `tfsdk:"status"`
	Tasks          []taskFacts    `tfsdk:"tasks"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// Metadata returns the name of the data source.
func (d *tasksDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_tasks"
}

// Schema returns the attributes of the data source.
func (d *tasksDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the tasks of a process (the API's `run`) or of the whole organization, without archived tasks.",
		Attributes: map[string]schema.Attribute{
			"organization_id": organizationAttribute(),
			"run_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The ID of the process whose tasks are listed. By default, the tasks of all processes and one-off tasks are listed.",
				Validators:          []validator.String{id()},
			},
			"status": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The filter of the tasks to list: `" + strings.Join(tallyfy.StatusFilters, "`, `") + "`. Defaults to `all`. " +
					"`complete` lists completed tasks, and `active` all others.",
				Validators: []validator.String{statusFilter()},
			},
			"tasks": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The tasks in the order of Tallyfy's list, without their forms.",
				NestedObject:        schema.NestedAttributeObject{Attributes: factAttributes()},
			},
		},
		Blocks: map[string]schema.Block{"timeouts": readTimeouts()},
	}
}

// statusFilter rejects filters that Tallyfy would silently ignore.
func statusFilter() validator.String {
	return stringRule{summary: "Invalid Status Filter", rule: "must be a filter that Tallyfy applies", check: tallyfy.CheckStatusFilter}
}

// Read reads all pages of the list.
func (d *tasksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data tasksDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	ctx, cancel, client := d.begin(ctx, &data.OrganizationID, data.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	tasks, err := lookup.Tasks(ctx, client, tallyfy.List{
		Organization: data.OrganizationID.ValueString(), Run: data.RunID.ValueString(), Status: data.Status.ValueString(),
	})
	report(&resp.Diagnostics, nil, err)
	if err != nil {
		return
	}
	data.Tasks = make([]taskFacts, 0, len(tasks))
	for _, task := range tasks {
		data.Tasks = append(data.Tasks, factsOf(task, data.RunID.ValueString()))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &data)...)
}
