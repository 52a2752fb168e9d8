// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/list/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/lookup"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

var (
	_ list.ListResource              = (*taskCompletionList)(nil)
	_ list.ListResourceWithConfigure = (*taskCompletionList)(nil)
)

// taskCompletionList is the list resource tallyfy_task_completion: the completed tasks of a
// process, or the completed one-off tasks of an organization.
type taskCompletionList struct {
	provider *providerData // nil until the provider is configured
}

func newTaskCompletionList() list.ListResource { return &taskCompletionList{} }

// defaultListTimeout is how long a query may take unless the timeouts block says otherwise. It
// leaves room for long lists.
const defaultListTimeout = 10 * time.Minute

// taskCompletionListModel is the config block of a query.
type taskCompletionListModel struct {
	OrganizationID types.String   `tfsdk:"organization_id"`
	RunID          types.String   `tfsdk:"run_id"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// Metadata sets the name of the resource that is listed.
func (l *taskCompletionList) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_task_completion"
}

// Configure sets the provider data. It is nil while Terraform only validates a configuration.
func (l *taskCompletionList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.provider = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

// ListResourceConfigSchema returns what the config block of a query may contain.
func (l *taskCompletionList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the completed tasks of a process, or the completed one-off tasks of an organization, to import them.",
		Attributes: map[string]schema.Attribute{
			"run_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The ID of the process (the API's `run`) whose completed tasks are listed. By default, the completed one-off tasks of the organization are listed.",
				Validators:          []validator.String{id()},
			},
			"organization_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The ID of the organization. Defaults to the provider's `organization_id`.",
				Validators:          []validator.String{id()},
			},
		},
		Blocks: map[string]schema.Block{"timeouts": listTimeouts()},
	}
}

// listTimeouts returns the timeouts block of a query.
func listTimeouts() schema.Block {
	return schema.SingleNestedBlock{
		CustomType:          timeouts.Type{ObjectType: timeoutsType("list")},
		MarkdownDescription: "How long the query may take.",
		Attributes: map[string]schema.Attribute{"list": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: timeoutDescription("How long listing may take, including all pages, waits and retries", defaultListTimeout),
			Validators:          []validator.String{duration()},
		}},
	}
}

// List yields a result for each completed task. It reads a page of Tallyfy's list only when its
// tasks are asked for, and stops at the limit. An error is a result of its own, after which there
// are no others. A warning about a task that is left out is a result too, and does not count.
func (l *taskCompletionList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config taskCompletionListModel
	diags := req.Config.Get(ctx, &config)
	if l.provider.canRequest(&diags) && config.OrganizationID.IsNull() {
		config.OrganizationID = l.provider.organization("query", &diags)
	}
	timeout, more := config.Timeouts.List(ctx, defaultListTimeout)
	if diags.Append(more...); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		var count int64
		for result := range l.results(ctx, req, config.OrganizationID.ValueString(), config.RunID.ValueString()) {
			if result.Identity != nil { // otherwise it only warns
				count++
			}
			if !push(result) || count > 0 && count == req.Limit {
				return
			}
		}
	}
}

// results returns a result for each task of the list or a warning about it, and one with the error
// that ended the list.
func (l *taskCompletionList) results(ctx context.Context, req list.ListRequest, organization, run string) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		process := l.process(ctx, organization, run)
		for task, err := range lookup.Each(ctx, l.provider.client, completion.Completed(organization, run)) {
			var result list.ListResult
			switch {
			case err != nil:
				report(&result.Diagnostics, nil, err)
			case !completion.IsListed(run, task):
				continue
			default:
				result = l.result(ctx, req, tallyfy.TaskRef{Organization: organization, Run: run, Task: task.ID}, task)
				if result.Identity != nil {
					result.DisplayName = displayName(task, process)
				}
			}
			if !push(result) || result.Diagnostics.HasError() {
				return
			}
		}
	}
}

// process names the process in the display names of its tasks: by its name, or by its ID if Tallyfy
// does not show the name. It is empty for a query of one-off tasks.
func (l *taskCompletionList) process(ctx context.Context, organization, run string) string {
	if run == "" {
		return ""
	}
	if read, err := l.provider.client.WithoutRetries().GetRun(ctx, organization, run); err == nil && read.Name != "" {
		return fmt.Sprintf("%q", read.Name)
	}
	return run
}

// displayName returns the name of a result in the UI.
func displayName(task *tallyfy.Task, process string) string {
	title := task.Title
	if title == "" {
		title = task.ID
	}
	switch {
	case process != "":
		return title + " (process " + process + ")"
	case task.RunID != "":
		return title + " (process " + task.RunID + ")"
	}
	return title + " (one-off task)"
}

// result returns the identity of a completion, and the completion as an import records it if the
// request asks for it. It has diagnostics alone if the task had to be read and that failed.
func (l *taskCompletionList) result(ctx context.Context, req list.ListRequest, ref tallyfy.TaskRef, task *tallyfy.Task) list.ListResult {
	if task.RunID != "" {
		ref.Run = task.RunID
	}
	record, ok := completion.ImportListed(ref, task)
	if !ok && req.IncludeResource {
		imported, err := l.provider.engine.ImportUnlisted(ctx, ref)
		if err != nil {
			return unlistable(task, err)
		}
		record = imported.Record
	}
	result := req.NewListResult(ctx)
	var recorded taskCompletionModel
	result.Diagnostics.Append(nameTask(ctx, result.Resource, ref)...)
	result.Diagnostics.Append(result.Resource.Get(ctx, &recorded)...)
	if result.Diagnostics.HasError() {
		return result
	}
	recorded.refresh(record, true)
	recorded.identify(ctx, result.Identity, &result.Diagnostics)
	result.Diagnostics.Append(result.Resource.Set(ctx, &recorded)...)
	return result
}

// unlistable returns a warning about a task that cannot be read, or the error if other tasks cannot
// be read either.
func unlistable(task *tallyfy.Task, err error) (result list.ListResult) {
	if warning, ok := completion.LeftOut(task, err); ok {
		report(&result.Diagnostics, []completion.Notice{warning}, nil)
		return result
	}
	report(&result.Diagnostics, nil, err)
	return result
}
