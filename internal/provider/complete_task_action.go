// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	frameworkaction "github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

var (
	_ frameworkaction.Action                   = (*completeTaskAction)(nil)
	_ frameworkaction.ActionWithConfigure      = (*completeTaskAction)(nil)
	_ frameworkaction.ActionWithModifyPlan     = (*completeTaskAction)(nil)
	_ frameworkaction.ActionWithValidateConfig = (*completeTaskAction)(nil)
)

// completeTaskAction is the action tallyfy_complete_task: the create of tallyfy_task_completion,
// without a record.
type completeTaskAction struct {
	provider *providerData // nil until the provider is configured
}

func newCompleteTaskAction() frameworkaction.Action { return &completeTaskAction{} }

// defaultInvokeTimeout is how long an invocation may take unless the timeouts block says otherwise:
// as long as a create.
const defaultInvokeTimeout = 10 * time.Minute

// completeTaskModel is the configuration of an action.
type completeTaskModel struct {
	taskIdentity
	IsApproved   types.Bool     `tfsdk:"is_approved"`
	Taskdata     types.Dynamic  `tfsdk:"taskdata"`
	FormFields   types.Dynamic  `tfsdk:"form_fields"`
	OverrideUser wholeNumber    `tfsdk:"override_user"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
}

// Metadata sets the name of the action.
func (a *completeTaskAction) Metadata(_ context.Context, req frameworkaction.MetadataRequest, resp *frameworkaction.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_complete_task"
}

// Configure sets the provider data. It is nil while Terraform only validates a configuration.
func (a *completeTaskAction) Configure(_ context.Context, req frameworkaction.ConfigureRequest, resp *frameworkaction.ConfigureResponse) {
	a.provider = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan runs the preflight check of a create, so that a plan reports what the invocation would
// fail at. It makes no request while an ID is unknown.
func (a *completeTaskAction) ModifyPlan(ctx context.Context, req frameworkaction.ModifyPlanRequest, resp *frameworkaction.ModifyPlanResponse) {
	var config completeTaskModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || a.provider == nil || a.provider.lacksToken(&resp.Diagnostics) {
		return
	}
	if config.OrganizationID.IsNull() && !a.provider.organizationUnknown {
		config.OrganizationID = a.provider.organization("action", &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() || a.provider.preflight == nil || config.OrganizationID.ValueString() == "" || config.TaskID.IsUnknown() || config.RunID.IsUnknown() {
		return
	}
	planned := taskCompletionModel{
		IsApproved: config.IsApproved, OverrideUser: config.OverrideUser, Taskdata: config.Taskdata, FormFields: config.FormFields,
	}
	plan := planned.planned(ctx, config.ref())
	plan.Subject = completion.PlannedAction
	a.provider.check(ctx, plan, &resp.Diagnostics)
}

// Invoke completes the task as a create does, and reports each step as progress. It reports
// warnings as progress too, because Terraform 1.16 drops the warnings of actions that a create or
// an update triggers.
func (a *completeTaskAction) Invoke(ctx context.Context, req frameworkaction.InvokeRequest, resp *frameworkaction.InvokeResponse) {
	defer func() { resp.Diagnostics = invokedAgain(resp.Diagnostics) }()
	var config completeTaskModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(a.validate(ctx, req.Config, &config)...)
	}
	engine := a.provider.requireEngine(&resp.Diagnostics)
	if engine != nil && config.OrganizationID.IsNull() {
		config.OrganizationID = a.provider.organization("action", &resp.Diagnostics)
	}
	want := completion.Desired{
		Task:         config.ref(),
		Subject:      completion.InvokedAction,
		IsApproved:   config.IsApproved.ValueBoolPointer(),
		OverrideUser: config.OverrideUser.ValueInt64Pointer(),
		Taskdata:     knownValues(ctx, config.Taskdata, "taskdata", &resp.Diagnostics),
		FormFields:   knownValues(ctx, config.FormFields, "form_fields", &resp.Diagnostics),
	}
	timeout, diags := config.Timeouts.Invoke(ctx, defaultInvokeTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	progress := func(message string) { resp.SendProgress(frameworkaction.InvokeProgressEvent{Message: message}) }
	result, err := engine.Create(completion.WithProgress(ctx, progress), want)
	for _, warning := range result.Warnings {
		progress("Warning: " + warning.Summary + ": " + warning.Detail)
		report(&resp.Diagnostics, []completion.Notice{warning}, nil)
	}
	if err != nil {
		report(&resp.Diagnostics, nil, err)
		return
	}
	progress(outcome(result.Record, config.TaskID.ValueString()))
}

// outcome returns the last line of an invocation that did not fail.
func outcome(r completion.Record, task string) string {
	completed := &tallyfy.Task{ID: task, Title: r.Title}
	if r.CompletedAt == "" {
		return "The completion of " + notice.Task(completed) + " was accepted"
	}
	return notice.TaskSubject(completed) + " is completed, since " + r.CompletedAt
}

// invokedAgain adds to the first error how the action is invoked again. The provider does not know
// the address of the action.
func invokedAgain(diags diag.Diagnostics) diag.Diagnostics {
	const next = "The next apply invokes the action only if something triggers it again. " +
		"To invoke it without a trigger, run terraform apply -invoke='ADDRESS', with the address that Terraform shows for the action that failed."
	for i, d := range diags {
		if d.Severity() != diag.SeverityError {
			continue
		}
		diags[i] = advised{Diagnostic: d, detail: notice.Paragraphs(d.Detail(), next)}
		if at, ok := d.(diag.DiagnosticWithPath); ok {
			diags[i] = diag.WithPath(at.Path(), diags[i])
		}
		break
	}
	return diags
}

// advised is a diagnostic with another detail.
type advised struct {
	diag.Diagnostic
	detail string
}

// Detail returns the detail.
func (a advised) Detail() string { return a.detail }
