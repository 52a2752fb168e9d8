// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// migrations are the migrations of the guide "Migrating": what completed a task before, and what
// replaces it. Both are files below examples/guides/coming-from.
var migrations = []struct {
	before, after string
	task          string
	// actions are those of the plan, in the order of their addresses.
	actions string
}{
	{"local-exec.tf", "local-exec-replaced.tf", sandbox.SeedPlainTaskID, "tallyfy_task_completion.announcement create, terraform_data.announcement delete"},
	{"local-exec.tf", "local-exec-removed.tf", sandbox.SeedPlainTaskID, "tallyfy_task_completion.announcement no-op, terraform_data.announcement forget"},
	{"restapi.tf", "restapi-moved.tf", sandbox.SeedApprovalTaskID, "tallyfy_task_completion.change no-op from restapi_object.change"},
	{"restapi.tf", "restapi-removed.tf", sandbox.SeedApprovalTaskID, "restapi_object.change forget, tallyfy_task_completion.change create"},
}

func isMigration(name string) bool {
	for _, d := range migrations {
		if name == "guides/coming-from/"+d.before || name == "guides/coming-from/"+d.after {
			return true
		}
	}
	return false
}

// installRestapi installs restapi beside this provider, once for all tests.
var installRestapi = sync.OnceValue(func() error {
	w, err := clitest.Shared()
	if err != nil {
		return err
	}
	_, err = w.InstallRestapi(context.Background())
	return err
})

// TestComingFrom completes a task in another way and migrates it to this provider. The migration
// sends nothing.
func TestComingFrom(t *testing.T) {
	t.Parallel()
	for _, d := range migrations {
		t.Run(d.after, func(t *testing.T) {
			t.Parallel()
			needs(t, migration(t, d.after))
			s := before(t, d.before)
			s.checkWrites("the other way", 1)
			if task, _ := s.server.Task(d.task); task.CompletedAt == "" {
				t.Fatalf("the task is %s before the migration", task.Status)
			}
			s.server.ResetJournal()

			s.replace(migration(t, d.before), migration(t, d.after))
			s.mustRun("plan", "-input=false", "-out=tfplan")
			if got := s.actions("tfplan"); got != d.actions {
				t.Errorf("the plan is to %s, want %s", got, d.actions)
			}
			s.mustRun("apply", "-input=false", "tfplan")
			s.mustRun("plan", "-input=false", "-detailed-exitcode")
			s.checkWrites("the migration", 0)
			if fired := s.server.Webhooks(d.task); fired != 1 {
				t.Errorf("the webhooks fired %d times", fired)
			}
			left := s.completions(s.folder, "show", "-json")
			if len(left) != 1 || left[0].TaskID != d.task || left[0].Status != "completed" {
				t.Errorf("the state has %+v", left)
			}
			if states := strings.Fields(s.mustRunIn(s.folder, "state", "list")); len(states) != 1 {
				t.Errorf("the state has %q", states)
			}
		})
	}
}

// The guide names the restapi version that these tests run.
func TestComingFromNamesTheRestapi(t *testing.T) {
	t.Parallel()
	root := filepath.Dir(examples(t))
	_, rest, _ := strings.Cut(content(t, filepath.Join(root, "internal", "tools", "restapi", "go.mod")), "terraform-provider-restapi v")
	version, _, _ := strings.Cut(rest, " ")
	if guide := content(t, filepath.Join(root, "docs", "guides", "coming-from.md")); version == "" || !strings.Contains(guide, "restapi "+version+" itself") {
		t.Errorf("it does not name restapi %s", version)
	}
}

// Deleting the block of a restapi_object reopens the task, so the guide has blocks that prevent it.
func TestDeletingARestapiObjectReopensTheTask(t *testing.T) {
	t.Parallel()
	s := before(t, "restapi.tf")
	s.mustRun("destroy", "-input=false", "-auto-approve")
	if task, _ := s.server.Task(sandbox.SeedApprovalTaskID); task.CompletedAt != "" {
		t.Error("the task is still completed")
	}
}

func migration(t *testing.T, file string) string {
	t.Helper()
	return filepath.Join(examples(t), "guides", "coming-from", file)
}

// before completes a task as the example does, without this provider.
func before(t *testing.T, file string) *fixture {
	t.Helper()
	if err := installRestapi(); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("curl"); err != nil && strings.HasPrefix(file, "local-exec") {
		t.Skip("curl is not installed")
	}
	s := newFixtureOf(t, migration(t, file))
	s.env = append(s.env, "TF_VAR_tallyfy_base_url="+s.server.URL(), "TF_VAR_tallyfy_access_token="+sandbox.DefaultToken)
	s.mustRun("apply", "-input=false", "-auto-approve")
	return s
}

// replace replaces an example with another, together with the provider's if it has none.
func (f *fixture) replace(before, after string) {
	t := f.t
	t.Helper()
	if err := os.Remove(filepath.Join(f.folder, filepath.Base(before))); err != nil {
		t.Fatal(err)
	}
	files := []string{after}
	if !strings.Contains(content(t, after), "required_providers") {
		files = append(files, filepath.Join(examples(t), "provider", "provider.tf"))
	}
	if err := clitest.Checkout(f.folder, files...); err != nil {
		t.Fatal(err)
	}
	f.mustRun("init", "-input=false")
}

// actions returns the actions of a plan as "address action", with the former address of a moved
// resource.
func (f *fixture) actions(plan string) string {
	f.t.Helper()
	var shown struct {
		Changes []struct {
			Address  string `json:"address"`
			Previous string `json:"previous_address"`
			Change   struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	f.read(f.folder, &shown, "show", "-json", plan)
	var all []string
	for _, c := range shown.Changes {
		does := c.Address + " " + strings.Join(c.Change.Actions, " ")
		if c.Previous != "" {
			does += " from " + c.Previous
		}
		all = append(all, does)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
