// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package acceptance

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// configureWaits writes a configuration with these blocks of tallyfy_task_wait by name.
func (c *cli) configureWaits(blocks map[string]any) {
	c.Helper()
	c.configure(nil)
	c.write("waits.tf.json", map[string]any{"resource": map[string]any{"tallyfy_task_wait": blocks}})
}

// addWaits adds open tasks of a process, and a block for each.
func (c *cli) addWaits(n int, more map[string]any) []string {
	c.Helper()
	var ids []string
	blocks := map[string]any{}
	for i := range n {
		id := fmt.Sprintf("7a5c%028d", 5000+i)
		c.server.AddTask(sandbox.Task{ID: id, RunID: sandbox.SeedRunID, Type: "approval", Title: fmt.Sprintf("Approve step %d", i), Owners: sandbox.Owners{Users: []int64{colleague}}})
		block := map[string]any{"run_id": sandbox.SeedRunID, "task_id": id}
		for name, value := range more {
			block[name] = value
		}
		ids, blocks[fmt.Sprintf("w%d", i)] = append(ids, id), block
	}
	c.configureWaits(blocks)
	return ids
}

// TestInterruptedWaitEnds interrupts a real CLI, as Ctrl-C does, while it waits. The next poll
// would follow after an hour, so the interrupt ends the wait. It records nothing and says what it
// waited for, and the next apply waits again.
func TestInterruptedWaitEnds(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	polled := make(chan struct{}, 1)
	c.server.Inject(sandbox.Fault{PathPart: "/tasks", Handle: true, Before: func(*http.Request) { polled <- struct{}{} }})
	ids := c.addWaits(1, map[string]any{"poll_interval": "1h", "timeouts": map[string]any{"create": "3h"}})
	apply, printed := c.start("apply", "-input=false", "-auto-approve")
	<-polled
	if err := apply.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := apply.Wait(); err == nil {
		t.Errorf("the interrupted apply succeeded:\n%s", printed)
	}
	said := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(printed.String())), " ")
	for _, part := range []string{"Interrupt received", "Error: Wait Was Interrupted", "The apply was interrupted while it waited for task", ids[0], "Nothing is recorded", "The next apply waits again"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q is missing in:\n%s", part, printed)
		}
	}
	if held := c.mustRun("state", "list"); held != "" {
		t.Errorf("the state holds %s", held)
	}
	if pages, tasks := waitRequests(t, c.server); pages != 1 || tasks != 0 {
		t.Errorf("%d pages and %d tasks were read", pages, tasks)
	}
	c.server.CompleteOutside(ids[0], colleague, new(true))
	c.mustRun("apply", "-input=false", "-auto-approve")
	c.mustRun("plan", "-input=false", "-detailed-exitcode")
	waitRequests(t, c.server)
}

// TestManyWaitsShareTheirPolls applies 30 waits of one process, and a person completes all tasks
// between two polls.
func TestManyWaitsShareTheirPolls(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	ids := c.addWaits(30, map[string]any{"poll_interval": "3s"})
	c.server.Inject(sandbox.Fault{PathPart: "/runs/" + sandbox.SeedRunID + "/tasks", Skip: 1, Before: func(*http.Request) {
		for _, id := range ids {
			c.server.CompleteOutside(id, colleague, new(true))
		}
	}})
	c.mustRun("apply", "-input=false", "-auto-approve", "-parallelism=50")
	pages, tasks := waitRequests(t, c.server)
	if pages < 2 || pages > 6 || tasks > len(ids) { // 30 lists for each poll, if the waits did not share them
		t.Errorf("%d pages and %d tasks were read", pages, tasks)
	}
	c.mustRun("plan", "-input=false", "-detailed-exitcode")
}
