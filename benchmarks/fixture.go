// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// fixture is a sandbox with open tasks and a directory with the configuration of a peer that completes them.
type fixture struct {
	*clitest.Installation
	peer   peer
	folder string
	server *sandbox.Server
	tasks  []string
}

// newFixture starts a sandbox with n open tasks, writes the peer's configuration for them into a new directory and runs init.
func newFixture(ctx context.Context, h *harness, p peer, n int, latency time.Duration, shortTimeout bool) (*fixture, error) {
	server, err := sandbox.Start(sandbox.Config{Latency: latency})
	if err != nil {
		return nil, err
	}
	s := &fixture{Installation: h.Installation, peer: p, server: server}
	for i := range n {
		id := fmt.Sprintf("7a5c%028d", i+1)
		s.tasks = append(s.tasks, id)
		server.AddTask(sandbox.Task{ID: id, RunID: runID, Title: fmt.Sprintf("Step %d", i+1)})
	}
	if s.folder, err = os.MkdirTemp(h.dir, "fixture-"); err != nil {
		return nil, err
	}
	if err := s.configure(shortTimeout); err != nil {
		return nil, err
	}
	if got := s.run(ctx, "init", "-input=false"); got.err != nil {
		return nil, fmt.Errorf("%s: init: %w\n%s", p.name, got.err, got.output)
	}
	return s, nil
}

// configure writes the configuration for the server's current address.
func (s *fixture) configure(shortTimeout bool) error {
	text := s.peer.configuration(s.server.URL(), s.tasks, shortTimeout)
	return os.WriteFile(filepath.Join(s.folder, "main.tf"), []byte(text), 0o600)
}

func (s *fixture) close() { s.server.Close() }

// checkCompletedOnce returns an error if a task was not completed, or was completed more than once, unless the peer is idle.
func (s *fixture) checkCompletedOnce() error {
	if s.peer.idle {
		return nil
	}
	for _, task := range s.tasks {
		if fired := s.server.Webhooks(task); fired != 1 {
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
func (s *fixture) run(ctx context.Context, args ...string) measurement {
	s.server.ResetJournal()
	var output bytes.Buffer
	command := s.Command(ctx, s.server, s.folder, args...)
	command.Stdout, command.Stderr = &output, &output
	command.Env = append(command.Env, "HOME="+s.folder) // an empty home, so that the tallyfy CLI finds no settings
	began := time.Now()
	if err := command.Start(); err != nil {
		return measurement{err: err}
	}
	watch := watchMemory(command.Process.Pid)
	err := command.Wait()
	t := measurement{wall: time.Since(began), peak: watch(), requests: s.server.Count("", ""), output: output.String(), err: err}
	t.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return t
}
