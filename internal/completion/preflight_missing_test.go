// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// What a plan says of a task that Tallyfy does not show is what the apply sends, whether the task or the path of the reads is unknown.
func TestPreflightOfATaskThatIsNotShownComesTrue(t *testing.T) {
	t.Parallel()
	named := map[string]any{"VPC id": "vpc-1"}
	for name, c := range map[string]struct {
		want    func(*bench) Desired
		unknown []string
		update  bool
		says    string // of a task that is not there
		never   string
		writes  []string // of the apply, in which nothing more is known
	}{
		"no values":           {(*bench).want, nil, false, "sends the completion anyway, and fails unless Tallyfy", "form_fields", []string{post}},
		"by ID":               {func(b *bench) Desired { return b.wantValue("vpc-1") }, nil, false, "sends the completion anyway, and fails unless Tallyfy", "form_fields", []string{put, post}},
		"by name":             {func(b *bench) Desired { return Desired{Task: b.ref(), FormFields: named} }, nil, false, "sends nothing and fails unless Tallyfy", "sends the completion", nil},
		"a secret by name":    {func(b *bench) Desired { return Desired{Task: b.ref(), SecretFormFields: named} }, nil, false, "sends nothing and fails unless Tallyfy", "sends the completion", nil},
		"by unknown names":    {(*bench).want, []string{attrFormFields}, false, "Applying this fails unless Tallyfy", "sends", []string{post}},
		"update by ID":        {func(b *bench) Desired { return b.wantValue("vpc-1") }, nil, true, "sends the reopening anyway, and fails unless Tallyfy", "the completion anyway", []string{del}},
		"update by name":      {func(b *bench) Desired { return Desired{Task: b.ref(), FormFields: named} }, nil, true, "sends nothing and fails unless Tallyfy", "anyway", nil},
		"update to no values": {(*bench).want, nil, true, "sends the reopening anyway, and fails unless Tallyfy", "the completion anyway", []string{del}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(b *bench) {
				b.server.DeleteTask(taskID)
				plan := Planned{Desired: c.want(b), Unknown: c.unknown}
				if c.update {
					plan = b.update(plan.Desired)
				}
				f := b.engine.Preflight().Check(b.ctx, plan)
				b.found(f, "", "Task Cannot Be Found: "+taskID)
				text := details(Result{Warnings: f.Warnings})
				b.says(text, c.says)
				if strings.Contains(text, c.never) {
					b.Errorf("it says %q:\n%s", c.never, text)
				}
				b.server.ResetJournal()
				b.restart()
				if err := b.applyPlan(plan); err == nil {
					b.Error("the apply goes well")
				}
				if got := b.writes(); !slices.Equal(got, c.writes) {
					b.Errorf("the apply sends %q, want %q", got, c.writes)
				}
			})
		})
	}
}

// applyPlan does what is planned.
func (b *bench) applyPlan(plan Planned) error {
	var err error
	if plan.Recorded == nil {
		_, err = b.engine.Create(b.ctx, plan.Desired)
	} else {
		_, err = b.engine.Update(b.ctx, Record{RunID: runID, Status: "completed"}, *plan.Recorded, plan.Desired)
	}
	return err
}

// writes returns the methods of the requests that may change something, in order.
func (b *bench) writes() (methods []string) {
	for _, entry := range b.server.Journal() {
		if entry.Method != http.MethodGet {
			methods = append(methods, entry.Method)
		}
	}
	return methods
}

// A server that has the completion and no reads completes what needs no form, and the plan says so.
func TestPreflightOfAServerWithoutReadsComesTrue(t *testing.T) {
	t.Parallel()
	for _, byName := range []bool{false, true} {
		inBubble(t, sandbox.Config{CompletionOnly: true}, nil, func(b *bench) {
			plan := Planned{Desired: b.want()}
			if byName {
				plan.FormFields = map[string]any{"VPC id": "vpc-1"}
			}
			f := b.engine.Preflight().Check(b.ctx, plan)
			if summaries(f.Warnings) != "Tasks Could Not Be Checked" {
				b.Fatalf("got %+v", f)
			}
			b.says(f.Warnings[0].Detail, "An apply sends completions even if it cannot read their tasks, and the responses decide", "Completions with form_fields fail without a request")
			err := b.applyPlan(plan)
			if (err != nil) != byName || (len(b.writes()) == 0) != byName {
				b.Errorf("by name: %t, the apply: %v, %q", byName, err, b.writes())
			}
		})
	}
}

// A process that the token may not see is not all of the plan.
func TestPreflightOfAProcessThatIsForbidden(t *testing.T) {
	t.Parallel()
	const other = "5eed0000000000000000000000000043"
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(sandbox.Fault{PathPart: "/runs/" + other, Status: http.StatusForbidden, Times: -1})
		p := b.engine.Preflight()
		forbidden := Planned{Desired: b.want()}
		forbidden.Task.Run, forbidden.Task.Task = other, "7a5c0000000000000000000000001111"
		f := p.Check(b.ctx, forbidden)
		if summaries(f.Warnings) != "Tasks Could Not Be Checked" {
			b.Fatalf("got %+v", f)
		}
		b.says(f.Warnings[0].Detail, "This task was not checked, nor any other of this plan that Tallyfy refuses to show.")
		unknown := Planned{Desired: b.want()}
		unknown.FormFields = map[string]any{"Nix": "x"}
		b.found(p.Check(b.ctx, unknown), "Unknown Form Field", "")
	})
}
