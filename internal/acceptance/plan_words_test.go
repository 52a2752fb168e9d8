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

// What a plan says is compared here with what its apply sends: for each way in which a block comes,
// changes and goes, each setting of reopen_on_destroy, and each way in which the task may be found.
// All rows are blocks of one configuration, each with tasks of its own, so that a few commands of
// the CLI serve them all.

// faults returns what is wrong with a row: what the plan says and the apply does not do, or the
// other way round.
func (r *wordsRow) faults() (all []string) {
	fault := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if r.refused() {
		for _, id := range r.tasks() {
			if sent := r.written[id]; len(sent) > 0 {
				fault("the plan is refused, and %q was sent", sent)
			}
		}
		return all
	}
	if r.failed != "" && len(r.said) == 0 && !r.isUnspoken() {
		fault("the plan is silent, and the apply fails: %s", r.failed)
	}
	if r.failed != "" && r.state != foundGone && !meaningOf(r.said).fails && !r.isUnspoken() {
		fault("the plan does not say that the apply may fail: %s", r.failed)
	}
	for _, id := range r.tasks() {
		for _, text := range r.faultsOf(id) {
			fault("task %s: %s", id, text)
		}
	}
	return all
}

// faultsOf returns what is wrong with what is said of a task and sent for it.
func (r *wordsRow) faultsOf(id string) (all []string) {
	fault := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	said, sent := meaningOf(r.saidOf(id)), r.written[id]
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
	case r.isUnspoken():
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

func (r *wordsRow) isUnspoken() bool { return r.unspoken != "" && r.reopen == yes }

func (r *wordsRow) refused() bool {
	return slices.ContainsFunc(r.said, func(said spoken) bool { return said.Severity == "error" })
}

// saidOf returns what the plan says of a task: what names it, and what names none of the row's
// tasks.
func (r *wordsRow) saidOf(id string) (all []spoken) {
	for _, said := range r.said {
		names := func(id string) bool { return strings.Contains(said.Detail, id) }
		if names(id) || !slices.ContainsFunc(r.tasks(), names) {
			all = append(all, said)
		}
	}
	return all
}

// wordsBook is a configuration of rows under a CLI.
type wordsBook struct {
	*cli
	rows []*wordsRow
}

// TestPlanSaysWhatTheApplyDoes plans and applies all rows. Those with -replace have a CLI of their
// own, because CLIs lose some of the triggered replacements of a plan that is made with several of
// these, and so have those with -destroy.
func TestPlanSaysWhatTheApplyDoes(t *testing.T) {
	t.Parallel()
	for _, book := range []book{byConfiguration, byReplace, byDestroy} {
		rows := slices.DeleteFunc(wordsRows(), func(r *wordsRow) bool { return r.book != book })
		t.Run(string(book), func(t *testing.T) {
			t.Parallel()
			applyWords(t, rows)
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

// applyWords plans and applies rows, and takes down what is said and sent.
func applyWords(t *testing.T, all []*wordsRow) {
	t.Helper()
	var ahead atomic.Int64
	c := newCLI(t, sandbox.Config{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	c.settings = map[string]any{} // as a user has it: a plan reads the tasks
	c.configure(nil)
	b := &wordsBook{cli: c, rows: slices.Clone(all)}
	for _, r := range all {
		r.addTasks(c.server)
	}
	b.write(func(r *wordsRow) string {
		if r.before == nil {
			return ""
		}
		return r.before(r)
	})
	c.mustRun("apply", "-input=false", "-auto-approve", "-parallelism=50")
	ahead.Store(int64(time.Hour)) // no read is behind the completions that are recorded
	for _, r := range all {
		r.find(c.server)
		r.open = r.each(func(id string) bool { held, ok := c.server.Task(id); return ok && held.CompletedAt == "" })
	}
	c.taint(b.named(func(r *wordsRow) bool { return r.tainted }))

	c.server.ResetJournal()
	b.write(func(r *wordsRow) string { return r.after(r) })
	for refused := b.plan(); len(refused) > 0; refused = b.plan() { // what depends on what is refused is planned once that is left out
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
	b.written()
}

// each asks something of each of the row's tasks.
func (r *wordsRow) each(ask func(id string) bool) map[string]bool {
	answers := map[string]bool{}
	for _, id := range r.tasks() {
		answers[id] = ask(id)
	}
	return answers
}

// write writes the rows' configurations.
func (b *wordsBook) write(of func(*wordsRow) string) {
	b.Helper()
	var text strings.Builder
	for _, r := range b.rows {
		text.WriteString(of(r))
	}
	b.add("rows.tf", text.String())
}

// plan plans, and returns the rows for which that fails.
func (b *wordsBook) plan() (refused []*wordsRow) {
	b.Helper()
	args := []string{"plan", "-json", "-input=false", "-parallelism=50", "-out=planned"}
	if b.rows[0].book == byDestroy {
		args = append(args, "-destroy")
	}
	for _, r := range b.rows {
		r.said, r.actions = nil, nil
		if r.book == byReplace {
			args = append(args, "-replace=tallyfy_task_completion."+r.name)
		}
	}
	failed := map[*wordsRow]bool{}
	code := b.tell(func(r *wordsRow, said spoken) {
		r.said = append(r.said, said)
		failed[r] = failed[r] || said.Severity == "error"
	}, args...)
	for _, r := range b.rows {
		if failed[r] {
			refused = append(refused, r)
		}
	}
	if (len(refused) > 0) != (code != 0) {
		b.Fatalf("the plan ended with %d, and %d rows are refused", code, len(refused))
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
			if r.matches(spoken{Address: change.Address}) {
				r.actions = append(r.actions, strings.Join(change.Change.Actions, ", "))
			}
		}
	}
	return nil
}

func (b *wordsBook) apply() {
	b.Helper()
	b.tell(func(r *wordsRow, said spoken) {
		if said.Severity == "error" {
			r.failed = said.text()
		}
	}, "apply", "-json", "-input=false", "-parallelism=50", "planned")
}

// tell runs a command and hands what it says to the rows.
func (b *wordsBook) tell(to func(*wordsRow, spoken), args ...string) (code int) {
	b.Helper()
	said, out, code := b.listen(args...)
	for _, d := range said {
		known := false
		for _, r := range b.rows {
			if r.matches(d) {
				to(r, d)
				known = true
			}
		}
		if !known && d.Severity == "error" { // the CLI warns of its own accord, too
			b.Errorf("%s says to nobody: %s", args[0], d.text())
		}
	}
	if code != 0 && len(said) == 0 {
		b.Fatalf("%s ended with %d:\n%s", args[0], code, out)
	}
	return code
}

// written hands each write in the journal to the row whose task it is for.
func (b *wordsBook) written() {
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

// leaveOut takes rows out of the configuration and out of the state.
func (b *wordsBook) leaveOut(rows []*wordsRow) {
	b.Helper()
	b.rows = slices.DeleteFunc(b.rows, func(r *wordsRow) bool { return slices.Contains(rows, r) })
	names := map[string]bool{}
	for _, r := range rows {
		for _, name := range []string{r.name, "after_" + r.name, "trigger_" + r.name, "later_" + r.name} {
			names[name] = true
		}
	}
	b.editState(func(state *stateFile) {
		state.Resources = slices.DeleteFunc(state.Resources, func(resource stateResource) bool { return names[resource.Name] })
	})
	b.write(func(r *wordsRow) string { return r.after(r) })
}

// named returns the names of the blocks of some of the rows.
func (b *wordsBook) named(which func(*wordsRow) bool) map[string]bool {
	names := map[string]bool{}
	for _, r := range b.rows {
		if which(r) {
			names[r.name] = true
		}
	}
	return names
}

// taint marks resources in the state's file as tainted.
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

// String returns what was planned, sent and said.
func (r *wordsRow) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "planned %q, sent %q for %s and %q for %s\n", r.actions, r.written[r.task], r.task, r.written[r.other], r.other)
	for _, said := range r.said {
		fmt.Fprintf(&text, "  %s\n", strings.Join(strings.Fields(said.text()), " "))
	}
	return text.String()
}
