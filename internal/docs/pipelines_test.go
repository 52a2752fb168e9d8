// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// testPipeline parses the file of a CI system and runs its commands, if it has any, in the jobs'
// order.
func testPipeline(t *testing.T, file string) {
	read := decodeYAML(t, file)
	switch filepath.Base(file) {
	case "github-actions.yml":
		testGitHub(t, decoded[workflow](t, read))
	case "gitlab-ci.yml":
		testGitLab(t, decoded[map[string]any](t, read))
	case "action.yml": // TestBeforeTheRegistry runs it
	case "atlantis.yaml": // runs the commands that Atlantis has by default
		if got := decoded[struct{ Version int }](t, read); got.Version != 3 {
			t.Errorf("it is of version %d", got.Version)
		}
	default:
		t.Errorf("no test runs it: add it to this test")
	}
}

type workflow struct {
	Jobs map[string]struct {
		Steps       []struct{ Run string }
		Concurrency struct {
			Cancel bool `json:"cancel-in-progress"`
		}
	}
}

// testGitHub runs the steps of the jobs: the plan of a pull request, the apply of a merge, and both
// again.
func testGitHub(t *testing.T, w workflow) {
	p := newPipeline(t)
	job := func(name string) []string {
		var steps []string
		for _, step := range w.Jobs[name].Steps {
			if step.Run != "" {
				steps = append(steps, step.Run)
			}
		}
		return steps
	}
	if w.Jobs["apply"].Concurrency.Cancel {
		t.Error("an apply would be cancelled for a newer one")
	}
	p.succeeds("a pull request", 0, job("plan")...)
	p.succeeds("a merge", 1, job("apply")...)
	p.succeeds("a re-run of the merge", 0, job("apply")...)
}

// testGitLab runs the scripts of the jobs in the same way. If the apply job runs again, the saved
// plan is stale.
func testGitLab(t *testing.T, all map[string]any) {
	p := newPipeline(t)
	type job struct {
		Before []string `json:"before_script"`
		Script []string
	}
	before := decoded[job](t, all["default"]).Before
	script := func(name string) []string {
		return append(before[:len(before):len(before)], decoded[job](t, all[name]).Script...)
	}
	p.succeeds("a merge request", 0, script("plan")...)
	p.succeeds("a merge", 0, script("save-plan")...)
	p.succeeds("its apply", 1, script("apply")...)
	if out, err := p.run(script("apply")...); err == nil || !strings.Contains(out, "Saved plan is stale") {
		t.Errorf("a re-run of the apply alone: %v\n%s", err, out)
	}
	p.checkWrites("a re-run of the apply alone", 0)
	p.succeeds("a re-run of the plan", 0, script("save-plan")...)
	p.succeeds("the apply of that", 0, script("apply")...)
}

// pipeline is a checkout of the guide's configuration without its backend, on a machine whose only
// Terraform is the one under test.
type pipeline struct {
	*fixture
	path  string
	shell string
}

func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the commands are a POSIX shell's")
	}
	// init writes the lock file that the repository would contain.
	return pipelineOf(newFixtureOf(t, filepath.Join(examples(t), "provider", "application.tf"), filepath.Join(examples(t), "guides", "ci-cd", "main.tf")))
}

// pipelineOf returns the pipeline of a checkout.
func pipelineOf(f *fixture) *pipeline {
	f.t.Helper()
	p := &pipeline{fixture: f, path: f.t.TempDir(), shell: "sh"}
	if err := os.Symlink(f.w.CLI, filepath.Join(p.path, "terraform")); err != nil {
		f.t.Fatal(err)
	}
	return p
}

// run runs a job, which ends at the first command that fails.
func (p *pipeline) run(commands ...string) (string, error) {
	p.t.Helper()
	if len(commands) == 0 {
		p.t.Fatal("there are no commands in the job")
	}
	p.server.ResetJournal()
	command := exec.CommandContext(p.t.Context(), p.shell, "-eu", "-c", strings.Join(commands, "\n")) //nolint:gosec // an example's
	command.Dir = p.folder
	command.Env = append(p.w.Command(p.t.Context(), p.server, p.folder).Env,
		"PATH="+p.path+string(os.PathListSeparator)+os.Getenv("PATH"), "TF_IN_AUTOMATION=true", "TALLYFY_ACCESS_TOKEN=",
		"TALLYFY_CLIENT_SECRET="+sandbox.DefaultClientSecret, "TALLYFY_TOKEN_URL="+p.server.URL()+"/oauth/token")
	command.Env = append(command.Env, p.env...)
	command.Stdin = strings.NewReader("yes\n") // approves what a person would
	out, err := command.CombinedOutput()
	return string(out), err
}

// succeeds runs a job that must succeed with this number of completions.
func (p *pipeline) succeeds(what string, completions int, commands ...string) {
	p.t.Helper()
	if out, err := p.run(commands...); err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, out)
	}
	if got := p.posts(sandbox.SeedVPCTaskID); got != completions {
		p.t.Errorf("%s sent %d completions, want %d", what, got, completions)
	}
}

// decoded converts a value that was decoded from JSON.
func decoded[T any](t *testing.T, value any) T {
	t.Helper()
	var into T
	written, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(written, &into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return into
}
