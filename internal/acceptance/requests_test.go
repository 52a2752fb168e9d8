// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// TestRequestsOfManyBlocks counts the requests of a real CLI for the completions of a process: two
// for each new one, and for all recorded ones one request and one more for each hundred. Fifty
// completions are sent concurrently.
func TestRequestsOfManyBlocks(t *testing.T) {
	t.Parallel()
	const blocks, sideBySide = 120, 50
	c := newCLI(t, sandbox.Config{})
	c.settings = map[string]any{}
	config := map[string]any{}
	for n := range blocks {
		task := sandbox.Task{ID: fmt.Sprintf("7a5c%028d", n), RunID: sandbox.SeedRunID, Title: fmt.Sprintf("Step %d", n)}
		block := map[string]any{"run_id": task.RunID, "task_id": task.ID}
		if n%3 == 0 {
			task.Type, block["is_approved"] = "approval", n%2 == 0
		}
		c.server.AddTask(task)
		config[blockName(n)] = block
	}
	c.configure(config)
	parallel := fmt.Sprintf("-parallelism=%d", sideBySide)

	var out sync.WaitGroup
	out.Add(sideBySide)
	c.server.Inject(sandbox.Fault{Method: http.MethodPost, Times: sideBySide, Handle: true, Before: func(*http.Request) {
		out.Done()
		out.Wait() // no response before fifty requests have arrived: if they were sent one by one, all would time out
	}})
	c.mustRun("apply", "-input=false", "-auto-approve", parallel)
	// The plan reads the list, and so does that of the apply. On a slow machine, the read of a
	// check may become too old, and its task is read again.
	got := c.requests()
	if reads := got["GET of a task"]; got["POST"] != blocks || got["page of a list"] > 2*2 || reads < blocks || reads > blocks+blocks/10 || len(got) != 3 {
		t.Errorf("the requests were %v", got)
	}

	for _, args := range [][]string{
		{"plan", "-input=false", "-detailed-exitcode"},
		{"plan", "-input=false", "-detailed-exitcode", parallel},
		{"plan", "-input=false", "-detailed-exitcode", "-parallelism=1"},
		{"destroy", "-input=false", "-auto-approve"},
	} {
		c.server.ResetJournal()
		c.mustRun(args...)
		c.expectRequests(map[string]int{"GET of a task": 1, "page of a list": 2})
	}
}

// TestPlanWithoutNetwork plans blocks of each kind while no request gets a response. The retries of
// the reads that Terraform starts together are spent; no later block adds a wait of its own.
func TestPlanWithoutNetwork(t *testing.T) {
	t.Parallel()
	const blocks, sideBySide = 16, 4
	c := newCLI(t, sandbox.Config{})
	c.settings = map[string]any{}
	resources := map[string]map[string]any{"tallyfy_task_completion": {}, "tallyfy_task_wait": {}}
	data := map[string]any{}
	for n := range blocks {
		completion, wait := fmt.Sprintf("7a5c%028d", n), fmt.Sprintf("7a5c%028d", 1000+n)
		c.server.AddTask(sandbox.Task{ID: completion, RunID: sandbox.SeedRunID, Title: fmt.Sprintf("Step %d", n)})
		c.server.AddTask(sandbox.Task{ID: wait, RunID: sandbox.SeedRunID, Title: fmt.Sprintf("Check %d", n)})
		c.server.CompleteOutside(wait, colleague, nil)
		resources["tallyfy_task_completion"][blockName(n)] = map[string]any{"task_id": completion}
		resources["tallyfy_task_wait"][blockName(n)] = map[string]any{"task_id": wait}
		data[blockName(n)] = map[string]any{"run_id": sandbox.SeedRunID, "alias": fmt.Sprintf("step-%d", n)}
	}
	c.configure(nil)
	c.write("blocks.tf.json", map[string]any{"resource": resources})
	c.mustRun("apply", "-input=false", "-auto-approve")
	c.write("data.tf.json", map[string]any{"data": map[string]any{"tallyfy_task": data}})

	c.server.ResetJournal()
	c.server.Inject(sandbox.Fault{Times: -1, Drop: true})
	out, code := c.run("plan", "-input=false", fmt.Sprintf("-parallelism=%d", sideBySide))
	attempts := len(c.server.Journal())
	if most := sideBySide*(tallyfy.DefaultMaxRetries+1) + 3*blocks + 2; code != 1 || attempts > most {
		t.Errorf("exit code %d after %d attempts, want %d at most:\n%s", code, attempts, most, out)
	}
	for text, least := range map[string]int{"gave up after 5 attempts": 1, "no further attempt was made": 3*blocks - sideBySide} {
		if n := strings.Count(strings.Join(strings.Fields(strings.ReplaceAll(out, "│", " ")), " "), text); n < least {
			t.Errorf("%q is said %d times:\n%s", text, n, out)
		}
	}
	c.server.Calm()
	if err := os.Remove(filepath.Join(c.folder, "data.tf.json")); err != nil {
		t.Fatal(err)
	}
	c.mustRun("plan", "-input=false", "-detailed-exitcode")
}

// TestDecisionOnAListIsCompared plans approvals of which one has another decision than the recorded
// one.
func TestDecisionOnAListIsCompared(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	config := map[string]any{}
	for n := range 3 {
		task := sandbox.Task{ID: fmt.Sprintf("7a5c%028d", n), RunID: sandbox.SeedRunID, Type: "approval"}
		c.server.AddTask(task)
		config[blockName(n)] = map[string]any{"run_id": task.RunID, "task_id": task.ID, "is_approved": true}
	}
	c.configure(config)
	c.mustRun("apply", "-input=false", "-auto-approve")
	c.mustRun("plan", "-input=false", "-detailed-exitcode")
	for n := range 3 { // also for the task that is read first, separately from the list
		id := fmt.Sprintf("7a5c%028d", n)
		decide := func(approved bool) { c.server.Update(id, func(task *sandbox.Task) { task.IsApproved = &approved }) }
		decide(false)
		if out, code := c.run("plan", "-input=false", "-detailed-exitcode"); code != 2 {
			t.Errorf("task %s was rejected, and the plan ended with %d:\n%s", id, code, out)
		}
		decide(true)
	}
}

// expectRequests fails the test unless exactly these numbers of requests were sent, by their kind.
func (c *cli) expectRequests(want map[string]int) {
	c.Helper()
	if got := c.requests(); fmt.Sprint(got) != fmt.Sprint(want) {
		c.Errorf("the requests were %v, want %v", got, want)
	}
}

// requests counts the requests by their kind.
func (c *cli) requests() map[string]int {
	got := map[string]int{}
	for _, entry := range c.server.Journal() {
		switch {
		case entry.Method != http.MethodGet:
			got[entry.Method]++
		case strings.Contains(entry.Query, "page="):
			got["page of a list"]++
		default:
			got["GET of a task"]++
		}
	}
	return got
}
