// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// This file runs rows with a real CLI and the installed provider. Rows that need no separate
// sandbox and do not affect each other are blocks of one configuration.

func TestMatrixUnderTheCLI(t *testing.T) {
	t.Parallel()
	batches := map[string][]row{}
	for _, r := range append(rows(), specialRows()...) {
		if r.cli {
			batches[r.batchName()] = append(batches[r.batchName()], r)
		}
	}
	// Batches mostly wait, so more of them run concurrently than there are cores.
	var running sync.WaitGroup
	slots := make(chan struct{}, 8)
	for name, batch := range batches {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			t.Run(name, func(t *testing.T) {
				c := newCLI(t, batch[0].config)
				var ts []*testCase
				for n, r := range batch {
					ts = append(ts, newTestCase(r, n+1, c.server))
				}
				perform(t, c, ts)
			})
		})
	}
	running.Wait()
}

// batchName returns the name of the batch that a row runs in. All rows of a batch have the same
// operation, which succeeds for all of them or fails for all of them.
func (r row) batchName() string {
	ending := "succeeds"
	if r.fails {
		ending = "fails"
	}
	name := fmt.Sprintf("%s %s %s", r.operation, ending, r.batch)
	if r.batch == runAlone || !reflect.ValueOf(r.config).IsZero() {
		name = r.name
	}
	return strings.TrimSpace(name)
}

// requestTimeout is the timeout with a real CLI. It is much longer than a sandbox takes to respond
// on a busy machine.
const requestTimeout = "5s"

// cli runs a real CLI in a directory of its own, against a sandbox that listens.
type cli struct {
	*testing.T
	installation *clitest.Installation
	server       *sandbox.Server
	folder       string
	settings     map[string]any // of the provider's block
	base         func(string) string
}

func newCLI(t *testing.T, config sandbox.Config) *cli {
	t.Helper()
	w, err := clitest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	c := &cli{T: t, installation: w, server: server, folder: t.TempDir(), settings: map[string]any{"request_timeout": requestTimeout, "preflight": false}}
	c.configure(nil)
	c.mustRun("init", "-input=false")
	return c
}

func (c *cli) move(base func(string) string) { c.base = base }

func (c *cli) arm([]*testCase) {} // the sandbox injects faults; single requests of a CLI cannot be kept from being sent

// command returns a command of the CLI in the directory.
func (c *cli) command(args ...string) *exec.Cmd {
	command := c.installation.Command(c.Context(), c.server, c.folder, args...)
	if c.base != nil {
		command.Env = append(command.Env, "TALLYFY_BASE_URL="+c.base(c.server.URL()))
	}
	return command
}

// run runs a command of the CLI, and returns its output and exit code.
func (c *cli) run(args ...string) (string, int) {
	c.Helper()
	var out bytes.Buffer
	command := c.command(args...)
	command.Stdout, command.Stderr = &out, &out
	var exit *exec.ExitError
	switch err := command.Run(); {
	case errors.As(err, &exit):
		return out.String(), exit.ExitCode()
	case err != nil:
		c.Fatal(err)
	}
	return out.String(), 0
}

func (c *cli) mustRun(args ...string) string {
	c.Helper()
	out, code := c.run(args...)
	if code != 0 {
		c.Fatalf("%s ended with %d:\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// configure writes the configuration: a provider block and these resource blocks, by name.
func (c *cli) configure(blocks map[string]any) {
	c.Helper()
	config := map[string]any{
		"terraform": map[string]any{"required_providers": map[string]any{"tallyfy": map[string]any{"source": "tallyfy/tallyfy"}}},
		"provider":  map[string]any{"tallyfy": c.settings},
	}
	if len(blocks) > 0 {
		config["resource"] = map[string]any{"tallyfy_task_completion": blocks}
	}
	c.write("main.tf.json", config)
}

// write writes a file of the configuration.
func (c *cli) write(name string, config map[string]any) {
	c.Helper()
	text, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.folder, name), text, 0o600); err != nil {
		c.Fatal(err)
	}
}

// testCases adds n tasks and plans their completion.
func (c *cli) testCases(n int) []*testCase {
	c.Helper()
	var ts []*testCase
	for i := range n {
		ts = append(ts, newTestCase(row{operation: create}, i+1, c.server))
	}
	c.plan(ts, false)
	return ts
}

func (c *cli) plan(ts []*testCase, destroying bool) {
	c.Helper()
	blocks := map[string]any{}
	for n, t := range ts {
		blocks[blockName(n)] = t.attributes()
		t.said, t.failed, t.planned = "", false, noChanges
	}
	c.configure(blocks)
	args := []string{"plan", "-json", "-input=false", "-parallelism=50", "-out=planned"}
	if destroying {
		args = append(args, "-destroy")
	}
	if c.runFor(ts, args...) != 0 {
		c.show(ts)
		return
	}
	var plan struct {
		Changes []struct {
			Name   string
			Change struct{ Actions []string }
		} `json:"resource_changes"`
	}
	c.read(&plan, "show", "-json", "planned")
	for n, t := range ts {
		for _, change := range plan.Changes {
			if actions := strings.Join(change.Change.Actions, ", "); change.Name == blockName(n) && actions != "no-op" {
				t.planned = action(actions)
			}
		}
	}
	c.show(ts)
}

func (c *cli) apply(ts []*testCase) {
	c.Helper()
	c.runFor(ts, "apply", "-json", "-input=false", "-parallelism=50", "planned")
	c.show(ts)
}

func blockName(n int) string { return fmt.Sprintf("row%d", n) }

// runFor runs a command, and records its diagnostics with the test cases that they belong to.
func (c *cli) runFor(ts []*testCase, args ...string) (code int) {
	c.Helper()
	said, out, code := c.runJSON(args...)
	someFailed := false
	for _, d := range said {
		isError := d.Severity == "error"
		someFailed = someFailed || isError
		text := strings.Join(strings.Fields(d.text()), " ")
		known := false
		for n, t := range ts {
			// A diagnostic of a destroy has no address; its text names the task.
			if d.Address == "tallyfy_task_completion."+blockName(n) || d.Address == "" && strings.Contains(text, t.task) {
				t.said, known = strings.TrimSpace(t.said+"\n"+text), true
				t.failed = t.failed || isError
			}
		}
		if !known {
			c.Errorf("%s reports, for no test case: %s", args[0], text)
		}
	}
	if someFailed != (code != 0) {
		c.Errorf("%s ended with %d:\n%s", args[0], code, out)
	}
	return code
}

// runJSON runs a command with -json, and returns its diagnostics, its output and its exit code.
func (c *cli) runJSON(args ...string) (said []diagnostic, out string, code int) {
	c.Helper()
	out, code = c.run(args...)
	for line := range strings.Lines(out) {
		var message struct{ Diagnostic diagnostic }
		if json.Unmarshal([]byte(line), &message) == nil && message.Diagnostic.Summary != "" {
			said = append(said, message.Diagnostic)
		}
	}
	return said, out, code
}

// show reads the recorded status of each test case.
func (c *cli) show(ts []*testCase) {
	c.Helper()
	var state struct {
		Values struct {
			Root struct {
				Resources []struct {
					Name    string
					Tainted bool
					Values  struct{ Status *string }
				}
			} `json:"root_module"`
		}
	}
	c.read(&state, "show", "-json")
	for n, t := range ts {
		t.held, t.tainted = nothing, false
		for _, resource := range state.Values.Root.Resources {
			if resource.Name == blockName(n) {
				t.held, t.tainted = recordedAs(resource.Values.Status), resource.Tainted
			}
		}
	}
}

func (c *cli) read(into any, args ...string) {
	c.Helper()
	if err := json.Unmarshal([]byte(c.mustRun(args...)), into); err != nil {
		c.Fatal(err)
	}
}
