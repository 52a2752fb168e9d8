// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// blockChange is how a block is created, changed or removed.
type blockChange struct {
	name string
	// before is the configuration that is applied first; nil for none. after is the one that is
	// planned.
	before, after func(*planRow) string
	// plan is the plan that the row is in. tainted marks the recorded resource as tainted.
	plan    planKind
	tainted bool
	// wants is the value that the planned configuration has for the task that is found in each
	// state; value1 if it is not set.
	wants string
	// onOther is true if the states are those of the other task instead of the first.
	onOther bool
	// destroys is true if the apply removes the block's completion from the state and records no
	// other of the same task.
	destroys bool
	// unannounced is why the plan cannot announce what the apply does if reopen_on_destroy is true:
	// it reopens the task and completes it again, or fails with create_before_destroy. The plan
	// must not deny it either.
	unannounced string
}

// planKind is what causes the changes of a plan.
type planKind string

const (
	byConfiguration planKind = "by the configuration"
	byReplace       planKind = "by -replace"
	byDestroy       planKind = "by -destroy"
)

// setting is reopen_on_destroy in the configuration.
type setting string

const unset, no, yes setting = "", "false", "true"

// taskState is the state of the task when it is planned.
type taskState string

const (
	foundOpen         taskState = "open"
	foundAsConfigured taskState = "completed as configured"
	foundDifferent    taskState = "completed differently"
	foundGone         taskState = "gone"

	value1, value2, valueOfOthers = "first", "second", "of someone else"
)

// droppedWarnings is why a replacement shows no warning, unless the block itself causes it.
const droppedWarnings = "the CLI plans twice: the first time nothing has changed, and it drops the warnings of the second"

// blockChanges returns all changes. "create first" in a name means create_before_destroy, of the
// block or inherited.
func blockChanges() []blockChange {
	plain := func(r *planRow) string { return r.block(r.name, r.task, value1, "") }
	lifecycle := func(lines string) func(*planRow) string {
		return func(r *planRow) string { return r.block(r.name, r.task, value1, "lifecycle {\n"+lines+"\n}") }
	}
	other := func(lines string) func(*planRow) string {
		return func(r *planRow) string { return r.block(r.name, r.other, value1, lines) }
	}
	const first = "lifecycle {\ncreate_before_destroy = true\n}"
	// A block that depends on this one, and whose create_before_destroy this one inherits.
	dependent := func(of func(*planRow) string) func(*planRow) string {
		return func(r *planRow) string {
			return of(r) + fmt.Sprintf("resource \"terraform_data\" \"after_%s\" {\ninput = tallyfy_task_completion.%s.id\n%s\n}\n", r.name, r.name, first)
		}
	}
	triggered := func(input, lines string) func(*planRow) string {
		return func(r *planRow) string {
			trigger := fmt.Sprintf("resource \"terraform_data\" \"trigger_%s\" {\ninput = %q\n}\n", r.name, input)
			return trigger + lifecycle("replace_triggered_by = [terraform_data.trigger_"+r.name+"]\n"+lines)(r)
		}
	}
	nothing := func(*planRow) string { return "" }
	changed := func(r *planRow) string { return r.block(r.name, r.task, value2, "") }
	reset := func(of func(*planRow) string) func(*planRow) string {
		return func(r *planRow) string { return of(r.with(r.otherSetting())) }
	}
	// The value becomes known when another new resource has been applied.
	later := func(value string) func(*planRow) string {
		return func(r *planRow) string {
			return fmt.Sprintf("resource \"terraform_data\" \"later_%s\" {\ninput = %q\n}\n", r.name, value) +
				strings.Replace(plain(r), fmt.Sprintf("%q }", value1), fmt.Sprintf("terraform_data.later_%s.output }", r.name), 1)
		}
	}
	byID := func(of func(*planRow) string) func(*planRow) string {
		return func(r *planRow) string {
			return strings.ReplaceAll(of(r), "form_fields = { Note =", "taskdata = { "+note+" =")
		}
	}
	imports := func(r *planRow) string {
		return fmt.Sprintf("import {\nto = tallyfy_task_completion.%s\nid = \"%s/%s\"\n}\n", r.name, r.run, r.task)
	}
	from := func(kind, lines string) string { return kind + " {\n" + lines + "\n}\n" }
	all := []blockChange{
		{name: "create", after: plain},
		{name: "create, known after apply", after: later(value1)},
		{name: "setting", before: plain, after: reset(plain)},
		{name: "value", before: plain, wants: value2, after: changed},
		{name: "create, by ID", after: byID(plain)},
		{name: "value, by ID", before: byID(plain), wants: value2, after: byID(changed)},
		{name: "value, known after apply", before: plain, wants: value2, after: later(value2)},
		{name: "same value, known after apply", before: plain, after: later(value1)},
		{name: "unchanged", before: plain, after: plain},

		{name: "other task", destroys: true, before: plain, after: other("")},
		{name: "other task, create first", destroys: true, before: lifecycle("create_before_destroy = true"), after: other(first)},
		{name: "other task, create first by a dependent", destroys: true, before: dependent(plain), after: dependent(other(""))},
		{name: "to a task", onOther: true, before: plain, after: other("")},
		{name: "to a task, create first", onOther: true, before: lifecycle("create_before_destroy = true"), after: other(first)},

		{name: "renamed", before: plain, after: func(r *planRow) string { return r.block(r.name+"_new", r.task, value1, "") }},
		{name: "moved", before: plain, after: func(r *planRow) string {
			return r.block(r.name+"_new", r.task, value1, "") +
				from("moved", "from = tallyfy_task_completion."+r.name+"\nto = tallyfy_task_completion."+r.name+"_new")
		}},
		{name: "removed", before: plain, after: func(r *planRow) string {
			return from("removed", "from = tallyfy_task_completion."+r.name+"\nlifecycle {\ndestroy = false\n}")
		}},
		{name: "removed and destroyed", destroys: true, before: plain, after: func(r *planRow) string {
			return from("removed", "from = tallyfy_task_completion."+r.name+"\nlifecycle {\ndestroy = true\n}")
		}},
		{name: "destroyed", destroys: true, before: plain, after: nothing},
		{name: "-destroy", plan: byDestroy, destroys: true, before: plain, after: plain},
		{name: "imported", after: func(r *planRow) string { return plain(r) + imports(r) }},
		{name: "imported, known after apply", after: func(r *planRow) string { return later(value1)(r) + imports(r) }},
	}
	for _, how := range []struct{ name, lines string }{{"", ""}, {", create first", "create_before_destroy = true"}} {
		same := lifecycle(how.lines)
		all = append(all,
			blockChange{name: "-replace" + how.name, before: same, after: same, plan: byReplace, unannounced: droppedWarnings},
			blockChange{name: "triggered" + how.name, before: triggered("1", how.lines), after: triggered("2", how.lines), unannounced: droppedWarnings},
			blockChange{name: "tainted" + how.name, before: same, after: same, tainted: true},
			blockChange{name: "tainted, setting" + how.name, before: same, after: reset(same), tainted: true},
			blockChange{name: "-replace with another value" + how.name, before: same, plan: byReplace, wants: value2, after: func(r *planRow) string {
				return r.block(r.name, r.task, value2, "lifecycle {\n"+how.lines+"\n}")
			}},
		)
	}
	return append(all, blockChange{name: "-replace, create first by a dependent", before: dependent(plain), after: dependent(plain), plan: byReplace, unannounced: droppedWarnings})
}

// planRow is a change, a setting of reopen_on_destroy and a state of the task.
type planRow struct {
	blockChange
	reopen setting
	state  taskState

	title            string // of the row
	name             string // of the block
	run, task, other string // IDs; other is a second task of the same process

	actions   []string            // of the plan, for each of the row's blocks
	said      []diagnostic        // by the plan
	failed    string              // the error of the apply
	written   map[string][]string // by task, the methods of the writes of the plan and the apply
	open      map[string]bool     // by task, whether it was open when it was planned
	completed map[string]bool     // by task, whether it is completed after the apply
}

// planRows returns a row for each change, each setting of reopen_on_destroy and each state.
func planRows() []*planRow {
	var all []*planRow
	for _, w := range blockChanges() {
		for _, reopen := range []setting{unset, no, yes} {
			for _, s := range []taskState{foundOpen, foundAsConfigured, foundDifferent, foundGone} {
				n := len(all) + 1
				if w.wants == "" {
					w.wants = value1
				}
				if w.plan == "" {
					w.plan = byConfiguration
				}
				r := &planRow{
					blockChange: w, reopen: reopen, state: s, name: fmt.Sprintf("row%d", n), title: fmt.Sprintf("%s, %s", w.name, s),
					run: fmt.Sprintf("5eed%028d", n), task: fmt.Sprintf("7a5c1%027d", n), other: fmt.Sprintf("beefed%026d", n), // too different to be suggested as a typing error of the first
				}
				if reopen != unset {
					r.title += ", reopen_on_destroy = " + string(reopen)
				}
				all = append(all, r)
			}
		}
	}
	return all
}

// with returns the row with another setting of reopen_on_destroy.
func (r *planRow) with(reopen setting) *planRow {
	changed := *r
	changed.reopen = reopen
	return &changed
}

// otherSetting is the setting of a changed configuration.
func (r *planRow) otherSetting() setting {
	if r.reopen == yes {
		return unset
	}
	return yes
}

func (r *planRow) block(name, task, value, lines string) string {
	if r.reopen != unset {
		lines += "\nreopen_on_destroy = " + string(r.reopen)
	}
	return fmt.Sprintf("resource \"tallyfy_task_completion\" %q {\nrun_id = %q\ntask_id = %q\nform_fields = { Note = %q }\n%s\n}\n", name, r.run, task, value, lines)
}

// subject is the task that is found in the row's state.
func (r *planRow) subject() string {
	if r.onOther {
		return r.other
	}
	return r.task
}

const note = "f1e1d000000000000000000000000077"

func (r *planRow) addTasks(server *sandbox.Server) {
	for _, id := range []string{r.task, r.other} {
		server.AddTask(sandbox.Task{
			ID: id, RunID: r.run, Title: r.name, Owners: sandbox.Owners{Users: []int64{sandbox.CallerID}},
			Fields: []sandbox.Field{{ID: note, Label: "Note", Type: "text"}},
		})
	}
}

// find changes the task to the state in which the plan finds it.
func (r *planRow) find(server *sandbox.Server) {
	id, complete := r.subject(), func(value string) {
		held, _ := server.Task(r.subject())
		if held.CompletedAt != "" && held.Taskdata[note] == value {
			return
		}
		server.ReopenOutside(r.subject())
		server.CompleteOutsideWith(r.subject(), sandbox.SeedColleagueID, nil, map[string]any{note: value})
	}
	switch r.state {
	case foundOpen:
		server.ReopenOutside(id)
	case foundAsConfigured:
		complete(r.wants)
	case foundDifferent:
		complete(valueOfOthers)
	case foundGone:
		server.DeleteTask(id)
	}
}

// tasks returns the IDs of the tasks that a row may send requests for.
func (r *planRow) tasks() []string { return []string{r.task, r.other} }

// matches reports whether a diagnostic belongs to the row. A diagnostic of a destroy has no
// address; its text names the task.
func (r *planRow) matches(said diagnostic) bool {
	if said.Address != "" {
		return said.Address == "tallyfy_task_completion."+r.name || said.Address == "tallyfy_task_completion."+r.name+"_new"
	}
	return strings.Contains(said.Detail, r.task) || strings.Contains(said.Detail, r.other)
}
