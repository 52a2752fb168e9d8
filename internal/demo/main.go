// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Command demo shows the provider at work: it runs a real CLI on examples/demo against a sandbox, prints what a user
// would see and what reached Tallyfy, and fails if anything was off.
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

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/workspace"
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

// demo builds the provider, gives the show, and leaves nothing behind.
func demo(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "tallyfy-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder

	s := stage{out: out, color: takesColor(out)}
	s.say("Building the provider.")
	if s.workspace, err = workspace.New(ctx, dir); err != nil {
		return err
	}
	s.workspace.Color = s.color
	if s.server, err = sandbox.Start(sandbox.Config{}); err != nil {
		return err
	}
	defer s.server.Close()
	sandbox.Seed(s.server)
	if err := s.perform(ctx, filepath.Join(dir, "demo")); err != nil {
		return err
	}
	return s.gate(ctx, filepath.Join(dir, "gate"))
}

// takesColor tells whether escape sequences would be seen as colours: on a terminal whose user has not refused them.
func takesColor(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// act is one command of the demo, with what it may send and what it must end with.
type act struct {
	says   string
	args   []string
	writes map[string]int // requests expected by method, beside any number of GETs
	fails  bool           // it must end with exit code 1
}

var acts = []act{
	{says: "The CLI installs the provider, from a folder in place of a registry.", args: []string{"init", "-input=false"}},
	{says: "A plan sends nothing.", args: []string{"plan", "-input=false", "-out=tfplan"}},
	{
		says: "Apply completes the three tasks: field values first, then one completion each.",
		args: []string{"apply", "-input=false", "tfplan"}, writes: map[string]int{http.MethodPut: 2, http.MethodPost: 3},
	},
	{says: "Planning again finds no changes.", args: []string{"plan", "-input=false", "-detailed-exitcode"}},
	{says: "Destroy removes the completions from the state, and Tallyfy is not touched.", args: []string{"destroy", "-input=false", "-auto-approve"}},
}

// stage is where the show takes place.
type stage struct {
	out       io.Writer
	color     bool
	workspace *workspace.Workspace
	server    *sandbox.Server
}

// perform runs all acts on examples/demo in a new folder, and looks at what became of the tasks.
func (s *stage) perform(ctx context.Context, folder string) error {
	root, err := workspace.SourceRoot(ctx)
	if err != nil {
		return err
	}
	if err := workspace.Checkout(folder, filepath.Join(root, "examples", "demo", "main.tf")); err != nil {
		return err
	}
	s.say("A sandbox of Tallyfy listens at %s. The CLI is %s.", s.server.URL(), s.workspace.CLI)
	for _, a := range acts {
		if err := s.show(ctx, folder, a); err != nil {
			return err
		}
	}
	s.say("What reached Tallyfy, in order:")
	sandbox.WriteJournal(s.out, s.server.Journal())
	if err := checkTasks(s.server); err != nil {
		return err
	}
	s.say("Each task was completed once, its webhooks fired once, and all field values arrived.")
	return nil
}

func (s *stage) say(format string, args ...any) {
	if s.color {
		format = "\033[1m" + format + "\033[0m"
	}
	_, _ = fmt.Fprintf(s.out, "\n"+format+"\n\n", args...) // the terminal is the only one to tell
}

// show runs one act and fails if it ended badly or sent what it should not have.
func (s *stage) show(ctx context.Context, folder string, a act) error {
	s.say("%s", a.says)
	_, _ = fmt.Fprintf(s.out, "$ %s", filepath.Base(s.workspace.CLI))
	for _, arg := range a.args {
		_, _ = fmt.Fprintf(s.out, " %s", arg)
	}
	_, _ = fmt.Fprintln(s.out)
	sent := len(s.server.Journal())
	err := s.workspace.Run(ctx, s.server, folder, s.out, a.args...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && a.fails && exit.ExitCode() == 1:
	case a.fails:
		return fmt.Errorf("%s %s should have failed, and ended with %w", filepath.Base(s.workspace.CLI), a.args[0], err)
	case errors.As(err, &exit):
		return fmt.Errorf("%s %s ended with exit code %d", filepath.Base(s.workspace.CLI), a.args[0], exit.ExitCode())
	case err != nil:
		return err
	}
	got := map[string]int{}
	for _, entry := range s.server.Journal()[sent:] {
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

// checkTasks looks at the tasks themselves: completed, once each, with the values of the configuration.
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
		return errors.New("saving the one-off task's values took owners off it")
	}
	return nil
}
