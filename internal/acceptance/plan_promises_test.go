// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// This file compares what a plan says with what its apply sends, for each way in which a block is
// created, changed and removed, each setting of reopen_on_destroy, and each state of the task. All
// rows are blocks of one configuration with separate tasks, so a few commands of the CLI are
// enough.

// faults returns what is wrong with a row: what the plan says and the apply does not do, or what
// the apply does and the plan does not say.
func (r *planRow) faults() (all []string) {
	fault := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if r.refused() {
		for _, id := range r.tasks() {
			if sent := r.written[id]; len(sent) > 0 {
				fault("the plan is rejected, and %q was sent", sent)
			}
		}
		return all
	}
	if r.failed != "" && len(r.said) == 0 && !r.isUnannounced() {
		fault("the plan is silent, and the apply fails: %s", r.failed)
	}
	if r.failed != "" && r.state != foundGone && !claimsOf(r.said).fails && !r.isUnannounced() {
		fault("the plan does not say that the apply may fail: %s", r.failed)
	}
	for _, id := range r.tasks() {
		for _, text := range r.faultsOf(id) {
			fault("task %s: %s", id, text)
		}
	}
	return all
}

// faultsOf returns the contradictions between the diagnostics and the requests of a task.
func (r *planRow) faultsOf(id string) (all []string) {
	fault := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	said, sent := claimsOf(r.saidOf(id)), r.written[id]
	for method, words := range said.denied {
		if slices.Contains(sent, method) {
			fault("the plan says %q, and the apply sends a %s", words, method)
		}
	}
	for method, words := range said.promised {
		if !slices.Contains(sent, method) && r.failed == "" {
			fault("the plan says %q, and the apply sends no %s", words, method)
		}
	}
	if said.completed != "" && !r.completed[id] {
		fault("the plan says %q, and the task is not completed after the apply", said.completed)
	}
	creates := slices.ContainsFunc(r.actions, func(actions string) bool { return strings.Contains(actions, "create") })
	completes := creates && r.open[id] || said.announced[http.MethodPost]
	reopens := slices.Contains(sent, http.MethodDelete)
	switch {
	case r.isUnannounced():
	case reopens && !said.announced[http.MethodDelete]:
		fault("the plan does not say that the apply reopens the task")
	case slices.Contains(sent, http.MethodPost) && !completes:
		fault("the plan does not say that the apply completes the task")
	}
	posts := 0
	for _, method := range sent {
		if method == http.MethodPost {
			posts++
		}
	}
	if posts > 1 {
		fault("the apply sends %d completions", posts)
	}
	if id == r.task && r.destroys && r.completed[id] == (r.reopen == yes) && !r.open[id] && r.state != foundGone {
		fault("reopen_on_destroy is %q, and the task is completed after the apply: %t", r.reopen, r.completed[id])
	}
	return all
}

func (r *planRow) isUnannounced() bool { return r.unannounced != "" && r.reopen == yes }

func (r *planRow) refused() bool {
	return slices.ContainsFunc(r.said, func(said diagnostic) bool { return said.Severity == "error" })
}

// saidOf returns the plan's diagnostics about a task: those that name it, and those that name none
// of the row's tasks.
func (r *planRow) saidOf(id string) (all []diagnostic) {
	for _, said := range r.said {
		names := func(id string) bool { return strings.Contains(said.Detail, id) }
		if names(id) || !slices.ContainsFunc(r.tasks(), names) {
			all = append(all, said)
		}
	}
	return all
}

// planHarness plans and applies a configuration of rows with a CLI.
type planHarness struct {
	*cli
	rows []*planRow
}

// TestPlanSaysWhatTheApplyDoes plans and applies all rows. Rows with -replace have a separate plan,
// because CLIs lose some of the triggered replacements of a plan with several -replace options.
// Rows with -destroy need one too.
func TestPlanSaysWhatTheApplyDoes(t *testing.T) {
	t.Parallel()
	for _, kind := range []planKind{byConfiguration, byReplace, byDestroy} {
		rows := slices.DeleteFunc(planRows(), func(r *planRow) bool { return r.plan != kind })
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			applyPlanRows(t, rows)
			for _, r := range rows {
				t.Run(r.title, func(t *testing.T) {
					for _, fault := range r.faults() {
						t.Error(fault)
					}
					t.Log(r)
				})
			}
		})
	}
}

// applyPlanRows plans and applies rows, and records the diagnostics and the writes.
func applyPlanRows(t *testing.T, all []*planRow) {
	t.Helper()
	var ahead atomic.Int64
	c := newCLI(t, sandbox.Config{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	c.settings = map[string]any{} // the default: a plan reads the tasks
	c.configure(nil)
	b := &planHarness{cli: c, rows: slices.Clone(all)}
	for _, r := range all {
		r.addTasks(c.server)
	}
	b.write(func(r *planRow) string {
		if r.before == nil {
			return ""
		}
		return r.before(r)
	})
	c.mustRun("apply", "-input=false", "-auto-approve", "-parallelism=50")
	ahead.Store(int64(time.Hour)) // no read lags behind the recorded completions
	for _, r := range all {
		r.find(c.server)
		r.open = r.each(func(id string) bool { held, ok := c.server.Task(id); return ok && held.CompletedAt == "" })
	}
	c.taint(b.named(func(r *planRow) bool { return r.tainted }))

	c.server.ResetJournal()
	b.write(func(r *planRow) string { return r.after(r) })
	for refused := b.plan(); len(refused) > 0; refused = b.plan() { // a block that depends on a rejected one is planned only without it
		b.leaveOut(refused)
	}
	for _, entry := range c.server.Journal() {
		if entry.Method != http.MethodGet {
			t.Errorf("planning sends %s %s", entry.Method, entry.Path)
		}
	}
	b.apply()
	for _, r := range all {
		r.written = map[string][]string{}
		r.completed = r.each(func(id string) bool { held, _ := c.server.Task(id); return held.CompletedAt != "" })
	}
	b.rows = all
	b.recordWrites()
}

// each returns the result of holds for each of the row's tasks.
func (r *planRow) each(holds func(id string) bool) map[string]bool {
	results := map[string]bool{}
	for _, id := range r.tasks() {
		results[id] = holds(id)
	}
	return results
}

// write writes the rows' configurations.
func (b *planHarness) write(of func(*planRow) string) {
	b.Helper()
	var text strings.Builder
	for _, r := range b.rows {
		text.WriteString(of(r))
	}
	b.add("rows.tf", text.String())
}

// plan plans all rows, and returns those whose plan fails.
func (b *planHarness) plan() (refused []*planRow) {
	b.Helper()
	args := []string{"plan", "-json", "-input=false", "-parallelism=50", "-out=planned"}
	if b.rows[0].plan == byDestroy {
		args = append(args, "-destroy")
	}
	for _, r := range b.rows {
		r.said, r.actions = nil, nil
		if r.plan == byReplace {
			args = append(args, "-replace=tallyfy_task_completion."+r.name)
		}
	}
	failed := map[*planRow]bool{}
	code := b.runForRows(func(r *planRow, said diagnostic) {
		r.said = append(r.said, said)
		failed[r] = failed[r] || said.Severity == "error"
	}, args...)
	for _, r := range b.rows {
		if failed[r] {
			refused = append(refused, r)
		}
	}
	if (len(refused) > 0) != (code != 0) {
		b.Fatalf("the plan ended with %d, and %d rows are rejected", code, len(refused))
	}
	if code != 0 {
		return refused
	}
	var plan struct {
		Changes []struct {
			Address string
			Change  struct{ Actions []string }
		} `json:"resource_changes"`
	}
	b.read(&plan, "show", "-json", "planned")
	for _, change := range plan.Changes {
		for _, r := range b.rows {
			if r.matches(diagnostic{Address: change.Address}) {
				r.actions = append(r.actions, strings.Join(change.Change.Actions, ", "))
			}
		}
	}
	return nil
}

func (b *planHarness) apply() {
	b.Helper()
	b.runForRows(func(r *planRow, said diagnostic) {
		if said.Severity == "error" {
			r.failed = said.text()
		}
	}, "apply", "-json", "-input=false", "-parallelism=50", "planned")
}

// runForRows runs a command, and reports each diagnostic with the row that it belongs to.
func (b *planHarness) runForRows(report func(*planRow, diagnostic), args ...string) (code int) {
	b.Helper()
	said, out, code := b.runJSON(args...)
	for _, d := range said {
		known := false
		for _, r := range b.rows {
			if r.matches(d) {
				report(r, d)
				known = true
			}
		}
		if !known && d.Severity == "error" { // the CLI has warnings of its own
			b.Errorf("%s reports, for no row: %s", args[0], d.text())
		}
	}
	if code != 0 && len(said) == 0 {
		b.Fatalf("%s ended with %d:\n%s", args[0], code, out)
	}
	return code
}

// recordWrites records each write in the journal with the row whose task it is for.
func (b *planHarness) recordWrites() {
	b.Helper()
	for _, entry := range b.server.Journal() {
		if entry.Method == http.MethodGet {
			continue
		}
		known, about := false, entry.Path+string(entry.Body)
		for _, r := range b.rows {
			for _, id := range r.tasks() {
				if strings.Contains(about, id) {
					r.written[id] = append(r.written[id], entry.Method)
					known = true
				}
			}
		}
		if !known {
			b.Errorf("%s %s is for no row", entry.Method, entry.Path)
		}
	}
}

// leaveOut removes rows from the configuration and from the state.
func (b *planHarness) leaveOut(rows []*planRow) {
	b.Helper()
	b.rows = slices.DeleteFunc(b.rows, func(r *planRow) bool { return slices.Contains(rows, r) })
	names := map[string]bool{}
	for _, r := range rows {
		for _, name := range []string{r.name, "after_" + r.name, "trigger_" + r.name, "later_" + r.name} {
			names[name] = true
		}
	}
	b.editState(func(state *stateFile) {
		state.Resources = slices.DeleteFunc(state.Resources, func(resource stateResource) bool { return names[resource.Name] })
	})
	b.write(func(r *planRow) string { return r.after(r) })
}

// named returns the names of the blocks of the rows that which selects.
func (b *planHarness) named(which func(*planRow) bool) map[string]bool {
	names := map[string]bool{}
	for _, r := range b.rows {
		if which(r) {
			names[r.name] = true
		}
	}
	return names
}

// taint marks resources in the state file as tainted.
func (c *cli) taint(names map[string]bool) {
	c.Helper()
	c.editState(func(state *stateFile) {
		for _, resource := range state.Resources {
			for _, instance := range resource.Instances {
				if names[resource.Name] {
					instance["status"] = "tainted"
				}
			}
		}
	})
}

// String returns the planned actions, the writes and the diagnostics.
func (r *planRow) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "planned %q, sent %q for %s and %q for %s\n", r.actions, r.written[r.task], r.task, r.written[r.other], r.other)
	for _, said := range r.said {
		fmt.Fprintf(&text, "  %s\n", strings.Join(strings.Fields(said.text()), " "))
	}
	return text.String()
}
