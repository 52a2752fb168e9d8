// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// The results of a promise.
const (
	resultPassed  = "passed"
	resultFailed  = "failed"
	resultSkipped = "skipped"
)

// promise is what the provider promises. check returns an error if it was not kept, and a [skipped]
// if it could not be tested.
type promise struct {
	name  string
	check func(*evidence) error
}

// skipped is the reason why a promise could not be tested.
type skipped string

// Error returns the reason.
func (s skipped) Error() string { return string(s) }

// promises returns the promises that are tested, in the order of the report.
func promises() []promise {
	return []promise{
		{"complete", func(e *evidence) error { return e.completedOnce(e.tasks["complete"], e.apply) }},
		{"approve", func(e *evidence) error { return e.decidedOnce(e.tasks["approve"], e.apply, true) }},
		{"reject", func(e *evidence) error { return e.decidedOnce(e.tasks["reject"], e.apply, false) }},
		{"form values", (*evidence).checkValues},
		{"adopt a completed task", func(e *evidence) error { return e.untouched("adopt") }},
		{"import", func(e *evidence) error { return e.untouched("import") }},
		{"wait", func(e *evidence) error { return e.untouched("wait") }},
		{"refresh without changes", (*evidence).checkRefresh},
		{"reopened task is completed again", (*evidence).checkDrift},
		{"update", (*evidence).checkUpdate},
		{"reopen on destroy", (*evidence).checkDestroy},
		{"task of a process", (*evidence).checkProcess},
		{"refresh by list", (*evidence).checkList},
	}
}

func (r Report) has(name string) bool {
	for _, p := range r.Promises {
		if p.Name == name {
			return true
		}
	}
	return false
}

// testPromises runs the CLI, and then checks each promise in a subtest.
func (s *Suite) testPromises(ctx context.Context, t *testing.T) {
	installation, err := s.Install()
	if err != nil {
		t.Fatal(err)
	}
	version, err := installation.CLIVersion(ctx)
	if err != nil {
		t.Fatal(err)
	}
	product := "Terraform"
	if version.OpenTofu {
		product = "OpenTofu"
	}
	s.report.CLI = product + " " + version.Text
	x, err := startProxy(s.Settings, s.pacer)
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	e := &evidence{account: s.account, workspace: &workspace{installation: installation, proxy: x, dir: t.TempDir()}, tasks: map[string]*fixture{}, log: t.Logf}
	if err := e.gather(ctx); err != nil {
		t.Error(s.redactor().clean(err.Error()))
		if s.end(ctx, err) {
			return
		}
		// This says nothing about the provider: for example, the user may not create tasks.
		for _, p := range promises() {
			s.report.Promises = append(s.report.Promises, Promise{Name: p.name, Result: resultSkipped, Note: "not tested: " + err.Error()})
		}
		return
	}
	for _, p := range promises() {
		t.Run(p.name, func(t *testing.T) {
			err := p.check(e)
			var reason skipped
			switch kept := (Promise{Name: p.name, Result: resultPassed}); {
			case errors.As(err, &reason):
				kept.Result, kept.Note = resultSkipped, err.Error()
				s.report.Promises = append(s.report.Promises, kept)
				t.Skip(err)
			case err != nil:
				kept.Result, kept.Note = resultFailed, err.Error()
				s.report.Promises = append(s.report.Promises, kept)
				t.Error(s.redactor().clean(err.Error()))
			default:
				s.report.Promises = append(s.report.Promises, kept)
			}
		})
	}
}

// sent returns an error unless a command sent exactly these writes for a task.
func sent(task *fixture, r result, want string) error {
	if got := r.writes(task.id); got != want {
		return fmt.Errorf("the writes for the task were %q, not %q. %s", got, want, r.problem())
	}
	return nil
}

// completedOnce checks that a command completed a task with one request.
func (e *evidence) completedOnce(task *fixture, r result) error {
	if err := sent(task, r, "POST"); err != nil {
		return err
	}
	if !isDone(e.after[task.id]) {
		return errors.New("the task is still open")
	}
	return nil
}

func (e *evidence) decidedOnce(task *fixture, r result, approved bool) error {
	if err := e.completedOnce(task, r); err != nil {
		return err
	}
	if got := e.after[task.id]["is_approved"]; got != approved {
		return fmt.Errorf("the decision is %v, not %v", got, approved)
	}
	return nil
}

// untouched checks that the provider only read a task that someone else completed, without an
// error.
func (e *evidence) untouched(name string) error {
	if err := sent(e.tasks[name], e.apply, ""); err != nil {
		return err
	}
	for address, text := range e.apply.errors {
		if address == e.addresses[name] {
			return errors.New(text)
		}
	}
	if !isDone(e.after[e.tasks[name].id]) {
		return errors.New("the task is open")
	}
	return nil
}

func (e *evidence) checkValues() error {
	if e.formError != nil {
		return skipped("the task with a form could not be created: " + e.formError.Error())
	}
	task := e.tasks["values"]
	if err := sent(task, e.apply, "PUT, POST"); err != nil {
		return err
	}
	return compareValues(e.form, e.user)
}

func (e *evidence) checkRefresh() error {
	if e.plan.code != 0 || !e.plan.onlyReads() {
		return fmt.Errorf("a plan after the apply ended with %d, and only read: %t. %s", e.plan.code, e.plan.onlyReads(), e.plan.problem())
	}
	return nil
}

func (e *evidence) checkDrift() error {
	if e.driftPlan.code != 2 || !e.driftPlan.onlyReads() {
		return fmt.Errorf("a plan after the reopening ended with %d instead of 2, which means changes. %s", e.driftPlan.code, e.driftPlan.problem())
	}
	return e.completedOnce(e.tasks["drift"], e.update)
}

func (e *evidence) checkUpdate() error {
	if err := sent(e.tasks["approve"], e.update, "DELETE, POST"); err != nil {
		return err
	}
	if got := e.afterUpdate["is_approved"]; got != false {
		return fmt.Errorf("the new decision is %v, not false", got)
	}
	if err := sent(e.tasks["complete"], e.update, ""); err != nil {
		return err
	}
	if e.updatePlan.code != 0 {
		return fmt.Errorf("a plan after the update ended with %d. %s", e.updatePlan.code, e.updatePlan.problem())
	}
	return nil
}

func (e *evidence) checkDestroy() error {
	if err := sent(e.tasks["complete"], e.destroy, "DELETE"); err != nil {
		return err
	}
	if isDone(e.afterDestroy) {
		return errors.New("the task is still completed after the destroy")
	}
	return sent(e.tasks["reject"], e.destroy, "")
}

func (e *evidence) checkProcess() error {
	if e.processError != nil {
		return e.processError
	}
	for _, task := range e.steps {
		if err := e.completedOnce(task, e.apply); err != nil {
			return err
		}
	}
	return nil
}

// checkList checks that a refresh reads the tasks of a process by its list, if there are several.
func (e *evidence) checkList() error {
	switch {
	case e.processError != nil:
		return e.processError
	case len(e.steps) < 2:
		return skipped("the template has only one task that can be completed")
	case e.listError != nil:
		return e.listError
	}
	lists, reads := 0, 0
	for _, r := range e.plan.requests {
		if r.path == e.org(pathRuns, e.process.id, pathTasks) {
			lists++
		}
		for _, task := range e.steps {
			if r.task == task.id {
				reads++
			}
		}
	}
	if lists == 0 || lists+reads > len(e.steps) {
		return fmt.Errorf("a refresh of %d tasks read the list %d times and the tasks %d times", len(e.steps), lists, reads)
	}
	return nil
}
