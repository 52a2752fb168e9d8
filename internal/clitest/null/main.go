// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Command null serves a provider that has the schema of this provider's task completion and sends
// no request. It shows what Terraform and the framework need for any provider with this schema.
package main

import (
	"context"
	"log"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	tallyfy "github.com/tallyfy/terraform-provider-tallyfy/internal/provider"
)

func main() {
	tallyfy.SilenceUnusedLogs()
	err := providerserver.Serve(context.Background(), newNullProvider, providerserver.ServeOpts{
		Address:         "registry.terraform.io/tallyfy/null",
		ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// nullProvider has the schema of this provider. Its configuration has no effect.
type nullProvider struct{ provider.Provider }

func newNullProvider() provider.Provider { return &nullProvider{tallyfy.New("0.0.1")()} }

// Configure does nothing.
func (p *nullProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

// Resources returns the null version of the task completion.
func (p *nullProvider) Resources(ctx context.Context) []func() resource.Resource {
	completion := p.Provider.Resources(ctx)[0]
	return []func() resource.Resource{func() resource.Resource {
		return &nullCompletion{completion().(completionResource)} //nolint:errcheck,forcetypeassert // a resource without identity cannot be served
	}}
}

// completionResource is what the null resource uses of the real one.
type completionResource interface {
	resource.Resource
	resource.ResourceWithIdentity
}

// nullCompletion has the schema, identity and plan modifiers of the real resource. It has no plan
// of its own.
type nullCompletion struct{ completion completionResource }

// Metadata returns that of the real resource.
func (r *nullCompletion) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	r.completion.Metadata(ctx, req, resp)
}

// Schema returns that of the real resource. Its whole numbers have the framework's type, because
// theirs is not exported. Terraform sees no difference.
func (r *nullCompletion) Schema(ctx context.Context, req resource.SchemaRequest, resp *resource.SchemaResponse) {
	r.completion.Schema(ctx, req, resp)
	for name, attribute := range resp.Schema.Attributes {
		if number, ok := attribute.(schema.Int64Attribute); ok {
			number.CustomType = nil
			resp.Schema.Attributes[name] = number
		}
	}
}

// IdentitySchema returns that of the real resource.
func (r *nullCompletion) IdentitySchema(ctx context.Context, req resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	r.completion.IdentitySchema(ctx, req, resp)
}

// model is the resource in the state, with each attribute in the type of the schema.
type model struct {
	ID                  types.String         `tfsdk:"id"`
	OrganizationID      types.String         `tfsdk:"organization_id"`
	RunID               types.String         `tfsdk:"run_id"`
	TaskID              types.String         `tfsdk:"task_id"`
	IsApproved          types.Bool           `tfsdk:"is_approved"`
	Taskdata            types.Dynamic        `tfsdk:"taskdata"`
	FormFields          types.Dynamic        `tfsdk:"form_fields"`
	OverrideUser        types.Int64          `tfsdk:"override_user"`
	ReopenOnDestroy     types.Bool           `tfsdk:"reopen_on_destroy"`
	Timeouts            timeouts.Value       `tfsdk:"timeouts"`
	TaskdataWO          types.Dynamic        `tfsdk:"taskdata_wo"`
	TaskdataWOVersion   types.Int64          `tfsdk:"taskdata_wo_version"`
	FormFieldsWO        types.Dynamic        `tfsdk:"form_fields_wo"`
	FormFieldsWOVersion types.Int64          `tfsdk:"form_fields_wo_version"`
	Status              types.String         `tfsdk:"status"`
	Title               types.String         `tfsdk:"title"`
	TaskType            types.String         `tfsdk:"task_type"`
	CompletedAt         types.String         `tfsdk:"completed_at"`
	CompleterID         types.Int64          `tfsdk:"completer_id"`
	CompleterGuestID    types.String         `tfsdk:"completer_guest_id"`
	TasksChangedByRules jsontypes.Normalized `tfsdk:"tasks_changed_by_rules"`
}

// record sets the attributes that a completion records.
func (m *model) record() {
	m.ID = types.StringValue(m.OrganizationID.ValueString() + "/" + m.RunID.ValueString() + "/" + m.TaskID.ValueString())
	m.Status, m.Title, m.TaskType = types.StringValue("completed"), types.StringValue("Step"), types.StringValue("task")
	m.CompletedAt, m.CompleterID, m.CompleterGuestID = types.StringValue("2026-01-01T00:00:00.000Z"), types.Int64Value(1001), types.StringNull()
	m.TasksChangedByRules = jsontypes.NewNormalizedNull()
}

// identity is the identity of the resource.
type identity struct {
	OrganizationID types.String `tfsdk:"organization_id"`
	RunID          types.String `tfsdk:"run_id"`
	TaskID         types.String `tfsdk:"task_id"`
}

func (m *model) identity() identity { return identity{m.OrganizationID, m.RunID, m.TaskID} }

// Create records a completion that did not happen.
func (r *nullCompletion) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.OrganizationID.IsUnknown() {
		plan.OrganizationID = types.StringValue(os.Getenv("TALLYFY_ORG_ID"))
	}
	plan.record()
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Read keeps what is recorded, and records what an import names.
func (r *nullCompletion) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if state.Status.IsNull() {
		state.record()
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
}

// Update is not used by a benchmark.
func (r *nullCompletion) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("Not Supported", "The null provider has no updates.")
}

// Delete does nothing.
func (r *nullCompletion) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// ImportState takes an ID of the form organization/process/task.
func (r *nullCompletion) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	for i, name := range []string{"organization_id", "run_id", "task_id"} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), strings.Split(req.ID+"//", "/")[i])...)
	}
}
