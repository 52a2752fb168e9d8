// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// way is how a block comes, changes or goes.
type way struct {
	name string
	// before is the configuration that is applied first; nil for none. after is the one that is
	// planned.
	before, after func(*wordsRow) string
	// book is the plan that the row is in, and tainted says that what is recorded is marked as
	// tainted.
	book    book
	tainted bool
	// wants is the value that the planned configuration has for the task that is found in each
	// state; value1 if it is not set.
	wants string
	// onOther says that the states are those of the other task, and not of the first.
	onOther bool
	// destroys says that the apply takes the block's record away, and records nothing of the same
	// task.
	destroys bool
	// unspoken says why the plan cannot announce what the apply does if reopen_on_destroy is true:
	// it reopens the task and completes it again, or fails with create_before_destroy. The plan
	// must not say the contrary all the same.
	unspoken string
}

// book is a plan, by what makes its changes.
type book string

const (
	byConfiguration book = "by the configuration"
	byReplace       book = "by -replace"
	byDestroy       book = "by -destroy"
)

// setting is reopen_on_destroy in the configuration.
type setting string

const unset, no, yes setting = "", "false", "true"

// found is how the task is found when the plan is made.
type found string

const (
	foundOpen         found = "open"
	foundAsConfigured found = "completed as configured"
	foundOtherwise    found = "completed otherwise"
	foundGone         found = "gone"

	value1, value2, valueOfOthers = "first", "second", "of someone else"
)

// droppedWords is why a replacement is planned without a word, unless it follows from the block
// itself.
const droppedWords = "the CLI plans twice: for the first planning nothing has changed, and of the second it drops the warnings"

// ways returns each of them. "first" in their names stands for create_before_destroy, the block's
// own or one that it inherits.
func ways() []way {
	plain := func(r *wordsRow) string { return r.block(r.name, r.task, value1, "") }
	lifecycle := func(lines string) func(*wordsRow) string {
		return func(r *wordsRow) string { return r.block(r.name, r.task, value1, "lifecycle {\n"+lines+"\n}") }
	}
	other := func(lines string) func(*wordsRow) string {
		return func(r *wordsRow) string { return r.block(r.name, r.other, value1, lines) }
	}
	const first = "lifecycle {\ncreate_before_destroy = true\n}"
	// A block that depends on this one, and whose create_before_destroy this one inherits.
	dependent := func(of func(*wordsRow) string) func(*wordsRow) string {
		return func(r *wordsRow) string {
			return of(r) + fmt.Sprintf("resource \"terraform_data\" \"after_%s\" {\ninput = tallyfy_task_completion.%s.id\n%s\n}\n", r.name, r.name, first)
		}
	}
	triggered := func(input, lines string) func(*wordsRow) string {
		return func(r *wordsRow) string {
			trigger := fmt.Sprintf("resource \"terraform_data\" \"trigger_%s\" {\ninput = %q\n}\n", r.name, input)
			return trigger + lifecycle("replace_triggered_by = [terraform_data.trigger_"+r.name+"]\n"+lines)(r)
		}
	}
	nothing := func(*wordsRow) string { return "" }
	changed := func(r *wordsRow) string { return r.block(r.name, r.task, value2, "") }
	reset := func(of func(*wordsRow) string) func(*wordsRow) string {
		return func(r *wordsRow) string { return of(r.with(r.otherSetting())) }
	}
	// The value becomes known when something else that is new has been applied.
	later := func(value string) func(*wordsRow) string {
		return func(r *wordsRow) string {
			return fmt.Sprintf("resource \"terraform_data\" \"later_%s\" {\ninput = %q\n}\n", r.name, value) +
				strings.Replace(plain(r), fmt.Sprintf("%q }", value1), fmt.Sprintf("terraform_data.later_%s.output }", r.name), 1)
		}
	}
	byID := func(of func(*wordsRow) string) func(*wordsRow) string {
		return func(r *wordsRow) string {
			return strings.ReplaceAll(of(r), "form_fields = { Note =", "taskdata = { "+note+" =")
		}
	}
	imports := func(r *wordsRow) string {
		return fmt.Sprintf("import {\nto = tallyfy_task_completion.%s\nid = \"%s/%s\"\n}\n", r.name, r.run, r.task)
	}
	from := func(kind, lines string) string { return kind + " {\n" + lines + "\n}\n" }
	all := []way{
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

		{name: "renamed", before: plain, after: func(r *wordsRow) string { return r.block(r.name+"_new", r.task, value1, "") }},
		{name: "moved", before: plain, after: func(r *wordsRow) string {
			return r.block(r.name+"_new", r.task, value1, "") +
				from("moved", "from = tallyfy_task_completion."+r.name+"\nto = tallyfy_task_completion."+r.name+"_new")
		}},
		{name: "removed", before: plain, after: func(r *wordsRow) string {
			return from("removed", "from = tallyfy_task_completion."+r.name+"\nlifecycle {\ndestroy = false\n}")
		}},
		{name: "removed and destroyed", destroys: true, before: plain, after: func(r *wordsRow) string {
			return from("removed", "from = tallyfy_task_completion."+r.name+"\nlifecycle {\ndestroy = true\n}")
		}},
		{name: "destroyed", destroys: true, before: plain, after: nothing},
		{name: "-destroy", book: byDestroy, destroys: true, before: plain, after: plain},
		{name: "imported", after: func(r *wordsRow) string { return plain(r) + imports(r) }},
		{name: "imported, known after apply", after: func(r *wordsRow) string { return later(value1)(r) + imports(r) }},
	}
	for _, how := range []struct{ name, lines string }{{"", ""}, {", create first", "create_before_destroy = true"}} {
		same := lifecycle(how.lines)
		all = append(all,
			way{name: "-replace" + how.name, before: same, after: same, book: byReplace, unspoken: droppedWords},
			way{name: "triggered" + how.name, before: triggered("1", how.lines), after: triggered("2", how.lines), unspoken: droppedWords},
			way{name: "tainted" + how.name, before: same, after: same, tainted: true},
			way{name: "tainted, setting" + how.name, before: same, after: reset(same), tainted: true},
			way{name: "-replace with another value" + how.name, before: same, book: byReplace, wants: value2, after: func(r *wordsRow) string {
				return r.block(r.name, r.task, value2, "lifecycle {\n"+how.lines+"\n}")
			}},
		)
	}
	return append(all, way{name: "-replace, create first by a dependent", before: dependent(plain), after: dependent(plain), book: byReplace, unspoken: droppedWords})
}

// wordsRow is a way, a setting of reopen_on_destroy, and a state of the task.
type wordsRow struct {
	way
	reopen setting
	state  found

	title            string // of the row
	name             string // of the block
	run, task, other string // IDs; other is a second task of the same process

	actions   []string            // of the plan, for each of the row's blocks
	said      []spoken            // by the plan
	failed    string              // the error of the apply
	written   map[string][]string // by task, the methods of the requests of the plan and the apply that write
	open      map[string]bool     // by task, whether it was open when it was planned
	completed map[string]bool     // by task, whether it is completed after the apply
}

// wordsRows returns a row for each way, each setting of reopen_on_destroy and each state.
func wordsRows() []*wordsRow {
	var all []*wordsRow
	for _, w := range ways() {
		for _, reopen := range []setting{unset, no, yes} {
			for _, s := range []found{foundOpen, foundAsConfigured, foundOtherwise, foundGone} {
				n := len(all) + 1
				if w.wants == "" {
					w.wants = value1
				}
				if w.book == "" {
					w.book = byConfiguration
				}
				r := &wordsRow{
					way: w, reopen: reopen, state: s, name: fmt.Sprintf("row%d", n), title: fmt.Sprintf("%s, %s", w.name, s),
					run: fmt.Sprintf("5eed%028d", n), task: fmt.Sprintf("7a5c1%027d", n), other: fmt.Sprintf("beefed%026d", n), // which nobody takes for a slip of the first
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
func (r *wordsRow) with(reopen setting) *wordsRow {
	changed := *r
	changed.reopen = reopen
	return &changed
}

// otherSetting is what a changed configuration has.
func (r *wordsRow) otherSetting() setting {
	if r.reopen == yes {
		return unset
	}
	return yes
}

func (r *wordsRow) block(name, task, value, lines string) string {
	if r.reopen != unset {
		lines += "\nreopen_on_destroy = " + string(r.reopen)
	}
	return fmt.Sprintf("resource \"tallyfy_task_completion\" %q {\nrun_id = %q\ntask_id = %q\nform_fields = { Note = %q }\n%s\n}\n", name, r.run, task, value, lines)
}

// subject is the task that is found in the row's state.
func (r *wordsRow) subject() string {
	if r.onOther {
		return r.other
	}
	return r.task
}

const note = "f1e1d000000000000000000000000077"

func (r *wordsRow) addTasks(server *sandbox.Server) {
	for _, id := range []string{r.task, r.other} {
		server.AddTask(sandbox.Task{
			ID: id, RunID: r.run, Title: r.name, Owners: sandbox.Owners{Users: []int64{sandbox.CallerID}},
			Fields: []sandbox.Field{{ID: note, Label: "Note", Type: "text"}},
		})
	}
}

// find puts the task into the state in which the plan finds it.
func (r *wordsRow) find(server *sandbox.Server) {
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
	case foundOtherwise:
		complete(valueOfOthers)
	case foundGone:
		server.DeleteTask(id)
	}
}

// tasks are those that a row may send requests for.
func (r *wordsRow) tasks() []string { return []string{r.task, r.other} }

// matches reports whether a diagnostic is the row's. What a destroy says has no address; the text
// names the task.
func (r *wordsRow) matches(said spoken) bool {
	if said.Address != "" {
		return said.Address == "tallyfy_task_completion."+r.name || said.Address == "tallyfy_task_completion."+r.name+"_new"
	}
	return strings.Contains(said.Detail, r.task) || strings.Contains(said.Detail, r.other)
}
