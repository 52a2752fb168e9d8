// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	frameworkaction "github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
)

var (
	_ frameworkaction.Action                   = (*completeTaskAction)(nil)
	_ frameworkaction.ActionWithConfigure      = (*completeTaskAction)(nil)
	_ frameworkaction.ActionWithModifyPlan     = (*completeTaskAction)(nil)
	_ frameworkaction.ActionWithValidateConfig = (*completeTaskAction)(nil)
)

// completeTaskAction is the action tallyfy_complete_task: the create of tallyfy_task_completion, without a record.
type completeTaskAction struct {
	provider *providerData // nil until the provider is configured
}

func newCompleteTaskAction() frameworkaction.Action { return &completeTaskAction{} }

// defaultInvokeTimeout is how long an invocation may take unless the timeouts block says otherwise: as long as a create.
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

// ModifyPlan runs the preflight check of a create, so that a plan reports what the invocation would fail at. It makes no request while
// an ID is unknown.
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
	found := a.provider.preflight.Check(ctx, planned.planned(ctx, config.ref()))
	if found.Err != nil {
		tflog.Debug(ctx, "the preflight check of a planned action failed", map[string]any{"task_id": config.TaskID.ValueString(), "error": found.Err.Error()})
	}
	report(&resp.Diagnostics, reworded(found.Warnings, completion.PlannedAction), nil)
	if len(found.Problems) > 0 {
		problems := reworded(found.Problems, completion.PlannedAction)
		report(&resp.Diagnostics, nil, &completion.Failure{Notice: problems[0], Others: problems[1:]})
	}
}

// ValidateConfig refuses values that are given both by ID and by name.
func (a *completeTaskAction) ValidateConfig(ctx context.Context, req frameworkaction.ValidateConfigRequest, resp *frameworkaction.ValidateConfigResponse) {
	var config completeTaskModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); !resp.Diagnostics.HasError() {
		checkOneWay(map[string]types.Dynamic{"taskdata": config.Taskdata, "form_fields": config.FormFields}, &resp.Diagnostics)
	}
}

// Invoke completes the task as a create does, and reports each step as progress. It reports warnings as progress too, because Terraform
// 1.16 drops the warnings of actions that a create or an update triggers.
func (a *completeTaskAction) Invoke(ctx context.Context, req frameworkaction.InvokeRequest, resp *frameworkaction.InvokeResponse) {
	var config completeTaskModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	engine := a.provider.requireEngine(&resp.Diagnostics)
	if engine != nil && config.OrganizationID.IsNull() {
		config.OrganizationID = a.provider.organization("action", &resp.Diagnostics)
	}
	want := completion.Desired{
		Task:         config.ref(),
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
	for _, warning := range reworded(result.Warnings, completion.InvokedAction) {
		progress("Warning: " + warning.Summary + ": " + warning.Detail)
		report(&resp.Diagnostics, []completion.Notice{warning}, nil)
	}
	if err != nil {
		report(&resp.Diagnostics, nil, invocationFailed(err))
		return
	}
	progress(outcome(result.Record, config.TaskID.ValueString()))
}

// outcome returns the last line of an invocation that did not fail.
func outcome(r completion.Record, task string) string {
	which := "Task " + task
	if r.Title != "" {
		which = fmt.Sprintf("Task %q (%s)", r.Title, task)
	}
	if r.CompletedAt == "" {
		return "The completion of " + lowerFirst(which) + " was accepted"
	}
	return which + " is completed, since " + r.CompletedAt
}

// invocationFailed returns the failure of a create with advice that is true of an action.
func invocationFailed(err error) error {
	const next = "The next apply invokes the action only if something triggers it again. " +
		"To invoke it without a trigger, run: terraform apply -invoke=action.tallyfy_complete_task.<name>"
	failure, ok := err.(*completion.Failure) //nolint:errorlint // the engine returns it as it is
	if !ok {
		return err
	}
	reworded := reworded(append([]completion.Notice{failure.Notice}, failure.Others...), completion.InvokedAction)
	reworded[0].Detail = notice.Paragraphs(reworded[0].Detail, next)
	return &completion.Failure{Notice: reworded[0], Others: reworded[1:]}
}

// reworded returns notices as change makes them.
func reworded(notices []completion.Notice, change func(completion.Notice) completion.Notice) []completion.Notice {
	changed := make([]completion.Notice, 0, len(notices))
	for _, n := range notices {
		changed = append(changed, change(n))
	}
	return changed
}

func lowerFirst(s string) string { return "t" + s[1:] }
