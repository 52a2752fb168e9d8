// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// evidence is what the commands of the CLI did, which the promises are checked against.
type evidence struct {
	*account
	*workspace
	log func(format string, args ...any)

	tasks     map[string]*fixture // by the names of their blocks
	addresses map[string]string   // of the blocks, by their names
	formError error               // why there is no task with a form; nil if there is one

	process      *fixture   // the process; nil without a template
	steps        []*fixture // its tasks that are completed
	processError error      // why there is none
	listError    error      // why its list shows nothing about refreshes; nil if it does

	apply, plan, driftPlan, update, updatePlan, destroy result

	after                     map[string]object // tasks after the first apply, by ID
	form                      reply             // the task with a form after it
	afterUpdate, afterDestroy object
}

// maxWait is how long the provider may wait for the task that the suite completes.
const maxWait = 20 * time.Minute

// parallelism is how many blocks the CLI handles together: enough to show that they do not disturb
// each other, and few enough that none waits long for the others.
const parallelism = "-parallelism=4"

// gather creates the tasks, runs the commands and reads the tasks in between. It returns an error
// if it cannot continue. What fails only for one block is for the promises to find.
func (e *evidence) gather(ctx context.Context) error {
	if err := e.prepare(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		what string
		run  func(context.Context) error
	}{
		{"terraform init", e.runInit},
		{"the first apply", e.runApply},
		{"a plan without changes", func(ctx context.Context) (err error) {
			e.plan, err = e.run(ctx, "plan", "-json", "-input=false", "-detailed-exitcode", parallelism)
			return err
		}},
		{"an update, after one task was reopened", e.runUpdate},
		{"a destroy", e.runDestroy},
	} {
		e.log("%s", step.what)
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// prepare creates the tasks, and completes those that the provider finds completed.
func (e *evidence) prepare(ctx context.Context) error {
	for name, s := range map[string]spec{
		"complete": {purpose: "complete"}, "approve": {purpose: "approve", kind: "approval"}, "reject": {purpose: "reject", kind: "approval"},
		"adopt": {purpose: "adopt"}, "import": {purpose: "import"}, "wait": {purpose: "wait"}, "drift": {purpose: "complete again"},
	} {
		task, err := e.newTask(ctx, s)
		if err != nil {
			return err
		}
		e.tasks[name] = task
	}
	if task, err := e.newTask(ctx, spec{purpose: "form values", form: valueForm()}); err != nil {
		e.formError = err
	} else if _, err := e.account.form(ctx, task, reply.ok); err != nil {
		e.formError = err
	} else {
		e.tasks["values"] = task
	}
	for _, name := range []string{"adopt", "import"} {
		got, err := e.complete(ctx, e.tasks[name], nil)
		if err == nil {
			err = got.mustBeOK()
		}
		if err == nil {
			_, err = e.see(ctx, "", e.tasks[name], showsDone)
		}
		if err != nil {
			return err
		}
	}
	return e.prepareProcess(ctx)
}

// maxProcessTasks limits how many tasks of the process are completed.
const maxProcessTasks = 3

func (e *evidence) prepareProcess(ctx context.Context) error {
	if missing := needsTemplate(e.settings); missing != "" {
		e.processError = skipped(missing)
		return nil
	}
	process, err := e.launch(ctx)
	if err != nil {
		e.processError = skipped(err.Error()) // the template may need more, such as a kick-off form
		return ctx.Err()
	}
	e.process = process
	list, err := e.processTasks(ctx, process, showsRows)
	if err != nil {
		e.processError = skipped(err.Error())
		return ctx.Err()
	}
	e.steps = completable(process, list.rows(), "task", "approval")
	if len(e.steps) == 0 {
		e.processError = skipped(errNoPlainTask.Error())
	}
	e.steps = e.steps[:min(len(e.steps), maxProcessTasks)]
	return nil
}

func (e *evidence) runInit(ctx context.Context) error {
	if err := e.write(false); err != nil {
		return err
	}
	r, err := e.run(ctx, "init", "-input=false")
	if err == nil && r.code != 0 {
		err = fmt.Errorf("it ended with %d: %s", r.code, r.output)
	}
	return err
}

// write writes the configuration, before or after the update.
func (e *evidence) write(updated bool) error {
	completions := map[string]object{}
	for _, name := range []string{"complete", "approve", "reject", "adopt", "import", "drift"} {
		completions[name] = object{"task_id": e.tasks[name].id}
	}
	completions["complete"]["reopen_on_destroy"] = true
	completions["approve"]["is_approved"] = !updated
	completions["reject"]["is_approved"] = false
	if e.formError == nil {
		completions["values"] = object{"task_id": e.tasks["values"].id, "form_fields": formFields(e.user)}
	}
	for i, task := range e.steps {
		block := object{"task_id": task.id, "run_id": task.run}
		if task.answer["task_type"] == "approval" {
			block["is_approved"] = true
		}
		completions[fmt.Sprintf("process%d", i)] = block
	}
	interval := max(e.settings.Interval, minPoll)
	waits := map[string]object{"wait": {
		"task_id": e.tasks["wait"].id, "poll_interval": interval.String(), "timeouts": object{"create": maxWait.String()},
	}}
	e.addresses = map[string]string{"wait": "tallyfy_task_wait.wait"}
	for name := range completions {
		e.addresses[name] = "tallyfy_task_completion." + name
	}
	imports := map[string]string{e.addresses["import"]: e.tasks["import"].id}
	return e.configure(map[string]map[string]object{"tallyfy_task_completion": completions, "tallyfy_task_wait": waits}, imports)
}

// runApply plans and applies. Someone completes the task that is waited for once the provider has
// read it.
func (e *evidence) runApply(ctx context.Context) error {
	planned, err := e.run(ctx, "plan", "-json", "-input=false", "-out=planned", parallelism)
	if err != nil || planned.code != 0 {
		e.apply = planned
		return err
	}
	polled := make(chan struct{})
	var once sync.Once
	e.proxy.observe(func(x exchange) {
		if x.task == e.tasks["wait"].id {
			once.Do(func() { close(polled) })
		}
	})
	defer e.proxy.observe(nil)
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		var err error
		e.apply, err = e.run(running, "apply", "-json", "-input=false", parallelism, "planned")
		ended <- err
	}()
	select {
	case <-polled:
		got, err := e.complete(ctx, e.tasks["wait"], nil)
		if err == nil {
			err = got.mustBeOK()
		}
		if err != nil {
			stop()  // it would wait for maxWait
			<-ended //nolint:errcheck // it was interrupted
			return fmt.Errorf("completing the task that is waited for: %w", err)
		}
		if err := <-ended; err != nil {
			return err
		}
	case err := <-ended:
		if err != nil {
			return err
		}
	}
	return e.readTasks(ctx)
}

func (e *evidence) readTasks(ctx context.Context) error {
	e.after = map[string]object{}
	read := func(task *fixture) error {
		got, err := e.see(ctx, "", task, showsDone)
		e.after[task.id] = got.data()
		return err
	}
	for _, task := range e.steps {
		if err := read(task); err != nil {
			return err
		}
	}
	for _, task := range e.tasks {
		if err := read(task); err != nil {
			return err
		}
	}
	if e.formError == nil {
		var err error
		e.form, err = e.account.form(ctx, e.tasks["values"], func(got reply) bool { return compareValues(got, e.user) == nil })
		if err != nil {
			return err
		}
	}
	return e.readList(ctx)
}

// readList waits until the list of the process shows what was completed.
func (e *evidence) readList(ctx context.Context) error {
	if len(e.steps) < 2 {
		return nil
	}
	list, err := e.processTasks(ctx, e.process, func(got reply) bool { return completedIn(got, e.steps...) })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		e.listError = skipped(err.Error())
	case !completedIn(list, e.steps...):
		e.listError = skipped("the list of the process does not show the completions")
	case !list.isWhole():
		e.listError = skipped("the list of the process has several pages")
	}
	return nil
}

// runUpdate reopens a task, changes a decision, and applies.
func (e *evidence) runUpdate(ctx context.Context) error {
	got, err := e.reopen(ctx, e.tasks["drift"])
	if err == nil {
		err = got.mustBeOK()
	}
	if err == nil {
		_, err = e.see(ctx, "", e.tasks["drift"], showsOpen)
	}
	if err != nil {
		return err
	}
	if e.driftPlan, err = e.run(ctx, "plan", "-json", "-input=false", "-detailed-exitcode", parallelism); err != nil {
		return err
	}
	if err := e.write(true); err != nil {
		return err
	}
	if e.update, err = e.run(ctx, "apply", "-json", "-input=false", "-auto-approve", parallelism); err != nil {
		return err
	}
	if got, err = e.see(ctx, "", e.tasks["approve"], showsDecision(false)); err != nil {
		return err
	}
	if _, err := e.see(ctx, "", e.tasks["drift"], showsDone); err != nil {
		return err
	}
	e.afterUpdate = got.data()
	e.updatePlan, err = e.run(ctx, "plan", "-json", "-input=false", "-detailed-exitcode", parallelism)
	return err
}

func (e *evidence) runDestroy(ctx context.Context) error {
	var err error
	if e.destroy, err = e.run(ctx, "apply", "-destroy", "-json", "-input=false", "-auto-approve", parallelism); err != nil {
		return err
	}
	got, err := e.see(ctx, "", e.tasks["complete"], showsOpen)
	e.afterDestroy = got.data()
	return err
}
