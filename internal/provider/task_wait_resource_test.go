// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const theWait = "tallyfy_task_wait.it"

// waitFor is a block of the resource, "tallyfy_task_wait.it", with these lines in it.
func waitFor(lines ...string) string {
	return "resource \"tallyfy_task_wait\" \"it\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

// decided completes the seeded approval as a colleague would.
func (s *harness) decided(approved bool) {
	s.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, &approved)
}

// A person approves while an apply waits. The apply continues, records who did, and nothing is ever
// written.
func TestTaskWaitRecordsTheTask(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	polls := 0
	s.Inject(sandbox.Fault{Method: http.MethodGet, Times: -1, Before: func(*http.Request) {
		if polls++; polls == 3 {
			s.decided(true)
		}
	}})
	config := s.config(waitFor(approval, `poll_interval = "1s"`))
	s.run(
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("id"), knownvalue.StringExact(sandbox.DefaultOrganization+"/"+sandbox.SeedRunID+"/"+sandbox.SeedApprovalTaskID)),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("status"), knownvalue.StringExact("completed")),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("title"), knownvalue.StringExact("Approve the change")),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("task_type"), knownvalue.StringExact("approval")),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("is_approved"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("completed_at"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("completer_id"), knownvalue.Int64Exact(sandbox.SeedColleagueID)),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("completer_guest_id"), knownvalue.Null()),
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("fail_on_rejection"), knownvalue.Bool(true)),
				s.wrote(),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
	)
	if err := s.writes(); err != nil {
		t.Error(err)
	}
}

func TestTaskWaitWaysToNameATask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ task, lines, run string }{
		"by its process":  {sandbox.SeedPlainTaskID, plainTask, sandbox.SeedRunID},
		"by its ID alone": {sandbox.SeedPlainTaskID, fmt.Sprintf("task_id = %q", sandbox.SeedPlainTaskID), sandbox.SeedRunID},
		"of no process":   {sandbox.SeedOneOffTaskID, oneOff, ""},
		"by its alias":    {sandbox.SeedPlainTaskID, fmt.Sprintf("run_id = %q\n  alias = %q", sandbox.SeedRunID, "announce-the-maintenance-window"), sandbox.SeedRunID},
		"in another organization": {
			sandbox.SeedPlainTaskID, plainTask + fmt.Sprintf("\n  organization_id = %q", sandbox.DefaultOrganization), sandbox.SeedRunID,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newHarness(t, sandbox.Config{})
			s.CompleteOutside(c.task, sandbox.SeedColleagueID, nil)
			run := knownvalue.Check(knownvalue.Null())
			if c.run != "" {
				run = knownvalue.StringExact(c.run)
			}
			config := s.config(waitFor(c.lines))
			s.run(
				resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(theWait, tfjsonpath.New("task_id"), knownvalue.StringExact(c.task)),
					statecheck.ExpectKnownValue(theWait, tfjsonpath.New("run_id"), run),
					statecheck.ExpectKnownValue(theWait, tfjsonpath.New("is_approved"), knownvalue.Null()),
				}},
				resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
				resource.TestStep{
					ResourceName: theWait, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"alias"},
					ImportStateId: sandbox.DefaultOrganization + "/" + c.run + "/" + c.task,
				},
			)
			if err := s.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTaskWaitRefusesConfigurations(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	for lines, says := range map[string]string{
		"":                              `Missing Attribute Configuration`,
		plainTask + "\n  alias = \"x\"": `Invalid Attribute Combination`,
		`alias = "x"`:                   `run_id`,
		`task_id = "a b"`:               `Invalid ID`,
		plainTask + "\n  poll_interval = \"999ms\"":       `poll_interval cannot be used: it must be at least 1s`,
		plainTask + "\n  poll_interval = \"soon\"":        `Invalid Duration`,
		plainTask + "\n  timeouts {\n create = \"0s\"\n}": `Invalid Duration`,
	} {
		s.run(resource.TestStep{Config: s.config(waitFor(lines)), ExpectError: regexp.MustCompile(says), PlanOnly: true})
	}
	if n := len(s.Journal()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A rejection fails the apply, is not recorded, and fails the next plan. What depends on the wait
// is not built.
func TestTaskWaitFailsOnARejection(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	s.decided(false)
	after := "resource \"terraform_data\" \"production\" {\n  depends_on = [tallyfy_task_wait.it]\n}\n"
	s.run(
		resource.TestStep{Config: s.config(waitFor(approval) + after), ExpectError: regexp.MustCompile(`(?s)Approval Was Rejected.*rejected by\s+user 1002`)},
		resource.TestStep{Config: s.configWith("", waitFor(approval)+after), PlanOnly: true, ExpectError: regexp.MustCompile(`Approval Was Rejected`)},
		resource.TestStep{
			Config: s.config(waitFor(approval, "fail_on_rejection = false") + after),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(theWait, tfjsonpath.New("is_approved"), knownvalue.Bool(false)), s.wrote(),
			},
		},
		resource.TestStep{ // a recorded rejection that is not accepted any more
			Config: s.config(waitFor(approval) + after), ExpectError: regexp.MustCompile(`(?s)Approval Was Rejected.*fail_on_rejection\s+is\s+true\s+now`),
		},
	)
}

// How to wait changes in place, without a request besides those of the refresh.
func TestTaskWaitUpdatesInPlace(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	s.decided(true)
	updates := func(lines string) resource.TestStep {
		return resource.TestStep{
			PreConfig: s.ResetJournal,
			Config:    s.config(waitFor(approval, lines)),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(theWait, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(theWait, tfjsonpath.New("completed_at"), knownvalue.NotNull()),
			}},
			ConfigStateChecks: []statecheck.StateCheck{s.wrote()},
		}
	}
	s.run(
		resource.TestStep{Config: s.config(waitFor(approval))},
		updates("fail_on_rejection = false"),
		updates(`poll_interval = "1m"`),
		updates("timeouts {\n    create = \"8h\"\n  }"),
	)
}

// Another task is another wait. Destroying one makes no request.
func TestTaskWaitIsReplaced(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	s.decided(true)
	s.CompleteOutside(sandbox.SeedPlainTaskID, sandbox.SeedColleagueID, nil)
	replaces := func(lines string) resource.TestStep {
		return resource.TestStep{Config: s.config(waitFor(lines)), ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(theWait, plancheck.ResourceActionDestroyBeforeCreate)},
		}}
	}
	byAlias := func(alias string) string { return fmt.Sprintf("run_id = %q\n  alias = %q", sandbox.SeedRunID, alias) }
	s.run(
		resource.TestStep{Config: s.config(waitFor(approval))},
		replaces(plainTask),
		replaces(byAlias("announce-the-maintenance-window")),
		replaces(byAlias("approve-the-change")),
		resource.TestStep{Config: s.config(waitFor(byAlias("approve-the-change"))), ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(theWait, tfjsonpath.New("task_id"), knownvalue.StringExact(sandbox.SeedApprovalTaskID)),
		}},
	)
	if err := s.writes(); err != nil {
		t.Error(err)
	}
}

// The first planning of a replacement checks the new task, because Terraform drops the warnings of
// the second one.
func TestTaskWaitThatIsReplacedSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	s.decided(false)
	for name, block := range map[string]attributes{
		"by ID":    {"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedPlainTaskID},
		"by alias": {"run_id": sandbox.SeedRunID, "alias": "announce-the-maintenance-window"},
	} {
		t.Run(name, func(t *testing.T) {
			p := (&harness{T: t, Server: s.Server}).waiter(nil)
			if said := p.waits(approvalBlock(attributes{"fail_on_rejection": false})); p.State == nil {
				t.Fatal(said)
			}
			action, said := p.plans(block) // which does not accept a rejection, such as that of the old task
			if !strings.Contains(said, "Apply Waits for a Task") || strings.Contains(said, "Rejected") {
				t.Errorf("the plan is to %s and says:\n%s", action, said)
			}
		})
	}
}

// A recorded approval whose decision is not shown any more does not pass, as it would not in an
// apply.
func TestTaskWaitForAnApprovalWithoutADecision(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	s.decided(true)
	p := s.waiter(nil)
	p.waits(approvalBlock(nil))
	s.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { task.IsApproved, task.CompletedAt = nil, "2026-11-25T10:00:00Z" })
	said, err := p.Refresh(t.Context())
	if err != nil || p.State != nil || !strings.Contains(said.String(), "Approval Was Revoked") || !strings.Contains(said.String(), "without a decision") {
		t.Errorf("recorded: %t, %v\n%s", p.State != nil, err, said)
	}
}

// waiter is a provider that waits, over its protocol.
func (s *harness) waiter(settings attributes) *driver {
	s.Helper()
	all := attributes{"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": s.URL(), "max_retries": 0}
	for name, value := range settings {
		all[name] = value
	}
	terraform, err := prototest.New(s.Context(), New("test"), all, "tallyfy_task_wait")
	if err != nil {
		s.Fatal(err)
	}
	return &driver{T: s.T, Terraform: terraform}
}

// waits applies a block, and returns what was said.
func (p *driver) waits(block attributes) string {
	p.Helper()
	plan, err := p.Plan(p.Context(), block)
	if err != nil {
		p.Fatal(err)
	}
	said := plan.String()
	if plan.Failed() {
		return said
	}
	more, err := p.Apply(p.Context(), plan)
	if err != nil {
		p.Fatal(err)
	}
	return strings.TrimSpace(said + "\n" + more.String())
}

// plans plans a block, and returns the action and what was said.
func (p *driver) plans(block attributes) (prototest.Action, string) {
	p.Helper()
	plan, err := p.Plan(p.Context(), block)
	if err != nil {
		p.Fatal(err)
	}
	return plan.Action, plan.String()
}

func approvalBlock(more attributes) attributes {
	block := attributes{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedApprovalTaskID}
	for name, value := range more {
		block[name] = value
	}
	return block
}

// What a refresh makes of what others do to a task that was waited for.
func TestTaskWaitIsRefreshed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		block   attributes
		happens func(*harness)
		action  prototest.Action
		says    []string // none for nothing
		kept    bool
	}{
		"nothing": {action: prototest.NoOp, kept: true},
		"renamed": {happens: func(s *harness) { s.RenameOutside(sandbox.SeedApprovalTaskID, "Approve it") }, action: prototest.NoOp, kept: true},
		"archived": {
			happens: func(s *harness) {
				s.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { task.Archived = true })
			}, action: prototest.NoOp, kept: true,
		},
		"reopened": {
			happens: func(s *harness) { s.ReopenOutside(sandbox.SeedApprovalTaskID) }, action: prototest.Create,
			says: []string{"Warning: Task Was Reopened: Approve the change", `task "Approve the change" (` + sandbox.SeedApprovalTaskID + ")", "an apply of this configuration waits until the task is completed again"},
		},
		"rejected": {
			happens: func(s *harness) { s.ReopenOutside(sandbox.SeedApprovalTaskID); s.decided(false) }, action: prototest.Create,
			says: []string{"Warning: Approval Was Revoked: Approve the change", "rejected by user 1002", "fails unless the task shows an approval by then"},
		},
		"rejected, and accepted": {
			block:   attributes{"fail_on_rejection": false},
			happens: func(s *harness) { s.ReopenOutside(sandbox.SeedApprovalTaskID); s.decided(false) }, action: prototest.NoOp, kept: true,
		},
		"approved once more": {
			happens: func(s *harness) { s.ReopenOutside(sandbox.SeedApprovalTaskID); s.decided(true) }, action: prototest.NoOp, kept: true,
		},
		"deleted": {
			happens: func(s *harness) { s.DeleteTask(sandbox.SeedApprovalTaskID) }, action: prototest.NoOp, kept: true,
			says: []string{
				`Warning: Completed Task Cannot Be Found: Approve the change: Reading task "Approve the change" (` + sandbox.SeedApprovalTaskID + "), which was waited for: Tallyfy returned 404",
				"It was deleted", "The wait stays recorded", "Nothing waits again",
			},
		},
		"API not found": {
			happens: func(s *harness) {
				s.Inject(sandbox.Fault{Status: 404, Body: `{"code":"ENDPOINT_NOT_FOUND"}`, Times: -1})
			}, action: prototest.NoOp, kept: true,
			says: []string{"Warning: Completed Task Cannot Be Found", "check base_url", "The wait stays recorded"},
		},
		"refused": {
			happens: func(s *harness) { s.Inject(sandbox.Fault{Status: 403, Body: "{}", Times: -1}) }, action: prototest.NoOp, kept: true,
			says: []string{"Error: Task Could Not Be Read", "Refreshing the wait for task", "The state stays as it was", "may see the task"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newHarness(t, sandbox.Config{})
			s.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { // long ago, so that no read can lag behind it
				task.Status, task.CompletedAt, task.CompleterID, task.IsApproved = "completed", "2026-05-20T17:00:00.000Z", sandbox.SeedColleagueID, new(true)
			})
			p := s.waiter(attributes{"preflight": false})
			if said := p.waits(approvalBlock(c.block)); said != "" {
				t.Fatalf("it says %q", said)
			}
			if c.happens != nil {
				c.happens(s)
			}
			action, said := p.plans(approvalBlock(c.block))
			if action != c.action || (said == "") != (len(c.says) == 0) || (p.State != nil) != c.kept {
				t.Errorf("the plan is to %q, the state is kept: %t, and it says %q", action, p.State != nil, said)
			}
			for _, part := range c.says {
				if !strings.Contains(said, part) {
					t.Errorf("%q is missing in %q", part, said)
				}
			}
			if err := s.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Hundred waits of a process are refreshed by one request for the first and a page of a list for
// the others.
func TestTaskWaitsAreRefreshedByAList(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	var blocks strings.Builder
	for n := range 100 {
		id := fmt.Sprintf("7a5c%028d", 4000+n)
		s.AddTask(sandbox.Task{ID: id, RunID: sandbox.SeedRunID, Status: "completed", CompletedAt: "2026-05-20T17:00:00.000Z"})
		fmt.Fprintf(&blocks, "resource \"tallyfy_task_wait\" \"w%d\" {\n  run_id = %q\n  task_id = %q\n}\n", n, sandbox.SeedRunID, id)
	}
	config := s.config(blocks.String())
	s.run(
		resource.TestStep{Config: config},
		resource.TestStep{PreConfig: s.ResetJournal, RefreshState: true},
	)
	pages, tasks := 0, 0
	for _, entry := range s.Journal() {
		if strings.HasSuffix(entry.Path, "/tasks") {
			pages++
		} else {
			tasks++
		}
	}
	if refreshes := 4; tasks > refreshes || pages > 2*refreshes { // the test framework refreshes a few times; 100 tasks and the seeded ones are two pages
		t.Errorf("%d pages and %d tasks were read", pages, tasks)
	}
}

// What a plan says, and that what it does not know keeps it silent.
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
		"approved":           {happens: func(s *harness) { s.decided(true) }, says: "Warning: Nothing to Wait For", requests: 2},
		"rejected":           {happens: func(s *harness) { s.decided(false) }, says: "Error: Approval Was Rejected", requests: 2},
		"not checked":        {settings: attributes{"preflight": false}, happens: func(s *harness) { s.decided(false) }},
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
			s := newHarness(t, sandbox.Config{})
			if c.happens != nil {
				c.happens(s)
			}
			_, said := s.waiter(c.settings).plans(approvalBlock(c.block))
			if !strings.HasPrefix(said, c.says) || c.says == "" && said != "" {
				t.Errorf("it says %q, want %q", said, c.says)
			}
			if n := len(s.Journal()); n != c.requests {
				t.Errorf("%d requests were sent, want %d", n, c.requests)
			}
		})
	}
}

// An import finds the task, takes the defaults, and does not record what is open.
func TestTaskWaitImport(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	config := s.config(waitFor(approval, "fail_on_rejection = false"))
	imports := resource.TestStep{Config: config, ResourceName: theWait, ImportState: true, ImportStateId: sandbox.SeedApprovalTaskID, ImportStatePersist: true}
	open, archived := imports, imports
	open.ExpectError = regexp.MustCompile(`(?s)Task Is Not Completed.*To wait for it, leave the import out`)
	archived.ImportStateId, archived.ExpectError = strings.Repeat("a", 32), regexp.MustCompile(`Task Could Not Be Imported`)
	rejected := imports
	rejected.PreConfig = func() { s.decided(false) }
	s.run(open, archived, rejected,
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
	)
	if err := s.writes(); err != nil {
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
				s := newHarness(t, sandbox.Config{})
				s.decided(*c.decision)
				if !c.shown {
					s.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { task.IsApproved = nil })
				}
				d := s.waiter(nil)
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
				if err := s.writes(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// An error in the middle of an apply leaves nothing behind: no state, and nothing tainted.
func TestTaskWaitThatFailsRecordsNothing(t *testing.T) {
	t.Parallel()
	s := newHarness(t, sandbox.Config{})
	p := s.waiter(attributes{"preflight": false})
	block := approvalBlock(attributes{"poll_interval": "1s", "timeouts": tftypes.NewValue(
		tftypes.Object{AttributeTypes: map[string]tftypes.Type{"create": tftypes.String, "read": tftypes.String}},
		map[string]tftypes.Value{"create": text("1s"), "read": tftypes.NewValue(tftypes.String, nil)})})
	if said := p.waits(block); !strings.HasPrefix(said, "Error: Wait Timed Out: Waited 1s (timeouts.create)") || p.State != nil {
		t.Errorf("the state is %+v, and it says %q", p.State, said)
	}
	s.decided(true)
	if said := p.waits(block); said != "" || p.State == nil || p.State.Tainted {
		t.Errorf("the state is %+v, and it says %q", p.State, said)
	}
	if err := s.writes(); err != nil {
		t.Error(err)
	}
}
