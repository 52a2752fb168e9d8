// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// processes observes a process that it launches.
func processes() scenario {
	return scenario{name: "a process", see: (*observer).seeProcess, needs: needsTemplate, observations: []Observation{
		{
			ID: "launch-status", Section: "1.6", Question: "What does launching a process return?", How: "POST runs",
			Expected: []Expectation{says("201", "[DOC]")},
		},
		{
			ID: "run-status", Section: "2.4", Question: "Which status does a new process have?", How: "GET the process",
			Expected: []Expectation{says("active", "[DOC]")},
		},
		{
			ID: "run-progress", Section: "2.4", Question: "What is the progress of a process?", How: "GET the process",
			Expected: []Expectation{
				like("an object with complete, percent, total", "[DOC list-processes]", `an object with complete, percent, total`),
				says("{}", "[DOC get-process]"), says("a number", "[DOC archive-process]"),
			},
		},
		{
			ID: "routing-trap", Section: "1.1", Question: "What does the organization's path return for the completion of a process task?", How: "POST completed-tasks without the process",
			Expected: []Expectation{like("404", "[SRC MCP]", `404`)},
		},
		{
			ID: "routing-trap-one-off", Section: "1.1", Question: "What does a process's path return for the completion of a one-off task?", How: "POST completed-tasks of the process",
			Expected: []Expectation{like("404", "[SRC MCP]", `404`)},
		},
		{
			ID: "rules-empty", Section: "8", Question: "What is an empty tasks_changed_by_rules of a process task?", How: "POST completed-tasks",
			Expected: []Expectation{says("{}", "[DOC]"), says("[]", "[INF]")},
		},
		{
			ID: "hidden-completion", Section: "8", Question: "What does the completion of a hidden task return?", How: "POST completed-tasks for a task with the status auto-skipped",
			Expected: []Expectation{like("an error", "[DOC]", `4\d\d`)},
		},
		{
			ID: "archived-run-status", Section: "2.4", Question: "Which status does an archived process have?", How: "DELETE the process",
			Expected: []Expectation{says("200, archived", "[DOC]")},
		},
		{
			ID: "archived-run-task", Section: "8", Question: "What does a GET of a task of an archived process return?", How: "GET the task",
			Expected: []Expectation{like("404", "[INF]", `404`)},
		},
		{
			ID: "archived-run-completion", Section: "8", Question: "What does the completion of a task of an archived process return?", How: "POST completed-tasks",
			Expected: []Expectation{like("404", "[INF]", `404`)},
		},
		{
			ID: "activated-run-task", Section: "3.1", Question: "Does activating the process bring its tasks back?", How: "PUT activate, GET the task",
			Expected: []Expectation{says("yes", "[DOC]")},
		},
	}}
}

func needsTemplate(s Settings) string {
	if s.Template == "" {
		return envTemplate + " is not set"
	}
	return ""
}

// errNoPlainTask means that the template has no task that can be completed without a decision or a
// value.
var errNoPlainTask = errors.New("the process has no open task of the type task that one member can complete without form values")

func (o *observer) seeProcess(ctx context.Context) error {
	process, err := o.launch(ctx)
	if err != nil {
		return err
	}
	o.saw("launch-status", "%d", process.status)
	got, err := o.get(ctx, "", pathRuns, process.id)
	if err != nil {
		return err
	}
	status, _ := got.data()["status"].(string)
	o.saw("run-status", "%s", status)
	progress := absentOr(got.data(), "progress")
	if member, ok := got.data()["progress"].(object); ok && len(member) > 0 {
		progress = describeObject(member)
	}
	o.saw("run-progress", "%s", progress)

	list, err := o.processTasks(ctx, process, showsRows)
	if err != nil {
		return err
	}
	tasks := list.rows()
	if err := o.seeHidden(ctx, process, tasks); err != nil {
		return err
	}
	plain := completable(process, tasks, "task")
	if len(plain) == 0 {
		return errNoPlainTask
	}
	if err := o.seeRouting(ctx, process, plain[0]); err != nil {
		return err
	}
	return o.seeArchivedRun(ctx, process, plain[0])
}

// processTasks lists the tasks of a process with their forms, until the list shows what is
// expected.
func (a *account) processTasks(ctx context.Context, process *fixture, shows func(reply) bool) (reply, error) {
	query := url.Values{"per_page": {"100"}, "status": {"all"}, "with": {"form_fields"}}
	_, got, err := a.until(ctx, func() (reply, bool, error) {
		got, err := a.do(ctx, call{method: http.MethodGet, path: a.org(pathRuns, process.id, pathTasks), query: query})
		return got, !got.ok() || shows(got), err
	})
	if err == nil {
		err = got.mustBeOK()
	}
	a.names = append(a.names, namesIn(got.body)...)
	return got, err
}

// completable returns the open tasks of a process that have one of these types and need no value
// and no other member.
func completable(process *fixture, tasks []object, kinds ...string) []*fixture {
	var found []*fixture
	for _, task := range tasks {
		fields, _ := formFieldsOf(task)
		required := false
		for _, f := range fields {
			required = required || f["required"] == true
		}
		id, _ := task["id"].(string)
		kind, _ := task["task_type"].(string)
		blocked := isElsewhere(task, process) || task["status"] == "auto-skipped" || task["everyone_must_complete"] == true || required
		if slices.Contains(kinds, kind) && !isDone(task) && !blocked && id != "" {
			title, _ := task["title"].(string)
			found = append(found, &fixture{id: id, run: process.id, title: title, answer: task})
		}
	}
	return found
}

// isElsewhere reports whether a row names another process than the one whose list it is in, which
// the suite did not launch.
func isElsewhere(task object, process *fixture) bool {
	run, ok := task["run_id"].(string)
	return ok && run != process.id
}

func (o *observer) seeHidden(ctx context.Context, process *fixture, tasks []object) error {
	for _, task := range tasks {
		id, _ := task["id"].(string)
		if task["status"] != "auto-skipped" || id == "" || isElsewhere(task, process) {
			continue
		}
		got, err := o.complete(ctx, &fixture{id: id, run: process.id}, nil)
		if err == nil {
			o.saw("hidden-completion", "%s", got.outcome())
		}
		return err
	}
	o.results["hidden-completion"] = known("hidden-completion").miss("no task of the template is hidden at its launch")
	return nil
}

func (o *observer) seeRouting(ctx context.Context, process, plain *fixture) error {
	got, err := o.complete(ctx, &fixture{id: plain.id}, nil)
	if err != nil {
		return err
	}
	o.saw("routing-trap", "%s", got.outcome())
	oneOff, err := o.newTask(ctx, spec{purpose: "a one-off task on another path"})
	if err != nil {
		return err
	}
	if got, err = o.complete(ctx, &fixture{id: oneOff.id, run: process.id}, nil); err != nil {
		return err
	}
	o.saw("routing-trap-one-off", "%s", got.outcome())
	if got, err = o.complete(ctx, plain, nil); err != nil {
		return err
	}
	rules := absentOr(got.data(), "tasks_changed_by_rules")
	if changes, ok := got.data()["tasks_changed_by_rules"].(object); ok && len(changes) > 0 {
		rules = "not empty: this template has automations"
	}
	o.saw("rules-empty", "%s", rules)
	return nil
}

func (o *observer) seeArchivedRun(ctx context.Context, process, plain *fixture) error {
	got, err := o.do(ctx, call{method: http.MethodDelete, path: o.org(pathRuns, process.id)})
	if err != nil {
		return err
	}
	status, _ := got.data()["status"].(string)
	o.saw("archived-run-status", "%s", strings.TrimSuffix(got.outcome()+", "+status, ", "))
	if err := got.mustBeOK(); err != nil {
		return err
	}
	if got, err = o.see(ctx, "", plain, func(got reply) bool { return !got.ok() }); err != nil {
		return err
	}
	o.saw("archived-run-task", "%s", got.outcome())
	if got, err = o.complete(ctx, plain, nil); err != nil {
		return err
	}
	o.saw("archived-run-completion", "%s", got.outcome())
	if got, err = o.do(ctx, call{method: http.MethodPut, path: o.org(pathRuns, process.id, "activate")}); err != nil {
		return err
	}
	if err := got.mustBeOK(); err != nil {
		return err
	}
	if got, err = o.see(ctx, "", plain, reply.ok); err != nil {
		return err
	}
	back := "yes"
	if !got.ok() {
		back = fmt.Sprintf("no: %s", got.outcome())
	}
	o.saw("activated-run-task", "%s", back)
	return nil
}
