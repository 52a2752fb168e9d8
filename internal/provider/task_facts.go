// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// taskFacts are the attributes of a task in data sources. Those that Tallyfy does not report are
// null.
type taskFacts struct {
	ID                   types.String `tfsdk:"id"`
	RunID                types.String `tfsdk:"run_id"`
	Title                types.String `tfsdk:"title"`
	Alias                types.String `tfsdk:"alias"`
	Status               types.String `tfsdk:"status"`
	TaskType             types.String `tfsdk:"task_type"`
	IsApproved           types.Bool   `tfsdk:"is_approved"`
	CompletedAt          types.String `tfsdk:"completed_at"`
	CompleterID          types.Int64  `tfsdk:"completer_id"`
	CompleterGuestID     types.String `tfsdk:"completer_guest_id"`
	ArchivedAt           types.String `tfsdk:"archived_at"`
	Deadline             types.String `tfsdk:"deadline"`
	EveryoneMustComplete types.Bool   `tfsdk:"everyone_must_complete"`
	Owners               *taskOwners  `tfsdk:"owners"`
}

type taskOwners struct {
	Users  []int64  `tfsdk:"users"`
	Guests []string `tfsdk:"guests"`
	Groups []string `tfsdk:"groups"`
}

// formField is a field of a task's form.
type formField struct {
	ID        types.String         `tfsdk:"id"`
	Label     types.String         `tfsdk:"label"`
	Alias     types.String         `tfsdk:"alias"`
	FieldType types.String         `tfsdk:"field_type"`
	Required  types.Bool           `tfsdk:"required"`
	Options   []fieldOption        `tfsdk:"options"`
	Columns   []string             `tfsdk:"columns"`
	Value     jsontypes.Normalized `tfsdk:"value"`
}

type fieldOption struct {
	ID   types.Int64  `tfsdk:"id"`
	Text types.String `tfsdk:"text"`
}

// factsOf returns the facts of a task. run is the ID of the process for which Tallyfy returned the
// task, which is used if the response does not contain it; it may be empty.
func factsOf(task *tallyfy.Task, run string) taskFacts {
	if task.RunID != "" {
		run = task.RunID
	}
	facts := taskFacts{
		ID:                   textOrNull(task.ID),
		RunID:                textOrNull(run),
		Title:                textOrNull(task.Title),
		Alias:                textOrNull(task.Alias),
		Status:               textOrNull(task.Status),
		TaskType:             textOrNull(task.Type),
		IsApproved:           types.BoolPointerValue(task.Decision()),
		CompletedAt:          textOrNull(task.CompletedAt),
		CompleterID:          numberOrNull(task.CompleterID),
		CompleterGuestID:     textOrNull(task.CompleterGuestID),
		ArchivedAt:           textOrNull(task.ArchivedAt),
		Deadline:             textOrNull(task.Deadline),
		EveryoneMustComplete: types.BoolValue(task.EveryoneMustComplete),
	}
	if owners := task.Owners; owners != nil {
		facts.Owners = &taskOwners{Users: owners.Users, Guests: owners.Guests, Groups: owners.Groups}
	}
	return facts
}

// formOf returns the fields of a form; nil if the response did not include the form.
func formOf(form []tallyfy.Field) []formField {
	if form == nil {
		return nil
	}
	fields := make([]formField, 0, len(form))
	for _, field := range form {
		options := make([]fieldOption, 0, len(field.Options)) // empty instead of null, so that a configuration can iterate over it
		for _, option := range field.Options {
			options = append(options, fieldOption{ID: numberOrNull(option.ID), Text: types.StringValue(option.Text)})
		}
		fields = append(fields, formField{
			ID: textOrNull(field.ID), Label: textOrNull(field.Label), Alias: textOrNull(field.Alias), FieldType: textOrNull(field.Type),
			Required: types.BoolValue(field.Required), Options: options, Columns: append([]string{}, field.Columns...), Value: jsonValue(field.Value),
		})
	}
	return fields
}

// dynamicOf returns the values of a form as an object; null if the response did not include the
// form.
func dynamicOf(ctx context.Context, form []tallyfy.Field, values map[string]any) types.Dynamic {
	if form == nil {
		return types.DynamicNull()
	}
	return types.DynamicValue(attrOf(ctx, values))
}

// factAttributes returns the attributes of [taskFacts], all computed.
func factAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	list := func(of types.ListType, description string) schema.Attribute {
		return schema.ListAttribute{Computed: true, ElementType: of.ElemType, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":        text("The ID of the task."),
		"run_id":    text("The ID of the process that the task belongs to; null for a one-off task."),
		"title":     text("The title of the task."),
		"alias":     text("The alias of the task, a slug that does not change when the task is renamed; null if it has none."),
		"status":    text("The status of the task: `not-started`, `in-progress`, `auto-skipped` or `completed`."),
		"task_type": text("The type of the task: `task`, `approval`, `expiring`, `email` or `expiring_email`."),
		"is_approved": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "The decision on a completed approval; null for any other task.",
		},
		"completed_at": text("The time when the task was completed, in ISO 8601 and UTC; null while it is open."),
		"completer_id": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "The ID of the user who completed the task; null if it is open or a guest completed it.",
		},
		"completer_guest_id": text("The ID of the guest who completed the task; null if it is open or a user completed it."),
		"archived_at":        text("The time when the task was archived, in ISO 8601 and UTC; null if it was not."),
		"deadline":           text("The time when the task is due, in ISO 8601 and UTC; null if it has no deadline."),
		"everyone_must_complete": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether every assignee must complete the task.",
		},
		"owners": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The assignees of the task; null if Tallyfy does not report all of them.",
			Attributes: map[string]schema.Attribute{
				"users":  list(types.ListType{ElemType: types.Int64Type}, "The IDs of users."),
				"guests": list(types.ListType{ElemType: types.StringType}, "The email addresses of guests."),
				"groups": list(types.ListType{ElemType: types.StringType}, "The IDs of groups."),
			},
		},
	}
}

// plainAttribute returns an attribute with the values of a form by the names of its fields. which
// names the fields without such a name.
func plainAttribute(names, which string) schema.Attribute {
	return schema.DynamicAttribute{
		Computed: true,
		MarkdownDescription: "The values of the form by the " + names + " of their fields, as `form_fields` of `tallyfy_task_completion` accepts them. " +
			"Empty fields, " + which + " and files are left out. Null if Tallyfy does not show the form.",
	}
}

// formAttribute returns an attribute with a list of [formField].
func formAttribute() schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The fields of the task's form, in order. Empty if the task has no form, and null if Tallyfy does not show it.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id":         text("The ID of the field, its key in `taskdata`. It does not change when the field is renamed."),
			"label":      text("The label of the field. Several fields may have the same label."),
			"alias":      text("The alias of the field, a slug. It may change with the label."),
			"field_type": text("The type of the field: `text`, `textarea`, `email`, `date`, `radio`, `dropdown`, `multiselect`, `table`, `assignees_form` or `file`."),
			"required": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the field needs a value before the task can be completed.",
			},
			"options": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The options of a `radio`, a `dropdown` or a `multiselect`; empty for other types.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id": schema.Int64Attribute{
						Computed:            true,
						MarkdownDescription: "The ID of the option; null if Tallyfy does not report it.",
					},
					"text": text("The text of the option."),
				}},
			},
			"columns": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The column headings of a `table`; empty for other types.",
			},
			"value": schema.StringAttribute{
				Computed:            true,
				CustomType:          jsontypes.NormalizedType{},
				MarkdownDescription: "The value of the field in the shape that `taskdata` accepts, as JSON for `jsondecode`; null if the field is empty.",
			},
		}},
	}
}
