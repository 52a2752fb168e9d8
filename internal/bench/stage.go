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

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/workspace"
)

// stage is a folder with a peer's configuration for some tasks of a sandbox, ready to be applied.
type stage struct {
	*workspace.Workspace
	folder string
	server *sandbox.Server
	tasks  []string
}

// newStage adds n open tasks to a sandbox of its own, and writes the peer's configuration for them into a new folder.
func newStage(ctx context.Context, h *hall, p peer, n int, latency time.Duration, hasty bool) (*stage, error) {
	server, err := sandbox.Start(sandbox.Config{Latency: latency})
	if err != nil {
		return nil, err
	}
	s := &stage{Workspace: h.Workspace, server: server}
	for i := range n {
		id := fmt.Sprintf("7a5c%028d", i+1)
		s.tasks = append(s.tasks, id)
		server.AddTask(sandbox.Task{ID: id, RunID: runID, Title: fmt.Sprintf("Step %d", i+1)})
	}
	if s.folder, err = os.MkdirTemp(h.dir, "stage-"); err != nil {
		return nil, err
	}
	text := p.configuration(server.URL(), s.tasks, hasty)
	if err := os.WriteFile(filepath.Join(s.folder, "main.tf"), []byte(text), 0o600); err != nil {
		return nil, err
	}
	if got := s.run(ctx, "init", "-input=false"); got.err != nil {
		return nil, fmt.Errorf("%s: init: %w\n%s", p.name, got.err, got.said)
	}
	return s, nil
}

func (s *stage) close() { s.server.Close() }

// eachFiredOnce tells what is wrong where a task was not completed, or more than once.
func (s *stage) eachFiredOnce() error {
	for _, task := range s.tasks {
		if fired := s.server.Webhooks(task); fired != 1 {
			return fmt.Errorf("task %s was completed %d times", task, fired)
		}
	}
	return nil
}

// taken is what one run of the CLI took.
type taken struct {
	wall, cpu time.Duration // cpu of the CLI with all that it started
	peak      int64         // bytes of memory that its provider held at most; 0 where that cannot be told
	requests  int
	said      string
	err       error
}

// run runs the CLI once.
func (s *stage) run(ctx context.Context, args ...string) taken {
	s.server.ResetJournal()
	var said bytes.Buffer
	command := s.Command(ctx, s.server, s.folder, args...)
	command.Stdout, command.Stderr = &said, &said
	command.Env = append(command.Env, "HOME="+s.folder) // where the tallyfy CLI looks for settings, and finds none
	began := time.Now()
	if err := command.Start(); err != nil {
		return taken{err: err}
	}
	watch := watchProvider(command.Process.Pid)
	err := command.Wait()
	t := taken{wall: time.Since(began), peak: watch(), requests: s.server.Count("", ""), said: said.String(), err: err}
	t.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return t
}
