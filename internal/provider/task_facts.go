// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// taskFacts is what data sources tell of a task. What Tallyfy does not tell is null.
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

// factsOf takes over what a task shows. run is where it was looked for, in case that the answer does not tell; it may be empty.
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

// formOf takes over a form; nil where the answer did not include it.
func formOf(form []tallyfy.Field) []formField {
	if form == nil {
		return nil
	}
	fields := make([]formField, 0, len(form))
	for _, field := range form {
		options := make([]fieldOption, 0, len(field.Options)) // empty and not null, so that it can be iterated over
		for _, option := range field.Options {
			options = append(options, fieldOption{ID: numberOrNull(option.ID), Text: types.StringValue(option.Text)})
		}
		fields = append(fields, formField{
			ID: textOrNull(field.ID), Label: textOrNull(field.Label), Alias: textOrNull(field.Alias), FieldType: textOrNull(field.Type),
			Required: types.BoolValue(field.Required), Options: options, Columns: append([]string{}, field.Columns...), Value: valueOf(field.Value),
		})
	}
	return fields
}

// dynamicOf makes an object of values as encoding/json decodes them; null where the response did not include the form.
func dynamicOf(ctx context.Context, form []tallyfy.Field, values map[string]any) types.Dynamic {
	if form == nil {
		return types.DynamicNull()
	}
	return types.DynamicValue(attrOf(ctx, values))
}

// attrOf makes a value of Terraform's of a string, a json.Number, a []any or a map[string]any.
func attrOf(ctx context.Context, value any) attr.Value {
	switch value := value.(type) {
	case string:
		return types.StringValue(value)
	case json.Number:
		number, _, err := big.ParseFloat(value.String(), 10, precision, big.ToNearestEven)
		if err != nil { // it came out of JSON
			return types.StringValue(value.String())
		}
		return types.NumberValue(number)
	case []any:
		elements, kinds := []attr.Value{}, []attr.Type{}
		for _, element := range value {
			one := attrOf(ctx, element)
			elements, kinds = append(elements, one), append(kinds, one.Type(ctx))
		}
		return types.TupleValueMust(kinds, elements)
	case map[string]any:
		members, kinds := map[string]attr.Value{}, map[string]attr.Type{}
		for name, member := range value {
			members[name] = attrOf(ctx, member)
			kinds[name] = members[name].Type(ctx)
		}
		return types.ObjectValueMust(kinds, members)
	}
	return types.DynamicNull()
}

// valueOf writes a value as JSON; null for nothing.
func valueOf(value any) jsontypes.Normalized {
	if value == nil {
		return jsontypes.NewNormalizedNull()
	}
	written, err := json.Marshal(value)
	if err != nil { // it came out of JSON
		return jsontypes.NewNormalizedNull()
	}
	return jsontypes.NewNormalizedValue(string(written))
}

// factAttributes describe [taskFacts]. None of them can be configured.
func factAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	list := func(of types.ListType, description string) schema.Attribute {
		return schema.ListAttribute{Computed: true, ElementType: of.ElemType, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":        text("Id of the task, the API's `id`. String."),
		"run_id":    text("Id of the run (the process) that the task belongs to, the API's `run_id`; null for a one-off task. String."),
		"title":     text("Title of the task, the API's `title`. String."),
		"alias":     text("Alias of the task, the API's `alias`: a slug that stays as it is when the task is renamed; null where it has none. String."),
		"status":    text("Status of the task, the API's `status`: `not-started`, `in-progress`, `auto-skipped` or `completed`. String."),
		"task_type": text("Type of the task, the API's `task_type`: `task`, `approval`, `expiring`, `email` or `expiring_email`. String."),
		"is_approved": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "The decision on a completed approval, the API's `is_approved`; null for all other tasks. Bool.",
		},
		"completed_at": text("When the task was completed, the API's `completed_at`; null while it is open. String: an ISO 8601 time in UTC."),
		"completer_id": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "Id of the user who completed the task, the API's `completer_id`; null if nobody or a guest did. Number.",
		},
		"completer_guest_id": text("Id of the guest who completed the task, the API's `completer_guest_id`; null if nobody or a user did. String."),
		"archived_at":        text("When the task was archived, the API's `archived_at`; null if it was not. String: an ISO 8601 time in UTC."),
		"deadline":           text("When the task is due, the API's `deadline`; null where it has none. String: an ISO 8601 time in UTC."),
		"everyone_must_complete": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether everyone who is assigned must complete the task, the API's `everyone_must_complete`. Bool.",
		},
		"owners": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "Whom the task is assigned to, the API's `owners`; null where Tallyfy does not tell all of it. Object.",
			Attributes: map[string]schema.Attribute{
				"users":  list(types.ListType{ElemType: types.Int64Type}, "Ids of users. List of numbers."),
				"guests": list(types.ListType{ElemType: types.StringType}, "E-mail addresses of guests. List of strings."),
				"groups": list(types.ListType{ElemType: types.StringType}, "Ids of groups. List of strings."),
			},
		},
	}
}

// plainAttribute describes the values of a form by names of its fields.
func plainAttribute(names, which string) schema.Attribute {
	return schema.DynamicAttribute{
		Computed: true,
		MarkdownDescription: "The values of the form by the " + names + " of their fields, as `form_fields` of `tallyfy_task_completion` accepts them, so that one form can fill another. " +
			"Fields that are empty, " + which + " and files are left out. Null if Tallyfy does not show the form.",
	}
}

// formAttribute describes a list of [formField].
func formAttribute() schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return schema.ListNestedAttribute{
		Computed: true,
		MarkdownDescription: "The form of the task in the order of its fields, the API's `form_fields`; empty where it has none, null where Tallyfy does not show it. " +
			"List of objects.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id":         text("Id of the field: its key in `taskdata`. It stays as it is when the field is renamed. String."),
			"label":      text("What people read beside the field. Labels may repeat. String."),
			"alias":      text("Slug of the field. It follows the label. String."),
			"field_type": text("Type of the field: `text`, `textarea`, `email`, `date`, `radio`, `dropdown`, `multiselect`, `table`, `assignees_form` or `file`. String."),
			"required": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the field must hold a value before the task can be completed. Bool.",
			},
			"options": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What a `radio`, a `dropdown` or a `multiselect` lets people choose from; empty for other types. List of objects.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id": schema.Int64Attribute{
						Computed:            true,
						MarkdownDescription: "Id of the option; null where Tallyfy does not tell it. Number.",
					},
					"text": text("Text of the option. String."),
				}},
			},
			"columns": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "Headings of a `table`; empty for other types. List of strings.",
			},
			"value": schema.StringAttribute{
				Computed:            true,
				CustomType:          jsontypes.NormalizedType{},
				MarkdownDescription: "What the field holds, in the shape that its type has in `taskdata`; null for nothing. String: JSON, for `jsondecode`.",
			},
		}},
	}
}
