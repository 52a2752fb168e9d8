// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Command demo runs a real CLI on examples/demo against a sandbox, and prints what a user sees and
// which requests Tallyfy received. It fails if a request or a task differs from what the provider
// promises.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := demo(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		stop()
		os.Exit(1)
	}
}

// demo builds the provider, runs the demo, and removes all files.
func demo(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "tallyfy-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder

	r := demoRunner{out: out, color: supportsColor(out)}
	r.print("Building the provider.")
	if r.installation, err = clitest.New(ctx, dir); err != nil {
		return err
	}
	r.installation.Color = r.color
	if r.server, err = sandbox.Start(sandbox.Config{}); err != nil {
		return err
	}
	defer r.server.Close()
	sandbox.Seed(r.server)
	if err := r.run(ctx, filepath.Join(dir, "demo")); err != nil {
		return err
	}
	return r.waitForApproval(ctx, filepath.Join(dir, "wait"))
}

// supportsColor reports whether the output is a terminal whose user has not disabled colors.
func supportsColor(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// step is one command of the demo, with the writes that it must send.
type step struct {
	title  string
	args   []string
	writes map[string]int // requests expected by method, beside any number of GETs
	fails  bool           // it must end with exit code 1
	// meanwhile is what happens once the command waits for a task; nil if it waits for none.
	meanwhile func()
}

// waiting is what a CLI prints when it begins to create a tallyfy_task_wait.
const waiting = "tallyfy_task_wait.security_review: Creating..."

var steps = []step{
	{title: "The CLI installs the provider from a directory instead of a registry.", args: []string{"init", "-input=false"}},
	{title: "A plan changes nothing in Tallyfy; it only reads.", args: []string{"plan", "-input=false", "-out=tfplan"}},
	{
		title: "Apply completes the three tasks: field values first, then one completion each.",
		args:  []string{"apply", "-input=false", "tfplan"}, writes: map[string]int{http.MethodPut: 2, http.MethodPost: 3},
	},
	{title: "Planning again finds no changes.", args: []string{"plan", "-input=false", "-detailed-exitcode"}},
	{title: "Destroy removes the completions from the state and sends nothing else to Tallyfy.", args: []string{"destroy", "-input=false", "-auto-approve"}},
}

// demoRunner runs the demo.
type demoRunner struct {
	out          io.Writer
	color        bool
	installation *clitest.Installation
	server       *sandbox.Server
}

// run runs all steps on examples/demo in a new directory, and checks the tasks.
func (r *demoRunner) run(ctx context.Context, folder string) error {
	root, err := clitest.SourceRoot(ctx)
	if err != nil {
		return err
	}
	if err := clitest.Checkout(folder, filepath.Join(root, "examples", "demo", "main.tf")); err != nil {
		return err
	}
	r.print("The sandbox listens at %s. The CLI is %s.", r.server.URL(), r.installation.CLI)
	for _, a := range steps {
		if err := r.runStep(ctx, folder, a); err != nil {
			return err
		}
	}
	r.print("The requests that Tallyfy received, in order:")
	sandbox.WriteJournal(r.out, r.server.Journal())
	if err := checkTasks(r.server); err != nil {
		return err
	}
	r.print("Each task was completed once, its webhooks fired once, and all field values arrived.")
	return nil
}

func (r *demoRunner) print(format string, args ...any) {
	if r.color {
		format = "\033[1m" + format + "\033[0m"
	}
	_, _ = fmt.Fprintf(r.out, "\n"+format+"\n\n", args...) // there is no other place for the error
}

// runStep runs one step, and returns an error if it failed or sent other writes.
func (r *demoRunner) runStep(ctx context.Context, folder string, a step) error {
	r.print("%s", a.title)
	_, _ = fmt.Fprintf(r.out, "$ %s", filepath.Base(r.installation.CLI))
	for _, arg := range a.args {
		_, _ = fmt.Fprintf(r.out, " %s", arg)
	}
	_, _ = fmt.Fprintln(r.out)
	sent := len(r.server.Journal())
	out := &trigger{out: r.out, text: waiting, act: a.meanwhile, fired: a.meanwhile == nil}
	err := r.installation.Run(ctx, r.server, folder, out, a.args...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && a.fails && exit.ExitCode() == 1:
	case a.fails:
		return fmt.Errorf("%s %s should have failed, and ended with %w", filepath.Base(r.installation.CLI), a.args[0], err)
	case errors.As(err, &exit):
		return fmt.Errorf("%s %s exited with code %d", filepath.Base(r.installation.CLI), a.args[0], exit.ExitCode())
	case err != nil:
		return err
	}
	if !out.fired {
		return fmt.Errorf("%s should have waited for a task, and did not", a.args[0])
	}
	got := map[string]int{}
	for _, entry := range r.server.Journal()[sent:] {
		if entry.Method != http.MethodGet {
			got[entry.Method]++
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if got[method] != a.writes[method] {
			return fmt.Errorf("%s should have sent %d × %s, and sent %d", a.args[0], a.writes[method], method, got[method])
		}
	}
	return nil
}

// checkTasks checks that each task was completed once with the values of the configuration.
func checkTasks(server *sandbox.Server) error {
	expected := map[string][]string{
		sandbox.SeedVPCTaskID:      {sandbox.SeedVPCIDField, sandbox.SeedVPCDateField, sandbox.SeedVPCRegionField, sandbox.SeedVPCChecksField},
		sandbox.SeedApprovalTaskID: nil,
		sandbox.SeedOneOffTaskID:   {sandbox.SeedKeyField},
	}
	for id, fields := range expected {
		task, ok := server.Task(id)
		switch fired := server.Webhooks(id); {
		case !ok || task.CompletedAt == "":
			return fmt.Errorf("task %s is not completed", id)
		case fired != 1:
			return fmt.Errorf("the webhooks of task %s fired %d times", id, fired)
		}
		for _, field := range fields {
			if task.Taskdata[field] == nil {
				return fmt.Errorf("field %s of task %s has no value", field, id)
			}
		}
	}
	task, _ := server.Task(sandbox.SeedOneOffTaskID)
	if len(task.Owners.Users) != 1 || len(task.Owners.Guests) != 1 || len(task.Owners.Groups) != 1 {
		return errors.New("saving the form values of the one-off task removed owners")
	}
	return nil
}
