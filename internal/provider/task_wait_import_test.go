// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// An import reads the task, sets the defaults, and does not record an open task.
func TestTaskWaitImport(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	config := h.config(waitFor(approval, "fail_on_rejection = false"))
	imports := resource.TestStep{Config: config, ResourceName: theWait, ImportState: true, ImportStateId: sandbox.SeedApprovalTaskID, ImportStatePersist: true}
	open, archived := imports, imports
	open.ExpectError = regexp.MustCompile(`(?s)Task Is Not Completed.*To wait for it, leave the import out`)
	archived.ImportStateId, archived.ExpectError = strings.Repeat("a", 32), regexp.MustCompile(`Task Could Not Be Imported`)
	rejected := imports
	rejected.PreConfig = func() { h.decided(false) }
	h.run(open, archived, rejected,
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
	)
	if err := h.writes(); err != nil {
		t.Error(err)
	}
}

// TestTaskWaitImportOfDecisions imports approvals with each decision, and plans configurations that
// accept rejections or not. A decision that Tallyfy does not show does not pass.
func TestTaskWaitImportOfDecisions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		decision *bool
		shown    bool
		recorded bool   // fail_on_rejection
		strict   string // what a plan says if a rejection is an error; empty for nothing
	}{
		"approved":  {decision: new(true), shown: true, recorded: true},
		"rejected":  {decision: new(false), shown: true, strict: "Error: Approval Was Rejected: The state records that task"},
		"not shown": {decision: new(true), strict: "Error: Decision Is Not Shown: The state records that task"},
	} {
		for by, imports := range map[string]func(*driver) (prototest.Diagnostics, error){
			"ID": func(d *driver) (prototest.Diagnostics, error) {
				return d.Import(t.Context(), sandbox.DefaultOrganization+"/"+sandbox.SeedRunID+"/"+sandbox.SeedApprovalTaskID)
			},
			"task ID": func(d *driver) (prototest.Diagnostics, error) {
				return d.Import(t.Context(), sandbox.SeedApprovalTaskID)
			},
			"identity": func(d *driver) (prototest.Diagnostics, error) {
				return d.ImportIdentity(t.Context(), attributes{"task_id": sandbox.SeedApprovalTaskID})
			},
		} {
			t.Run(name+", by "+by, func(t *testing.T) {
				t.Parallel()
				h := newHarness(t, sandbox.Config{})
				h.decided(*c.decision)
				if !c.shown {
					h.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { task.IsApproved = nil })
				}
				d := h.waiter(nil)
				if said, err := imports(d); err != nil || len(said) > 0 || d.State == nil {
					t.Fatalf("%v\n%s", err, said)
				}
				if got := d.State.Value; !strings.Contains(got.String(), fmt.Sprintf(`"fail_on_rejection":tftypes.Bool<"%t">`, c.recorded)) {
					t.Errorf("recorded: %s", got)
				}
				if action, said := d.plans(approvalBlock(attributes{"fail_on_rejection": c.recorded})); action != prototest.NoOp || said != "" {
					t.Errorf("the plan is to %s and says %q", action, said)
				}
				_, said := d.plans(approvalBlock(attributes{"fail_on_rejection": true}))
				if !strings.HasPrefix(said, c.strict) || c.strict == "" && said != "" {
					t.Errorf("it says %q, want %q", said, c.strict)
				}
				if err := h.writes(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
