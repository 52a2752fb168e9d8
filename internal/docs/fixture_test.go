// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// fixture is an example in its own directory, and a sandbox with the seeded tasks.
type fixture struct {
	t      *testing.T
	w      *clitest.Installation
	server *sandbox.Server
	folder string
	env    []string // in addition to the variables that a user of the sandbox exports
}

// features are parts of a configuration that only later versions of a CLI support: the first minor
// version 1.x of each CLI that has them.
var features = []struct {
	written             *regexp.Regexp
	terraform, openTofu int
}{
	{regexp.MustCompile(`provider::`), 8, 7},
	{regexp.MustCompile(`(?m)^removed \{`), 7, 10}, // with its lifecycle block, which all examples have
	{regexp.MustCompile(`(?m)^moved \{`), 8, 10},   // between types of resources
	{regexp.MustCompile(`use_lockfile`), 10, 10},
	{regexp.MustCompile(`ephemeral`), 10, 11},
	{regexp.MustCompile(`_wo `), 11, 11},
	{regexp.MustCompile(`identity = \{`), 12, 12},
	{regexp.MustCompile(`(?m)^mock_provider "`), 7, 8},
	{regexp.MustCompile(`(?m)^action "`), 14, never},
	{regexp.MustCompile(`(?m)^list "`), 14, never},
}

// never is for a feature that no version of a CLI has.
const never = -1

// needs skips a test of an example that needs a newer CLI.
func needs(t *testing.T, file string) {
	t.Helper()
	w, err := clitest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	version, err := w.CLIVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if missing := missingFeature(content(t, file), version); missing != "" {
		t.Skipf("the CLI is %+v, and does not have %q", version, missing)
	}
}

// missingFeature returns a feature that the configuration uses and the CLI lacks; empty if there is
// none.
func missingFeature(configuration string, cli clitest.CLIVersion) string {
	for _, feature := range features {
		first := feature.terraform
		if cli.OpenTofu {
			first = feature.openTofu
		}
		if feature.written.MatchString(configuration) && (first == never || !cli.AtLeast(1, first)) {
			return feature.written.String()
		}
	}
	return ""
}

// TestFeatures checks which CLI is too old for which feature.
func TestFeatures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		configuration string
		openTofu      bool
		minor         int
		missing       bool
	}{
		{"action \"tallyfy_complete_task\" \"it\" {", false, 13, true},
		{"action \"tallyfy_complete_task\" \"it\" {", false, 14, false},
		{"action \"tallyfy_complete_task\" \"it\" {", true, 99, true},
		{"list \"tallyfy_task_completion\" \"it\" {", true, 99, true},
		{"moved {", false, 8, false},
		{"moved {", true, 9, true},
		{"import {\n}\nmoved {", false, 7, true},
		{"removed {", false, 7, false},
		{"removed {", true, 9, true},
		{"removed {", true, 10, false},
		{"resource \"tallyfy_task_completion\" \"it\" {", true, 0, false},
	} {
		t.Run(fmt.Sprintf("%q, 1.%d, OpenTofu %t", c.configuration, c.minor, c.openTofu), func(t *testing.T) {
			cli := clitest.CLIVersion{OpenTofu: c.openTofu, Major: 1, Minor: c.minor}
			if got := missingFeature(c.configuration, cli); (got != "") != c.missing {
				t.Errorf("the missing feature is %q", got)
			}
		})
	}
}

// newFixture copies the example and the provider configuration to a directory and initializes it.
func newFixture(t *testing.T, file string) *fixture {
	t.Helper()
	needs(t, file)
	return newFixtureOf(t, filepath.Join(examples(t), "provider", "provider.tf"), file)
}

func newFixtureOf(t *testing.T, files ...string) *fixture {
	t.Helper()
	return newFixtureWith(t, nil, files...)
}

// newFixtureWith is newFixtureOf with more arguments for init.
func newFixtureWith(t *testing.T, initArgs []string, files ...string) *fixture {
	t.Helper()
	w, err := clitest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	sandbox.Seed(server)
	s := &fixture{t: t, w: w, server: server, folder: t.TempDir()}
	if err := clitest.Checkout(s.folder, files...); err != nil {
		t.Fatal(err)
	}
	s.mustRun(append([]string{"init", "-input=false"}, initArgs...)...)
	return s
}

// examples returns the directory of the examples.
func examples(t *testing.T) string {
	t.Helper()
	root, err := clitest.SourceRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "examples")
}

// mustRun runs the CLI in the example's directory. The test ends if the CLI fails.
func (f *fixture) mustRun(args ...string) {
	f.t.Helper()
	f.mustRunIn(f.folder, args...)
}

// mustRunIn is mustRun in another directory, and returns the output.
func (f *fixture) mustRunIn(folder string, args ...string) string {
	f.t.Helper()
	var out bytes.Buffer
	command := f.w.Command(f.t.Context(), f.server, folder, args...)
	command.Stdout, command.Stderr, command.Env = &out, &out, append(command.Env, f.env...)
	if err := command.Run(); err != nil {
		f.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out.String())
	}
	return out.String()
}

// read runs the CLI and decodes its JSON output.
func (f *fixture) read(folder string, into any, args ...string) {
	f.t.Helper()
	if err := json.Unmarshal([]byte(f.mustRunIn(folder, args...)), into); err != nil {
		f.t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
}

// completion is a tallyfy_task_completion in the JSON of the CLI.
type completion struct {
	Address         string         `json:"-"`
	TaskID          string         `json:"task_id"`
	Status          string         `json:"status"`
	IsApproved      *bool          `json:"is_approved"`
	Taskdata        map[string]any `json:"taskdata"`
	OverrideUser    *int64         `json:"override_user"`
	ReopenOnDestroy bool           `json:"reopen_on_destroy"`
	Timeouts        map[string]any `json:"timeouts"`
}

// completions returns those of the directory's state, or of a plan in it.
func (f *fixture) completions(folder string, args ...string) []completion {
	f.t.Helper()
	type values struct {
		Root struct {
			Resources []struct {
				Address, Type string
				Values        json.RawMessage
			}
		} `json:"root_module"`
	}
	var shown struct {
		Values  values
		Planned values `json:"planned_values"`
	}
	f.read(folder, &shown, args...)
	var all []completion
	for _, resource := range append(shown.Values.Root.Resources, shown.Planned.Root.Resources...) {
		if resource.Type != "tallyfy_task_completion" {
			continue
		}
		c := completion{Address: resource.Address}
		if err := json.Unmarshal(resource.Values, &c); err != nil {
			f.t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// planned returns the completions that the configuration of a directory plans.
func (f *fixture) planned(folder string) []completion {
	f.t.Helper()
	f.mustRunIn(folder, "plan", "-input=false", "-out=wanted")
	return f.completions(folder, "show", "-json", "wanted")
}

// without returns a directory with the configuration without the matches of the pattern.
func (f *fixture) without(pattern *regexp.Regexp) string {
	f.t.Helper()
	folder := f.t.TempDir()
	files, err := filepath.Glob(filepath.Join(f.folder, "*.tf"))
	if err != nil {
		f.t.Fatal(err)
	}
	found := false
	for _, file := range files {
		content, err := os.ReadFile(file) //nolint:gosec // a copy of an example
		if err != nil {
			f.t.Fatal(err)
		}
		rest := pattern.ReplaceAll(content, nil)
		found = found || len(rest) < len(content)
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(file)), rest, 0o600); err != nil { //nolint:gosec // a folder of this test
			f.t.Fatal(err)
		}
	}
	if !found {
		f.t.Fatalf("nothing matches %s", pattern)
	}
	f.mustRunIn(folder, "init", "-input=false")
	return folder
}

// asApplication exports the sandbox's client credentials.
func (f *fixture) asApplication() {
	f.env = append(f.env, "TALLYFY_CLIENT_ID="+sandbox.DefaultClientID, "TALLYFY_CLIENT_SECRET="+sandbox.DefaultClientSecret, "TALLYFY_TOKEN_URL="+f.server.URL()+"/oauth/token")
}

// completeByHand completes tasks in the web app as a configuration does, and resets the journal.
func (f *fixture) completeByHand(wanted []completion) {
	f.t.Helper()
	if len(wanted) == 0 {
		f.t.Fatal("there is no completion in it")
	}
	for _, c := range wanted {
		f.server.Update(c.TaskID, func(task *sandbox.Task) { task.Taskdata = c.Taskdata })
		f.server.CompleteOutside(c.TaskID, sandbox.SeedColleagueID, c.IsApproved)
	}
	f.server.ResetJournal()
}

// posts returns the number of completions that were sent for a task.
func (f *fixture) posts(task string) int {
	count := 0
	for _, entry := range f.server.Journal() {
		var body struct {
			TaskID string `json:"task_id"`
		}
		if entry.Method == http.MethodPost && json.Unmarshal(entry.Body, &body) == nil && body.TaskID == task {
			count++
		}
	}
	return count
}

// checkWrites checks the number of writes.
func (f *fixture) checkWrites(during string, want int) {
	f.t.Helper()
	got := f.server.Count("", "") - f.server.Count(http.MethodGet, "")
	if got == want {
		return
	}
	var journal strings.Builder
	sandbox.WriteJournal(&journal, f.server.Journal())
	f.t.Errorf("%s sent %d writes, want %d:\n%s", during, got, want, journal.String())
}
