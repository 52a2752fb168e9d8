// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const copyTask = "7a5c00000000000000000000000000c0"

// filledForms returns a sandbox in which one task has a value in a field of each type, and another
// task has the same form, empty and with other IDs.
func filledForms(t *testing.T) *harness {
	t.Helper()
	h := newHarness(t, sandbox.Config{})
	original, _ := h.Task(sandbox.SeedVPCTaskID)
	var fields []sandbox.Field
	for i, field := range original.Fields {
		field.ID = fmt.Sprintf("c0f1e1d%025d", i)
		fields = append(fields, field)
	}
	h.AddTask(sandbox.Task{ID: copyTask, RunID: sandbox.SeedRunID, Title: "Provision the VPC once more", Fields: fields})
	h.Update(sandbox.SeedVPCTaskID, func(task *sandbox.Task) {
		task.Taskdata = map[string]any{
			sandbox.SeedVPCIDField:        12.5,
			sandbox.SeedVPCDateField:      "2026-11-23T00:00:00.000Z",
			sandbox.SeedVPCRegionField:    map[string]any{"id": 2, "text": "eu-central-1"},
			sandbox.SeedVPCChecksField:    []any{map[string]any{"id": 1, "text": "Flow logs", "selected": true}, map[string]any{"id": 2, "text": "Peering", "selected": false}, map[string]any{"id": 3, "text": "DNS", "selected": true}},
			sandbox.SeedVPCSubnetsField:   []any{"a", "10.0.0.0/20"},
			sandbox.SeedVPCNotesField:     "two\nlines",
			sandbox.SeedVPCContactField:   "ops@example.com",
			sandbox.SeedVPCTierField:      "critical",
			sandbox.SeedVPCReviewersField: map[string]any{"users": []any{1001}, "guests": []any{"auditor@example.com"}, "groups": []any{}},
			sandbox.SeedVPCDiagramField:   []any{map[string]any{"id": "f1", "filename": "vpc.png"}},
		}
	})
	return h
}

func TestPlainValuesOfATask(t *testing.T) {
	t.Parallel()
	h := filledForms(t)
	got := h.mustData("tallyfy_task", attributes{"task_id": sandbox.SeedVPCTaskID})
	want := map[string]any{
		"VPC id": "12.5", "Provisioned on": "2026-11-23T00:00:00.000Z", "Region": "eu-central-1", "Checks done": []any{"Flow logs", "DNS"},
		"Subnets": []any{"a", "10.0.0.0/20"}, "Notes": "two\nlines", "Contact": "ops@example.com", "Tier": "critical",
		"Reviewers": map[string]any{"users": []any{int64(1001)}, "guests": []any{"auditor@example.com"}, "groups": []any{}},
	}
	if !reflect.DeepEqual(got["values_by_label"], want) {
		t.Errorf("by label: got %v, want %v", got["values_by_label"], want)
	}
	if want := map[string]any{"vpc-id": "12.5"}; !reflect.DeepEqual(got["values_by_alias"], want) {
		t.Errorf("by alias: got %v, want %v", got["values_by_alias"], want)
	}
	h.Inject(sandbox.Fault{Status: 200, Body: fmt.Sprintf(`{"data":{"id":%q}}`, sandbox.SeedPlainTaskID)})
	if got := h.mustData("tallyfy_task", attributes{"task_id": sandbox.SeedPlainTaskID}); got["values_by_label"] != nil || got["values_by_alias"] != nil {
		t.Errorf("without a form: got %v and %v", got["values_by_label"], got["values_by_alias"])
	}
}

// The values of one form fill another one, in one completion, and the next plan is empty.
func TestPlainValuesFillAnotherForm(t *testing.T) {
	t.Parallel()
	h := filledForms(t)
	config := h.config(fmt.Sprintf("data \"tallyfy_task\" \"from\" {\n  task_id = %q\n}\n", sandbox.SeedVPCTaskID) +
		block(fmt.Sprintf("run_id = %q\n  task_id = %q", sandbox.SeedRunID, copyTask), "form_fields = data.tallyfy_task.from.values_by_label"))
	h.run(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				h.wrote("PUT", "POST"), h.fired(copyTask, 1),
				h.savedAs(1, `{"c0f1e1d0000000000000000000000000":"12.5",`+
					`"c0f1e1d0000000000000000000000001":"2026-11-23T00:00:00.000Z",`+
					`"c0f1e1d0000000000000000000000002":{"id":2,"text":"eu-central-1"},`+
					`"c0f1e1d0000000000000000000000003":[{"id":1,"selected":true,"text":"Flow logs"},{"id":3,"selected":true,"text":"DNS"}],`+
					`"c0f1e1d0000000000000000000000004":["a","10.0.0.0/20"],`+
					`"c0f1e1d0000000000000000000000005":"two\nlines",`+
					`"c0f1e1d0000000000000000000000006":"ops@example.com",`+
					`"c0f1e1d0000000000000000000000007":"critical",`+
					`"c0f1e1d0000000000000000000000008":{"groups":[],"guests":["auditor@example.com"],"users":[1001]}}`),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: action(plancheck.ResourceActionNoop), ConfigStateChecks: []statecheck.StateCheck{h.wrote("PUT", "POST")}},
	)
}
