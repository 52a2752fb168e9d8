// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

// completionFacts is the part of a state that describes a completed task. Attributes that Tallyfy
// does not report are null.
type completionFacts struct {
	Status           types.String `tfsdk:"status"`
	Title            types.String `tfsdk:"title"`
	TaskType         types.String `tfsdk:"task_type"`
	CompletedAt      types.String `tfsdk:"completed_at"`
	CompleterID      types.Int64  `tfsdk:"completer_id"`
	CompleterGuestID types.String `tfsdk:"completer_guest_id"`
}

// completionFactsOf returns the facts of a record.
func completionFactsOf(r completion.Record) completionFacts {
	return completionFacts{
		Status:           textOrNull(r.Status),
		Title:            textOrNull(r.Title),
		TaskType:         textOrNull(r.TaskType),
		CompletedAt:      textOrNull(r.CompletedAt),
		CompleterID:      numberOrNull(r.CompleterID),
		CompleterGuestID: textOrNull(r.CompleterGuestID),
	}
}

// setUnknown sets the facts that the plan has left unknown. Terraform demands that the others stay.
func (f *completionFacts) setUnknown(r completion.Record) {
	facts := completionFactsOf(r)
	setIfUnknown(&f.Status, facts.Status)
	setIfUnknown(&f.Title, facts.Title)
	setIfUnknown(&f.TaskType, facts.TaskType)
	setIfUnknown(&f.CompletedAt, facts.CompletedAt)
	setIfUnknown(&f.CompleterID, facts.CompleterID)
	setIfUnknown(&f.CompleterGuestID, facts.CompleterGuestID)
}

// asRecord returns the recorded completion, without what only one of the resources has.
func (f completionFacts) asRecord() completion.Record {
	return completion.Record{
		Status:           f.Status.ValueString(),
		Title:            f.Title.ValueString(),
		TaskType:         f.TaskType.ValueString(),
		CompletedAt:      f.CompletedAt.ValueString(),
		CompleterID:      f.CompleterID.ValueInt64(),
		CompleterGuestID: f.CompleterGuestID.ValueString(),
	}
}
