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
func (s *harness) attach() {
	s.Update(sandbox.SeedOneOffTaskID, func(task *sandbox.Task) { task.RunID = sandbox.SeedRunID })
}

// driver returns a driver for one block, with the sandbox's organization.
func (s *harness) driver() *driver {
	s.Helper()
	return newDriver(s.T, attributes{
		"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": s.URL(), "preflight": false,
	})
}

// must stops the test if an operation has failed.
func (p *driver) must(said prototest.Diagnostics, err error) {
	p.Helper()
	if err != nil || said.Failed() {
		p.Fatalf("%v\n%s", err, said)
	}
}

// applies checks the action of a plan, and applies it.
func (p *driver) applies(want prototest.Action, plan *prototest.Plan, err error) {
	p.Helper()
	if err != nil || plan.Failed() || plan.Action != want {
		p.Fatalf("planning a %s: %v\n%v", want, err, plan)
	}
	p.must(p.Apply(p.Context(), plan))
}

func (p *driver) attributes(value tftypes.Value) map[string]tftypes.Value {
	p.Helper()
	values := map[string]tftypes.Value{}
	if value.IsNull() {
		return values
	}
	if err := value.As(&values); err != nil {
		p.Fatal(err)
	}
	return values
}

// checkIdentity checks that the identity, the state and its ID name the task in this process; "" means
// a one-off task.
func (p *driver) checkIdentity(run string) {
	p.Helper()
	if p.State == nil || p.State.Identity == nil {
		p.Fatal("no identity is recorded")
	}
	var want *string
	if run != "" {
		want = &run
	}
	for of, value := range map[string]tftypes.Value{"identity": *p.State.Identity, "value": p.State.Value} {
		held := p.attributes(value)
		for name, want := range map[string]tftypes.Value{
			"organization_id": text(sandbox.DefaultOrganization), "run_id": tftypes.NewValue(tftypes.String, want), "task_id": text(sandbox.SeedOneOffTaskID),
		} {
			if !held[name].Equal(want) {
				p.Errorf("%s of the %s is %s, want %s", name, of, held[name], want)
			}
		}
	}
	if id := p.attributes(p.State.Value)["id"]; !id.Equal(text(sandbox.DefaultOrganization + "/" + run + "/" + sandbox.SeedOneOffTaskID)) {
		p.Errorf("id is %s", id)
	}
}

// A one-off task that is added to a process after its completion was recorded gets another identity. The
// framework rejects that unless the resource declares its identity as mutable.
func TestOneOffTaskThatIsAttachedToAProcess(t *testing.T) {
	t.Parallel()
	config := attributes{"task_id": sandbox.SeedOneOffTaskID}
	setting := attributes{"task_id": sandbox.SeedOneOffTaskID, "reopen_on_destroy": true}
	decided := attributes{"task_id": sandbox.SeedOneOffTaskID, "override_user": sandbox.SeedColleagueID}
	for name, c := range map[string]struct {
		then   func(p *driver)
		writes []string
	}{
		"refresh": {then: func(p *driver) {
			p.must(p.Refresh(p.Context()))
			p.checkIdentity(sandbox.SeedRunID)
			plan, err := p.Plan(p.Context(), config)
			p.applies(prototest.NoOp, plan, err)
		}},
		"plan and update of a setting": {then: func(p *driver) {
			plan, err := p.Plan(p.Context(), setting)
			p.applies(prototest.Update, plan, err)
			p.checkIdentity(sandbox.SeedRunID)
		}},
		"update of a setting without a refresh": {then: func(p *driver) {
			plan, err := p.PlanAsRecorded(p.Context(), setting)
			p.applies(prototest.Update, plan, err)
			p.checkIdentity("")
			p.must(p.Refresh(p.Context()))
			p.checkIdentity(sandbox.SeedRunID)
		}},
		"update that completes again, without a refresh": {writes: []string{"DELETE", "POST"}, then: func(p *driver) {
			plan, err := p.PlanAsRecorded(p.Context(), decided)
			p.applies(prototest.Update, plan, err)
			p.must(p.Refresh(p.Context()))
			p.checkIdentity(sandbox.SeedRunID)
		}},
		"identity of a state that a refresh left behind": {then: func(p *driver) {
			p.must(p.Refresh(p.Context()))
			p.Identify(prototest.Attributes{"organization_id": sandbox.DefaultOrganization, "task_id": sandbox.SeedOneOffTaskID})
			plan, err := p.PlanAsRecorded(p.Context(), setting)
			p.applies(prototest.Update, plan, err)
			p.checkIdentity(sandbox.SeedRunID)
		}},
		"state of a CLI that knows no identity": {then: func(p *driver) {
			p.State.Identity = nil
			plan, err := p.PlanAsRecorded(p.Context(), setting)
			p.applies(prototest.Update, plan, err)
			p.checkIdentity("")
			p.must(p.Refresh(p.Context()))
			p.checkIdentity(sandbox.SeedRunID)
		}},
		"destroy": {then: func(p *driver) {
			plan, err := p.Plan(p.Context(), nil)
			p.applies(prototest.Delete, plan, err)
			if p.State != nil {
				t.Errorf("the state holds %s", p.State.Value)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newHarness(t, sandbox.Config{})
			p := s.driver()
			plan, err := p.Plan(p.Context(), config)
			p.applies(prototest.Create, plan, err)
			p.checkIdentity("")
			s.attach()
			s.ResetJournal()
			c.then(p)
			if err := s.writes(c.writes...); err != nil {
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
			s := newHarness(t, sandbox.Config{})
			s.CompleteOutside(sandbox.SeedOneOffTaskID, sandbox.SeedColleagueID, nil)
			if c.attached {
				s.attach()
			}
			p := s.driver()
			p.must(p.ImportIdentity(t.Context(), c.identity))
			p.checkIdentity(c.run)
			s.attach()
			plan, err := p.Plan(t.Context(), attributes{"task_id": sandbox.SeedOneOffTaskID})
			p.applies(prototest.NoOp, plan, err)
			p.checkIdentity(sandbox.SeedRunID)
			if err := s.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}
