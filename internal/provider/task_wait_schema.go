// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

const (
	// defaultWaitTimeout is how long a person may take unless the timeouts block says otherwise.
	defaultWaitTimeout = time.Hour
	// defaultPollInterval is that of Tallyfy's own command line client.
	defaultPollInterval = "15s"
	// shortestPollInterval keeps a wait far below the documented rate limits (API.md §3.4).
	shortestPollInterval = time.Second
)

// replaced returns the plan modifiers of the attributes that locate the task.
func replaced() []planmodifier.String {
	return []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()}
}

// Schema returns the arguments of a wait, and the recorded facts of its task.
func (r *taskWaitResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Waits until someone has completed a Tallyfy task. An approval that is rejected fails the apply.\n\n" +
			"The resource only reads. It never completes, changes or reopens a task.",
		Attributes: map[string]schema.Attribute{
			"task_id": schema.StringAttribute{
				Optional:            true,
				Computed:            true,
				MarkdownDescription: "The ID of the task to wait for. Exactly one of `task_id` and `alias` must be set. Changing this forces a new resource to be created.",
				Validators:          []validator.String{id()},
				PlanModifiers:       replaced(),
			},
			"alias": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The alias of the task to wait for, which exactly one task of the process `run_id` must have. " +
					"Changing this forces a new resource to be created.",
				Validators:    nameWithin(),
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"run_id": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "The ID of the process (the API's `run`) that the task belongs to. Required with `alias`. " +
					"Defaults to the process that Tallyfy reports; null for a one-off task. Changing this forces a new resource to be created.",
				Validators:    []validator.String{id()},
				PlanModifiers: replaced(),
			},
			"organization_id": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "The ID of the organization that the task belongs to. Defaults to the provider's `organization_id`. " +
					"Changing this forces a new resource to be created.",
				Validators:    []validator.String{id()},
				PlanModifiers: replaced(),
			},
			"fail_on_rejection": schema.BoolAttribute{
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(true),
				MarkdownDescription: "Whether a rejected approval is an error. Defaults to `true`. " +
					"If it is `false`, a rejection ends the wait like an approval, and `is_approved` reports the decision.",
			},
			"poll_interval": schema.StringAttribute{
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString(defaultPollInterval),
				MarkdownDescription: fmt.Sprintf("The time between two polls, at least `%s`. Defaults to `%s`.", shortestPollInterval, defaultPollInterval),
				Validators:          []validator.String{pollInterval()},
			},
			"id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The import ID: `organization/process/task`, or `organization//task` for a one-off task.",
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"status":    fact("The status of the task: `completed`."),
			"title":     fact("The title of the task."),
			"task_type": fact("The type of the task: `task`, `approval`, `expiring`, `email` or `expiring_email`."),
			"is_approved": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "The decision on an approval; null for any other task.",
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"completed_at": fact("The time when the task was completed, in ISO 8601 and UTC."),
			"completer_id": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "The ID of the user who completed the task; null if a guest did.",
				PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"completer_guest_id": fact("The ID of the guest who completed the task; null if a user did."),
		},
		Blocks: map[string]schema.Block{"timeouts": resourceTimeouts(map[string]string{
			"create": fmt.Sprintf("How long to wait for the task. A duration such as `30m` or `8h`. Defaults to `%s`.", shortDuration(defaultWaitTimeout)),
			"read":   timeoutDescription("How long a refresh may take, including waits and retries", defaultReadTimeout),
		})},
	}
}

// pollInterval rejects strings that are not durations, and intervals that are too short.
func pollInterval() validator.String {
	return stringRule{summary: "Invalid Duration", rule: "must be a duration of at least 1s", check: func(s string) error {
		err := checkDuration(s)
		if d, _ := time.ParseDuration(s); err == nil && d < shortestPollInterval {
			return fmt.Errorf("it must be at least %s", shortestPollInterval)
		}
		return err
	}}
}
