// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// attach adds a one-off task to the seeded process, as a person can do.
func (h *harness) attach() {
	h.Update(sandbox.SeedOneOffTaskID, func(task *sandbox.Task) { task.RunID = sandbox.SeedRunID })
}

// driver returns a driver for one block, with the sandbox's organization.
func (h *harness) driver() *driver {
	h.Helper()
	return newDriver(h.T, attributes{
		"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": h.URL(), "preflight": false,
	})
}

// must stops the test if an operation has failed.
func (d *driver) must(said prototest.Diagnostics, err error) {
	d.Helper()
	if err != nil || said.Failed() {
		d.Fatalf("%v\n%s", err, said)
	}
}

// applies checks the action of a plan, and applies it.
func (d *driver) applies(want prototest.Action, plan *prototest.Plan, err error) {
	d.Helper()
	if err != nil || plan.Failed() || plan.Action != want {
		d.Fatalf("planning a %s: %v\n%v", want, err, plan)
	}
	d.must(d.Apply(d.Context(), plan))
}

func (d *driver) attributes(value tftypes.Value) map[string]tftypes.Value {
	d.Helper()
	values := map[string]tftypes.Value{}
	if value.IsNull() {
		return values
	}
	if err := value.As(&values); err != nil {
		d.Fatal(err)
	}
	return values
}

// checkIdentity checks that the identity, the state and its ID name the task in this process; ""
// means a one-off task.
func (d *driver) checkIdentity(run string) {
	d.Helper()
	if d.State == nil || d.State.Identity == nil {
		d.Fatal("no identity is recorded")
	}
	var want *string
	if run != "" {
		want = &run
	}
	for of, value := range map[string]tftypes.Value{"identity": *d.State.Identity, "value": d.State.Value} {
		held := d.attributes(value)
		for name, want := range map[string]tftypes.Value{
			"organization_id": text(sandbox.DefaultOrganization), "run_id": tftypes.NewValue(tftypes.String, want), "task_id": text(sandbox.SeedOneOffTaskID),
		} {
			if !held[name].Equal(want) {
				d.Errorf("%s of the %s is %s, want %s", name, of, held[name], want)
			}
		}
	}
	if id := d.attributes(d.State.Value)["id"]; !id.Equal(text(sandbox.DefaultOrganization + "/" + run + "/" + sandbox.SeedOneOffTaskID)) {
		d.Errorf("id is %s", id)
	}
}

// A one-off task that is added to a process after its completion was recorded gets another
// identity. The framework rejects that unless the resource declares its identity as mutable.
func TestOneOffTaskThatIsAttachedToAProcess(t *testing.T) {
	t.Parallel()
	config := attributes{"task_id": sandbox.SeedOneOffTaskID}
	setting := attributes{"task_id": sandbox.SeedOneOffTaskID, "reopen_on_destroy": true}
	decided := attributes{"task_id": sandbox.SeedOneOffTaskID, "override_user": sandbox.SeedColleagueID}
	for name, c := range map[string]struct {
		then   func(d *driver)
		writes []string
	}{
		"refresh": {then: func(d *driver) {
			d.must(d.Refresh(d.Context()))
			d.checkIdentity(sandbox.SeedRunID)
			plan, err := d.Plan(d.Context(), config)
			d.applies(prototest.NoOp, plan, err)
		}},
		"plan and update of a setting": {then: func(d *driver) {
			plan, err := d.Plan(d.Context(), setting)
			d.applies(prototest.Update, plan, err)
			d.checkIdentity(sandbox.SeedRunID)
		}},
		"update of a setting without a refresh": {then: func(d *driver) {
			plan, err := d.PlanAsRecorded(d.Context(), setting)
			d.applies(prototest.Update, plan, err)
			d.checkIdentity("")
			d.must(d.Refresh(d.Context()))
			d.checkIdentity(sandbox.SeedRunID)
		}},
		"update that completes again, without a refresh": {writes: []string{"DELETE", "POST"}, then: func(d *driver) {
			plan, err := d.PlanAsRecorded(d.Context(), decided)
			d.applies(prototest.Update, plan, err)
			d.must(d.Refresh(d.Context()))
			d.checkIdentity(sandbox.SeedRunID)
		}},
		"identity of a state that a refresh left behind": {then: func(d *driver) {
			d.must(d.Refresh(d.Context()))
			d.Identify(prototest.Attributes{"organization_id": sandbox.DefaultOrganization, "task_id": sandbox.SeedOneOffTaskID})
			plan, err := d.PlanAsRecorded(d.Context(), setting)
			d.applies(prototest.Update, plan, err)
			d.checkIdentity(sandbox.SeedRunID)
		}},
		"state of a CLI that knows no identity": {then: func(d *driver) {
			d.State.Identity = nil
			plan, err := d.PlanAsRecorded(d.Context(), setting)
			d.applies(prototest.Update, plan, err)
			d.checkIdentity("")
			d.must(d.Refresh(d.Context()))
			d.checkIdentity(sandbox.SeedRunID)
		}},
		"destroy": {then: func(d *driver) {
			plan, err := d.Plan(d.Context(), nil)
			d.applies(prototest.Delete, plan, err)
			if d.State != nil {
				t.Errorf("the state holds %s", d.State.Value)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			d := h.driver()
			plan, err := d.Plan(d.Context(), config)
			d.applies(prototest.Create, plan, err)
			d.checkIdentity("")
			h.attach()
			h.ResetJournal()
			c.then(d)
			if err := h.writes(c.writes...); err != nil {
				t.Error(err)
			}
		})
	}
}

// An import may name the task without its process. The refresh of the import finds the process.
func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		identity attributes
		attached bool
		run      string
	}{
		"task alone":              {attributes{"task_id": sandbox.SeedOneOffTaskID}, false, ""},
		"organization and task":   {attributes{"organization_id": sandbox.DefaultOrganization, "task_id": sandbox.SeedOneOffTaskID}, false, ""},
		"task of a process alone": {attributes{"task_id": sandbox.SeedOneOffTaskID}, true, sandbox.SeedRunID},
		"process and task":        {attributes{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedOneOffTaskID}, true, sandbox.SeedRunID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.CompleteOutside(sandbox.SeedOneOffTaskID, sandbox.SeedColleagueID, nil)
			if c.attached {
				h.attach()
			}
			d := h.driver()
			d.must(d.ImportIdentity(t.Context(), c.identity))
			d.checkIdentity(c.run)
			h.attach()
			plan, err := d.Plan(t.Context(), attributes{"task_id": sandbox.SeedOneOffTaskID})
			d.applies(prototest.NoOp, plan, err)
			d.checkIdentity(sandbox.SeedRunID)
			if err := h.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}
