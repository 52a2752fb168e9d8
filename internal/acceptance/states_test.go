// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// record writes a state for each release that has none, with the provider of this source. It is
// used once, before the release.
var record = flag.Bool("record", false, "write the missing states below testdata/states")

// TestStatesOfReleases plans and applies the configurations of earlier releases with the states
// that these releases wrote. An upgrade must send only GETs and change nothing.
func TestStatesOfReleases(t *testing.T) {
	t.Parallel()
	releases, err := filepath.Glob("testdata/states/*")
	if err != nil || len(releases) == 0 {
		t.Fatalf("there are no states of releases: %v", err)
	}
	for _, release := range releases {
		t.Run(filepath.Base(release), func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(filepath.Join(release, "terraform.tfstate")); os.IsNotExist(err) && *record {
				recordState(t, release)
			}
			testUpgrade(t, release)
		})
	}
}

// releaseTime is when the tasks of recorded states were completed.
var releaseTime = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func recordState(t *testing.T, release string) {
	t.Helper()
	c := newCLI(t, sandbox.Config{Now: func() time.Time { return releaseTime }})
	sandbox.Seed(c.server)
	c.adopt(release)
	// The completion of "unconfirmed" is accepted with an empty response, and the task cannot be
	// read afterwards.
	c.server.Inject(sandbox.Fault{Method: http.MethodGet, PathPart: sandbox.SeedEmailTaskID, Skip: 1, Times: -1, Status: http.StatusForbidden})
	c.mustRun("apply", "-input=false", "-auto-approve", "-target=tallyfy_task_completion.form")
	c.server.Inject(sandbox.Fault{Method: http.MethodPost, Handle: true, Status: http.StatusNoContent})
	c.mustRun("apply", "-input=false", "-auto-approve", "-target=tallyfy_task_completion.unconfirmed")
	c.mustRun("apply", "-input=false", "-auto-approve", "-refresh=false")
	if err := clitest.Checkout(release, filepath.Join(c.folder, "terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
}

func testUpgrade(t *testing.T, release string) {
	t.Helper()
	c := newCLI(t, sandbox.Config{})
	c.adopt(release)
	if err := clitest.Checkout(c.folder, filepath.Join(release, "terraform.tfstate")); err != nil {
		t.Fatalf("%v: run this test with -record before the release", err)
	}
	before := c.recordedCompletions()
	for _, held := range before {
		held.recreate(c.server)
	}

	for _, args := range [][]string{
		{"plan", "-input=false", "-detailed-exitcode"},
		{"plan", "-input=false", "-detailed-exitcode"}, // before an apply
		{"apply", "-input=false", "-auto-approve"},
		{"plan", "-input=false", "-detailed-exitcode"},
	} {
		c.server.ResetJournal()
		c.mustRun(args...)
		c.expectRequests(refreshOf(before))
	}
	after := c.recordedCompletions()
	if len(after) != len(before) {
		t.Errorf("%d of %d completions are left", len(after), len(before))
	}
}

// adopt uses the configuration of a release.
func (c *cli) adopt(release string) {
	c.Helper()
	if err := os.Remove(filepath.Join(c.folder, "main.tf.json")); err != nil {
		c.Fatal(err)
	}
	if err := clitest.Checkout(c.folder, filepath.Join(release, "main.tf")); err != nil {
		c.Fatal(err)
	}
}

// heldCompletion is a completion in a state file.
type heldCompletion struct {
	TaskID      string `json:"task_id"`
	RunID       string `json:"run_id"`
	Title       string `json:"title"`
	TaskType    string `json:"task_type"`
	Status      string `json:"status"`
	CompletedAt string `json:"completed_at"`
	CompleterID int64  `json:"completer_id"`
	IsApproved  *bool  `json:"is_approved"`
	Taskdata    struct {
		Value map[string]any `json:"value"`
	} `json:"taskdata"`
}

// recordedCompletions reads the state file directly, because a CLI with another default registry
// shows the state only after an apply.
func (c *cli) recordedCompletions() []heldCompletion {
	c.Helper()
	var state struct {
		Resources []struct {
			Instances []struct{ Attributes heldCompletion }
		}
	}
	c.readState(&state)
	var all []heldCompletion
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			all = append(all, instance.Attributes)
		}
	}
	if len(all) == 0 {
		c.Fatal("the state holds no completion")
	}
	return all
}

// refreshOf returns the requests of a refresh: for the completed tasks of each process, and for the
// completed one-off tasks, a GET of the first and a page of a list for each hundred; and a GET of
// each task that is recorded as open.
func refreshOf(all []heldCompletion) map[string]int {
	want, ofList := map[string]int{}, map[string]int{}
	for _, held := range all {
		if held.CompletedAt == "" {
			want["GET of a task"]++
			continue
		}
		ofList[held.RunID]++
	}
	for _, n := range ofList {
		want["GET of a task"]++
		if n > 1 {
			want["page of a list"] += (n + 99) / 100
		}
	}
	return want
}

// TestStatesThatLackAFact removes an attribute from a state, as if an earlier release had not
// recorded it. A plan sends as many requests as with the attribute, and an apply records it.
func TestStatesThatLackAFact(t *testing.T) {
	t.Parallel()
	for _, fact := range []string{"title", "task_type", "completer_id", "status", "tasks_changed_by_rules"} {
		t.Run(fact, func(t *testing.T) {
			t.Parallel()
			const blocks = 30
			c := newCLI(t, sandbox.Config{})
			config := map[string]any{}
			for n := range blocks {
				task := sandbox.Task{ID: fmt.Sprintf("7a5c%028d", n), RunID: sandbox.SeedRunID, Title: fmt.Sprintf("Step %d", n)}
				c.server.AddTask(task)
				config[blockName(n)] = map[string]any{"run_id": task.RunID, "task_id": task.ID}
			}
			c.configure(config)
			c.mustRun("apply", "-input=false", "-auto-approve", "-parallelism=50")
			c.forget(fact)
			for _, args := range [][]string{
				{"plan", "-input=false", "-detailed-exitcode"},
				{"plan", "-input=false", "-detailed-exitcode"},
				{"apply", "-input=false", "-auto-approve"},
			} {
				c.server.ResetJournal()
				c.mustRun(args...)
				c.expectRequests(map[string]int{"GET of a task": 1, "page of a list": 1})
			}
			if fact == "tasks_changed_by_rules" { // which only the response to a completion contains
				return
			}
			for _, attributes := range c.recordedAttributes() {
				if attributes[fact] == nil {
					t.Fatalf("the state still lacks %s: %v", fact, attributes)
				}
			}
		})
	}
}

// forget removes an attribute from every resource in the state file.
func (c *cli) forget(attribute string) {
	c.Helper()
	c.eachAttributes(func(attributes map[string]any) { attributes[attribute] = nil })
}

// recordedAttributes returns the attributes of every resource in the state file.
func (c *cli) recordedAttributes() (all []map[string]any) {
	c.Helper()
	c.eachAttributes(func(attributes map[string]any) { all = append(all, attributes) })
	return all
}

// eachAttributes calls change with the attributes of every resource in the state file.
func (c *cli) eachAttributes(change func(map[string]any)) {
	c.Helper()
	c.editState(func(state *stateFile) {
		for _, resource := range state.Resources {
			for _, instance := range resource.Instances {
				if attributes, ok := instance["attributes"].(map[string]any); ok {
					change(attributes)
				}
			}
		}
	})
}

// recreate adds the recorded task to a sandbox, with all other attributes that Tallyfy shows today,
// so that attributes that only later releases record can be read.
func (h heldCompletion) recreate(server *sandbox.Server) {
	task := sandbox.Task{
		ID: h.TaskID, RunID: h.RunID, Title: h.Title, Type: h.TaskType, Status: h.Status, CompletedAt: h.CompletedAt,
		CompleterID: h.CompleterID, Taskdata: h.Taskdata.Value, IsApproved: h.IsApproved,
		Alias: "step-" + h.TaskID, Summary: "What is to be done", Deadline: "2035-06-04T17:00:00Z",
		Owners: sandbox.Owners{Users: []int64{sandbox.CallerID, sandbox.SeedColleagueID}, Guests: []string{"auditor@example.com"}, Groups: []string{"96"}},
		Extra: map[string]any{
			"checklist_id": "c4ec0000000000000000000000000001", "step_id": "57e90000000000000000000000000001",
			"linked_step_id": "57e90000000000000000000000000002", "stage_id": "57a90000000000000000000000000001", "max_assignable": 3,
			"starter_id": sandbox.SeedColleagueID, "webhook": "https://example.com/hook", "blueprint_position": 4,
			"original_title": "Before it was renamed", "original_summary": "Before it was changed",
			"custom_fields": []any{map[string]any{"key": "commit", "value": "9fceb02"}},
		},
	}
	if h.CompletedAt == "" { // one of several shares, or unknown when it was recorded
		task.EveryoneMustComplete, task.Shares = 2, []int64{sandbox.CallerID}
	}
	server.AddTask(task)
}
