// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/workspace"
)

// record writes a state for each release that has none, with the provider as it is: once, before the release is made.
var record = flag.Bool("record", false, "write the missing states below testdata/states")

// TestStatesOfReleases plans and applies the states that earlier releases wrote, for the configurations they wrote them for.
// An upgrade must send nothing but GETs, and change nothing.
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
	// The completion of "unconfirmed" is accepted with an answer that tells nothing, and the task cannot be read afterwards.
	c.server.Inject(sandbox.Fault{Method: http.MethodGet, PathPart: sandbox.SeedEmailTaskID, Skip: 1, Times: -1, Status: http.StatusForbidden})
	c.mustRun("apply", "-input=false", "-auto-approve", "-target=tallyfy_task_completion.form")
	c.server.Inject(sandbox.Fault{Method: http.MethodPost, Handle: true, Status: http.StatusNoContent})
	c.mustRun("apply", "-input=false", "-auto-approve", "-target=tallyfy_task_completion.unconfirmed")
	c.mustRun("apply", "-input=false", "-auto-approve", "-refresh=false")
	if err := workspace.Checkout(release, filepath.Join(c.folder, "terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
}

func testUpgrade(t *testing.T, release string) {
	t.Helper()
	c := newCLI(t, sandbox.Config{})
	c.adopt(release)
	if err := workspace.Checkout(c.folder, filepath.Join(release, "terraform.tfstate")); err != nil {
		t.Fatalf("%v: run this test with -record before the release", err)
	}
	before := c.recordedCompletions()
	for _, held := range before {
		held.recreate(c.server)
	}

	c.mustRun("plan", "-input=false", "-detailed-exitcode")
	c.mustRun("apply", "-input=false", "-auto-approve")

	gets := 0
	for _, entry := range c.server.Journal() {
		if entry.Method != http.MethodGet {
			t.Errorf("%s %s was sent", entry.Method, entry.Path)
		}
		gets++
	}
	if gets == 0 {
		t.Errorf("nothing was sent for %d completions", len(before))
	}
	after := c.recordedCompletions()
	if len(after) != len(before) {
		t.Errorf("%d of %d completions are left", len(after), len(before))
	}
}

// adopt takes over the configuration of a release.
func (c *cli) adopt(release string) {
	c.Helper()
	if err := os.Remove(filepath.Join(c.folder, "main.tf.json")); err != nil {
		c.Fatal(err)
	}
	if err := workspace.Checkout(c.folder, filepath.Join(release, "main.tf")); err != nil {
		c.Fatal(err)
	}
}

// heldCompletion is a completion as a state's file holds it.
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

// recordedCompletions reads the file itself: a CLI of another registry than the one that wrote it shows it only once it is applied.
func (c *cli) recordedCompletions() []heldCompletion {
	c.Helper()
	text, err := os.ReadFile(filepath.Join(c.folder, "terraform.tfstate"))
	if err != nil {
		c.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Instances []struct{ Attributes heldCompletion }
		}
	}
	if err := json.Unmarshal(text, &state); err != nil {
		c.Fatal(err)
	}
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

// recreate adds the task to a sandbox as the state tells it.
func (h heldCompletion) recreate(server *sandbox.Server) {
	task := sandbox.Task{
		ID: h.TaskID, RunID: h.RunID, Title: h.Title, Type: h.TaskType, Status: h.Status, CompletedAt: h.CompletedAt,
		CompleterID: h.CompleterID, Taskdata: h.Taskdata.Value, IsApproved: h.IsApproved,
	}
	if h.CompletedAt == "" { // a share of several, or not known when it was recorded
		task.EveryoneMustComplete, task.Shares = 2, []int64{sandbox.CallerID}
	}
	server.AddTask(task)
}
