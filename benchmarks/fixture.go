// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// fixture is a sandbox with open tasks and a directory with the configuration of a peer that
// completes them.
type fixture struct {
	*clitest.Installation
	peer   peer
	folder string
	server *sandbox.Server
	tasks  []string
	ahead  atomic.Int64 // how far the server's clock is ahead, in nanoseconds
}

// newFixture starts a sandbox with n open tasks, writes the peer's configuration for them into a
// new directory and runs init.
func newFixture(ctx context.Context, h *harness, p peer, n int, latency time.Duration, shortTimeout bool) (_ *fixture, err error) {
	f := &fixture{Installation: h.Installation, peer: p}
	now := func() time.Time { return time.Now().Add(time.Duration(f.ahead.Load())) }
	server, err := sandbox.Start(sandbox.Config{Latency: latency, Now: now})
	if err != nil {
		return nil, err
	}
	f.server = server
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	for i := range n {
		id := fmt.Sprintf("7a5c%028d", i+1)
		f.tasks = append(f.tasks, id)
		server.AddTask(sandbox.Task{ID: id, RunID: runID, Title: fmt.Sprintf("Step %d", i+1)})
	}
	if f.folder, err = os.MkdirTemp(h.dir, "fixture-"); err != nil {
		return nil, err
	}
	if err := f.configure(shortTimeout); err != nil {
		return nil, err
	}
	if got := f.run(ctx, "init", "-input=false"); got.err != nil {
		return nil, fmt.Errorf("%s: init: %w\n%s", p.name, got.err, got.output)
	}
	return f, nil
}

// configure writes the configuration for the server's current address.
func (f *fixture) configure(shortTimeout bool) error {
	text := f.peer.configuration(f.server.URL(), f.tasks, shortTimeout)
	return os.WriteFile(filepath.Join(f.folder, "main.tf"), []byte(text), 0o600)
}

func (f *fixture) close() { f.server.Close() }

// checkCompletedOnce returns an error if a task was not completed, or was completed more than once,
// unless the peer is idle.
func (f *fixture) checkCompletedOnce() error {
	if f.peer.idle {
		return nil
	}
	for _, task := range f.tasks {
		if fired := f.server.Webhooks(task); fired != 1 {
			return fmt.Errorf("task %s was completed %d times", task, fired)
		}
	}
	return nil
}

// measurement is what one command of the CLI needed.
type measurement struct {
	wall, cpu time.Duration // cpu includes the processes that the CLI started
	peak      int64         // the provider's peak memory in bytes; 0 if the system does not report it
	requests  int
	output    string
	err       error
}

// run runs one command of the CLI and measures it.
func (f *fixture) run(ctx context.Context, args ...string) measurement {
	f.server.ResetJournal()
	var output bytes.Buffer
	command := f.Command(ctx, f.server, f.folder, args...)
	command.Stdout, command.Stderr = &output, &output
	command.Env = append(command.Env, "HOME="+f.folder) // an empty home, so that the tallyfy CLI finds no settings
	began := time.Now()
	if err := command.Start(); err != nil {
		return measurement{err: err}
	}
	watch := watchMemory(command.Process.Pid)
	err := command.Wait()
	t := measurement{wall: time.Since(began), peak: watch(), requests: f.server.Count("", ""), output: output.String(), err: err}
	t.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return t
}
