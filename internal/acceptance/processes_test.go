// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// This file interrupts and kills real processes, and stops the server, in the middle of an apply.

// TestInterruptedApplyRecordsTheCompletion interrupts a real CLI, as Ctrl-C does, while the
// completion is in progress. The completion must be recorded, because the task is completed.
func TestInterruptedApplyRecordsTheCompletion(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	ts := c.testCases(1)
	out, interrupted := make(chan struct{}), make(chan struct{})
	c.server.Inject(sandbox.Fault{
		Method: http.MethodPost, Handle: true, Delay: time.Second, // so that the interrupt reaches the provider first
		Before: func(*http.Request) { close(out); <-interrupted },
	})
	apply, printed := c.start("apply", "-input=false", "planned")
	<-out
	if err := apply.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	close(interrupted)
	err := apply.Wait() // an interrupted apply may end with any exit code
	if !strings.Contains(printed.String(), "Interrupt received") {
		t.Errorf("it was not interrupted (%v):\n%s", err, printed)
	}
	c.show(ts)
	if ts[0].held != completed || ts[0].tainted {
		t.Errorf("the state holds %q (tainted: %t):\n%s", ts[0].held, ts[0].tainted, printed)
	}
	c.everyFired(ts)
	c.again(ts)
}

// TestKilledApplyIsAdopted kills a CLI and its provider after the completion was handled and before
// they receive the response.
func TestKilledApplyIsAdopted(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	went := sync.OnceFunc(func() { close(gone) })
	c := newCLI(t, sandbox.Config{Watch: func(e sandbox.Entry) {
		if e.Method == http.MethodPost { // the response waits until the client has gone
			went()
		}
	}})
	ts := c.testCases(1)
	out := make(chan struct{})
	c.server.Inject(sandbox.Fault{Method: http.MethodPost, Handle: true, Delay: time.Hour, Before: func(*http.Request) { close(out) }})
	apply, _ := c.start("apply", "-input=false", "planned")
	<-out
	for c.server.Webhooks(ts[0].task) == 0 {
		time.Sleep(time.Millisecond) // the completion is not handled yet
	}
	if err := syscall.Kill(-apply.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := apply.Wait(); err == nil {
		t.Fatal("the killed apply succeeded")
	}
	<-gone // the provider is dead too
	c.show(ts)
	if ts[0].held != nothing {
		t.Fatalf("it was recorded: the state holds %q", ts[0].held)
	}
	c.server.Calm()
	c.plan(ts, false)
	c.apply(ts)
	if ts[0].failed || ts[0].held != completed || !strings.Contains(ts[0].said, wasCompleted) {
		t.Errorf("the next apply records %q and says:\n%s", ts[0].held, ts[0].said)
	}
	c.everyFired(ts)
	c.again(ts)
}

// TestTallyfyStopsDuringAnApply stops the sandbox while 20 blocks are applied, and starts it again
// for the next apply.
func TestTallyfyStopsDuringAnApply(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	c.settings["max_retries"] = 1 // the server stays down for the rest of the apply
	ts := c.testCases(20)
	c.server.Inject(sandbox.Fault{Method: http.MethodPost, Skip: 6, Handle: true, Drop: true, Before: func(*http.Request) { c.server.Close() }})
	c.apply(ts)
	recorded, failed, fired := 0, 0, 0
	for _, tc := range ts {
		if tc.held == completed {
			recorded++
		}
		if tc.failed {
			failed++
		}
		fired += c.server.Webhooks(tc.task)
	}
	if recorded == 0 || failed == 0 || recorded+failed != len(ts) || fired <= recorded {
		t.Fatalf("it was not cut off in the middle: %d of %d completions are recorded, %d failed, %d webhooks fired", recorded, len(ts), failed, fired)
	}
	if err := c.server.Restart(); err != nil {
		t.Fatal(err)
	}
	c.plan(ts, false)
	c.apply(ts)
	for _, tc := range ts {
		if tc.failed || tc.tainted || tc.held != completed {
			t.Errorf("task %s: the state holds %q:\n%s", tc.task, tc.held, tc.said)
		}
	}
	c.everyFired(ts)
	c.again(ts)
}

// start starts the CLI in a separate process group, so that it can be killed together with its
// provider.
func (c *cli) start(args ...string) (*exec.Cmd, *bytes.Buffer) {
	c.Helper()
	var printed bytes.Buffer
	command := c.command(args...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Stdout, command.Stderr = &printed, &printed
	if err := command.Start(); err != nil {
		c.Fatal(err)
	}
	return command, &printed
}

// everyFired fails the test unless the webhooks of each task fired exactly once.
func (c *cli) everyFired(ts []*testCase) {
	c.Helper()
	for _, tc := range ts {
		if fired := c.server.Webhooks(tc.task); fired != 1 {
			c.Errorf("the webhooks of task %s fired %d times", tc.task, fired)
		}
	}
}

// again applies once more, and fails the test if there are changes, writes or webhooks.
func (c *cli) again(ts []*testCase) {
	c.Helper()
	c.server.ResetJournal()
	c.plan(ts, false)
	for _, tc := range ts {
		if tc.planned != noChanges || tc.said != "" {
			c.Errorf("task %s: the next plan is to %q:\n%s", tc.task, tc.planned, tc.said)
		}
	}
	c.apply(ts)
	for _, entry := range c.server.Journal() {
		if entry.Method != http.MethodGet {
			c.Errorf("the next apply sent %s %s", entry.Method, entry.Path)
		}
	}
	c.everyFired(ts)
}
