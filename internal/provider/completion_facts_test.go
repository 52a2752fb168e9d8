// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/completion"
)

// allFacts is a record with all facts that both resources have.
var allFacts = completion.Record{
	Status: "completed", Title: "Provision the VPC", TaskType: "approval",
	CompletedAt: "2026-11-23T09:30:00Z", CompleterID: 1001, CompleterGuestID: "96000000000000000000000000000001",
}

func TestCompletionFactsOfARecord(t *testing.T) {
	t.Parallel()
	state := completionFactsOf(allFacts)
	for i, value := range reflect.ValueOf(state).Fields() {
		if v, ok := value.Interface().(interface{ IsNull() bool }); !ok || v.IsNull() {
			t.Errorf("%s is null", i.Name)
		}
	}
	if got := state.asRecord(); !reflect.DeepEqual(got, allFacts) {
		t.Errorf("got %+v, want %+v", got, allFacts)
	}
	for i, value := range reflect.ValueOf(completionFactsOf(completion.Record{})).Fields() {
		if v, ok := value.Interface().(interface{ IsNull() bool }); !ok || !v.IsNull() {
			t.Errorf("%s of an empty record is %v", i.Name, value)
		}
	}
}

// An apply must return what the plan has promised, and set the rest.
func TestCompletionFactsSetUnknown(t *testing.T) {
	t.Parallel()
	unknown := completionFacts{
		Status: types.StringUnknown(), Title: types.StringUnknown(), TaskType: types.StringUnknown(),
		CompletedAt: types.StringUnknown(), CompleterID: types.Int64Unknown(), CompleterGuestID: types.StringUnknown(),
	}
	unknown.setUnknown(allFacts)
	if want := completionFactsOf(allFacts); !reflect.DeepEqual(unknown, want) {
		t.Errorf("got %+v, want %+v", unknown, want)
	}
	known := completionFactsOf(completion.Record{Title: "Another", CompleterID: 7})
	want := known
	known.setUnknown(allFacts)
	if !reflect.DeepEqual(known, want) {
		t.Errorf("got %+v, want %+v", known, want)
	}
}
