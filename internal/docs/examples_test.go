// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestMain(m *testing.M) { os.Exit(clitest.Around(m)) }

// leftovers are the names of files that a CLI leaves when someone tries an example as the README
// describes.
var leftovers = regexp.MustCompile(`^\.terraform\.lock\.hcl$|\.tfstate(\..*)?$|^\.terraform\.tfstate\.lock\.info$|^tfplan$|\.tfplan$`)

// TestExamples runs every file below examples/ together with examples/provider/provider.tf. It
// finds new files.
func TestExamples(t *testing.T) {
	root := examples(t)
	count := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err == nil && entry.IsDir() && entry.Name() == ".terraform":
			return filepath.SkipDir
		case err != nil || entry.IsDir() || leftovers.MatchString(entry.Name()):
			return err
		}
		count++
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case name == "demo/main.tf", name == "demo/wait/main.tf": // internal/demo runs them
		case isMigration(name): // comingfrom_test.go tests them in pairs
		case name == "provider/application.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testApplication(t, path) })
		case name == "provider/certificates.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testCertificates(t, path) })
		case name == "guides/ci-cd/backend.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testBackend(t, path) })
		case name == "guides/webhook/backend.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testBackend(t, path, "-backend-config=key=tallyfy/id.tfstate") })
		case name == "guides/webhook/github-actions.yml": // TestWebhook runs it
		case strings.HasPrefix(name, "guides/webhook/relay/"): // has tests of its own, and TestWebhook runs it
		case name == "guides/ci-cd/tear-down/removed.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testTearDownRemoved(t, path) })
		case name == "guides/ci-cd/hcp-terraform/cloud.tf": // its state is in HCP Terraform, which tests cannot reach
			t.Run(name, func(t *testing.T) { t.Parallel(); testValidate(t, path) })
		case slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(path)):
			t.Run(name, func(t *testing.T) { t.Parallel(); testPipeline(t, path) })
		case name == "guides/approvals/precondition.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testApprovalWait(t, path, 0) })
		case name == "guides/approvals/halfway.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testApprovalWait(t, path, 1) })
		case name == "guides/approvals/policy.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testApply(t, path); testPolicy(t, path) })
		case strings.HasPrefix(name, "resources/tallyfy_task_wait/"), name == "guides/approvals/wait.tf":
			testWaits(t, path, name)
		case strings.HasPrefix(name, "actions/"):
			t.Run(name, func(t *testing.T) { t.Parallel(); testAction(t, path) })
		case strings.HasSuffix(name, ".tfquery.hcl"):
			t.Run(name, func(t *testing.T) { t.Parallel(); testQuery(t, path) })
		case name == "guides/testing/main.tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testApply(t, path) })
		case name == "guides/testing/vpc.tftest.hcl": // testing_test.go runs it
		case filepath.Ext(path) == ".tf" && strings.HasPrefix(entry.Name(), "import"):
			t.Run(name, func(t *testing.T) { t.Parallel(); testImportBlock(t, path) })
		case filepath.Ext(path) == ".tf":
			t.Run(name, func(t *testing.T) { t.Parallel(); testApply(t, path) })
		case entry.Name() == "import.sh":
			for _, command := range commands(t, path) {
				t.Run(name+"/"+command.address, func(t *testing.T) { t.Parallel(); testImportCommand(t, command) })
			}
		default:
			t.Errorf("no test covers examples/%s: add it to this test", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 2 {
		t.Errorf("there are %d files below %s", count, root)
	}
}

// TestReadme applies the first configuration of the README.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join(examples(t), "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "\n```terraform\n")
	configuration, _, found := strings.Cut(rest, "\n```\n")
	if !found {
		t.Fatal("the README shows no configuration")
	}
	file := filepath.Join(t.TempDir(), "main.tf")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil { //nolint:gosec // a folder of this test
		t.Fatal(err)
	}
	if newFixtureOf(t, file).applyAndDestroy() == 0 {
		t.Error("it has no completion")
	}
}

// testApply applies, plans and destroys an example.
func testApply(t *testing.T, file string) {
	name := filepath.ToSlash(file)
	completes := strings.Contains(name, "/examples/resources/") || strings.Contains(name, "/examples/guides/")
	s := newFixture(t, file)
	if completed := s.applyAndDestroy(); completed == 0 && completes {
		t.Error("it has no completion")
	}
}

// testApplication applies an example of the provider block with credentials, with a resource.
func testApplication(t *testing.T, file string) {
	s := newFixtureOf(t, file, filepath.Join(examples(t), "resources", "tallyfy_task_completion", "resource.tf"))
	s.asApplication()
	s.mustRun("apply", "-input=false", "-auto-approve")
	for _, task := range s.completions(s.folder, "show", "-json") {
		s.checkCompleted(task)
	}
	if s.server.Count(http.MethodPost, "/users/"+sandbox.SeedCallerEmail+"/token") == 0 {
		t.Error("it does not act as the user")
	}
}

// applyAndDestroy applies a configuration, plans again and destroys it. It returns the number of
// completions.
func (f *fixture) applyAndDestroy() int {
	t := f.t
	t.Helper()
	f.mustRun("apply", "-input=false", "-auto-approve")
	tasks := f.completions(f.folder, "show", "-json")
	for _, task := range tasks {
		f.checkCompleted(task)
	}
	if got := f.server.Count(http.MethodPost, ""); got != len(tasks) {
		t.Errorf("apply sent %d × POST for %d completions", got, len(tasks))
	}
	if len(tasks) == 0 {
		f.checkWrites("an apply that completes nothing", 0)
	}

	f.server.ResetJournal()
	f.mustRun("plan", "-input=false", "-detailed-exitcode")
	f.checkWrites("planning again", 0)

	f.server.ResetJournal()
	f.mustRun("destroy", "-input=false", "-auto-approve")
	reopened := 0
	for _, task := range tasks {
		after, _ := f.server.Task(task.TaskID)
		if task.ReopenOnDestroy {
			reopened++
		}
		if wasOpen := task.Status != "completed"; (after.CompletedAt == "") != (task.ReopenOnDestroy || wasOpen) {
			t.Errorf("after destroy task %s is %s", task.TaskID, after.Status)
		}
	}
	f.checkWrites("destroy", reopened)
	if got := f.server.Count(http.MethodDelete, "completed-tasks"); got != reopened {
		t.Errorf("destroy sent %d × DELETE of a completion, want %d", got, reopened)
	}
	return len(tasks)
}

// checkCompleted checks that an apply completed a task once with all values.
func (f *fixture) checkCompleted(c completion) {
	f.t.Helper()
	task, ok := f.server.Task(c.TaskID)
	if !ok {
		f.t.Errorf("the sandbox has no task %s", c.TaskID)
		return
	}
	if task.Status != c.Status {
		f.t.Errorf("task %s is %s, and recorded as %s", c.TaskID, task.Status, c.Status)
	}
	if sent := f.posts(c.TaskID); sent != 1 {
		f.t.Errorf("task %s was completed by %d × POST", c.TaskID, sent)
	}
	if c.IsApproved != nil && (task.IsApproved == nil || *task.IsApproved != *c.IsApproved) {
		f.t.Errorf("task %s was not decided as recorded", c.TaskID)
	}
	if c.OverrideUser != nil && task.CompleterID != *c.OverrideUser {
		f.t.Errorf("task %s was completed by user %d", c.TaskID, task.CompleterID)
	}
	if fired := f.server.Webhooks(c.TaskID); task.CompletedAt != "" && fired != 1 {
		f.t.Errorf("the webhooks of task %s fired %d times", c.TaskID, fired)
	}
	for field := range c.Taskdata {
		if task.Taskdata[field] == nil {
			f.t.Errorf("field %s of task %s has no value", field, c.TaskID)
		}
	}
}

var importBlock = regexp.MustCompile(`(?m)^import \{\n(?:[ \t].*\n)*\}\n`)

// testImportBlock applies an example with an import block. Its tasks were completed by hand with
// the same values.
func testImportBlock(t *testing.T, file string) {
	s := newFixture(t, file)
	s.completeByHand(s.planned(s.without(importBlock)))

	s.mustRun("apply", "-input=false", "-auto-approve")
	s.mustRun("plan", "-input=false", "-detailed-exitcode")
	s.checkWrites("an import", 0)
	if len(s.completions(s.folder, "show", "-json")) == 0 {
		t.Error("it imported nothing")
	}
}

// command is a line of an import.sh, such as `terraform import tallyfy_task_completion.vpc o/r/t`.
type command struct {
	args    []string // without the CLI's name
	address string
	file    string // the example that has the resource
}

// commands parses an import.sh: one command per line, and comments.
func commands(t *testing.T, script string) []command {
	t.Helper()
	content, err := os.ReadFile(script) //nolint:gosec // an example
	if err != nil {
		t.Fatal(err)
	}
	var all []command
	for line := range strings.Lines(string(content)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 4 || words[0] != "terraform" || words[1] != "import" {
			t.Errorf("%s: %q is not a command of the form: terraform import ADDRESS ID", script, strings.TrimSpace(line))
			continue
		}
		all = append(all, command{args: words[1:], address: words[2], file: declaring(t, filepath.Dir(script), words[2])})
	}
	if len(all) == 0 {
		t.Errorf("%s holds no command", script)
	}
	return all
}

// declaring returns the example that declares a resource.
func declaring(t *testing.T, folder, address string) string {
	t.Helper()
	kind, name, _ := strings.Cut(address, ".")
	files, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file) //nolint:gosec // an example
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), fmt.Sprintf("resource %q %q {", kind, name)) {
			return file
		}
	}
	t.Fatalf("no example has the resource %s", address)
	return ""
}

// testImportCommand runs a command of import.sh with the example of its resource, on tasks that
// were completed by hand with the same values. The next plan has no change, or sends nothing if the
// configuration has values that an import does not set.
func testImportCommand(t *testing.T, c command) {
	s := newFixture(t, c.file)
	wanted := s.planned(s.folder)
	s.completeByHand(wanted)
	s.mustRun(c.args...)

	s.mustRun("plan", "-input=false", "-out=tfplan", "-target="+c.address)
	var plan struct {
		Changes []struct {
			Address string `json:"address"`
			Change  struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	s.read(s.folder, &plan, "show", "-json", "tfplan")
	for _, task := range wanted {
		if task.Address != c.address {
			continue
		}
		want := "no-op"
		if task.Taskdata != nil || task.OverrideUser != nil || task.ReopenOnDestroy || task.Timeouts != nil {
			want = "update"
		}
		if len(plan.Changes) != 1 || plan.Changes[0].Address != c.address || strings.Join(plan.Changes[0].Change.Actions, " ") != want {
			t.Errorf("the plan after the import has %+v, want one %s", plan.Changes, want)
		}
	}
	s.mustRun("apply", "-input=false", "tfplan")
	s.mustRun("plan", "-input=false", "-detailed-exitcode", "-target="+c.address)
	s.checkWrites("an import and the apply after it", 0)
}
