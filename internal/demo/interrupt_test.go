// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestInterruptedApplyRecordsTheCompletion interrupts a real CLI, as Ctrl-C does, while the completion is out. It must be
// recorded: otherwise the task would be done and the state would not know.
func TestInterruptedApplyRecordsTheCompletion(t *testing.T) {
	t.Parallel()
	s := newScene(t, filepath.Join(examples(t), "resources", "tallyfy_task_completion", "run_discovered.tf"))
	out, interrupted := make(chan struct{}), make(chan struct{})
	s.server.Inject(sandbox.Fault{
		Method: http.MethodPost, Handle: true, Delay: time.Second, // for the interrupt to reach the provider first
		Before: func(*http.Request) { close(out); <-interrupted },
	})
	var printed bytes.Buffer
	apply := s.w.Command(t.Context(), s.server, s.folder, "apply", "-input=false", "-auto-approve")
	apply.Stdout, apply.Stderr = &printed, &printed
	if err := apply.Start(); err != nil {
		t.Fatal(err)
	}
	<-out
	if err := apply.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	close(interrupted)
	err := apply.Wait() // an interrupted run need not end with 0
	if !bytes.Contains(printed.Bytes(), []byte("Interrupt received")) {
		t.Errorf("it was not interrupted (%v):\n%s", err, printed.String())
	}
	for _, task := range s.completions(s.folder, "show", "-json") {
		s.checkCompleted(task)
	}
	if recorded := len(s.completions(s.folder, "show", "-json")); recorded != 1 {
		t.Errorf("%d completions are recorded:\n%s", recorded, printed.String())
	}
	s.server.ResetJournal()
	s.mustRun("apply", "-input=false", "-auto-approve")
	s.checkWrites("the next apply", 0)
}
