// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// The first planning of a replacement checks the new task, because Terraform drops the warnings of
// the second one.
func TestTaskWaitThatIsReplacedSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.decided(false)
	for name, block := range map[string]attributes{
		"by ID":    {"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedPlainTaskID},
		"by alias": {"run_id": sandbox.SeedRunID, "alias": "announce-the-maintenance-window"},
	} {
		t.Run(name, func(t *testing.T) {
			d := (&harness{T: t, Server: h.Server}).waiter(nil)
			if said := d.waits(approvalBlock(attributes{"fail_on_rejection": false})); d.State == nil {
				t.Fatal(said)
			}
			action, said := d.plans(block) // which does not accept a rejection, such as that of the old task
			if !strings.Contains(said, "Apply Waits for a Task") || strings.Contains(said, "Rejected") {
				t.Errorf("the plan is to %s and says:\n%s", action, said)
			}
		})
	}
}

// A plan reports what an apply waits for. It reports nothing while a value is unknown.
func TestTaskWaitIsPlanned(t *testing.T) {
	t.Parallel()
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	for name, c := range map[string]struct {
		settings, block attributes
		happens         func(*harness)
		says            string // empty for nothing
		requests        int
	}{
		"open":               {says: "Warning: Apply Waits for a Task", requests: 1},
		"approved":           {happens: func(h *harness) { h.decided(true) }, says: "Warning: Nothing to Wait For", requests: 2},
		"rejected":           {happens: func(h *harness) { h.decided(false) }, says: "Error: Approval Was Rejected", requests: 2},
		"not checked":        {settings: attributes{"preflight": false}, happens: func(h *harness) { h.decided(false) }},
		"task unknown":       {block: attributes{"task_id": unknown}},
		"process unknown":    {block: attributes{"run_id": unknown}},
		"alias unknown":      {block: attributes{"task_id": nil, "alias": unknown}},
		"organization so":    {block: attributes{"organization_id": unknown}},
		"rejections unknown": {block: attributes{"fail_on_rejection": tftypes.NewValue(tftypes.Bool, tftypes.UnknownValue)}},
		"provider unknown":   {settings: attributes{"access_token": unknown}},
		"by its alias":       {block: attributes{"task_id": nil, "alias": "approve-the-change"}, says: "Warning: Apply Waits for a Task", requests: 1},
		"no such task":       {block: attributes{"task_id": strings.Repeat("a", 32)}, says: "Warning: Task Cannot Be Found", requests: 2},
		"no organization":    {settings: attributes{"organization_id": nil}, says: "Error: Missing Organization"},
		"token refused":      {settings: attributes{"access_token": "another"}, says: "Warning: Tasks Could Not Be Checked", requests: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			if c.happens != nil {
				c.happens(h)
			}
			_, said := h.waiter(c.settings).plans(approvalBlock(c.block))
			if !strings.HasPrefix(said, c.says) || c.says == "" && said != "" {
				t.Errorf("it says %q, want %q", said, c.says)
			}
			if n := len(h.Journal()); n != c.requests {
				t.Errorf("%d requests were sent, want %d", n, c.requests)
			}
		})
	}
}
