// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// cliVersion returns the version of the CLI.
func (c *cli) cliVersion() clitest.CLIVersion {
	c.Helper()
	version, err := c.installation.CLIVersion(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return version
}

// needsTerraform skips the test unless the CLI is a Terraform of this version or a later one.
// OpenTofu has no such feature.
func (c *cli) needsTerraform(major, minor int) {
	c.Helper()
	version := c.cliVersion()
	if version.OpenTofu || !version.AtLeast(major, minor) {
		c.Skipf("this needs Terraform %d.%d, and the CLI is %+v", major, minor, version)
	}
}

// wroteNothing fails the test if a write was sent.
func (c *cli) wroteNothing() {
	c.Helper()
	for _, entry := range c.server.Journal() {
		if entry.Method != http.MethodGet {
			c.Errorf("%s %s was sent", entry.Method, entry.Path)
		}
	}
}

// completedTasks adds completed tasks to a process, or one-off tasks if run is empty.
func (c *cli) completedTasks(run string, n int) (ids []string) {
	c.Helper()
	for i := range n {
		id := fmt.Sprintf("c%s%030d", run[:min(1, len(run))], i)
		c.server.AddTask(sandbox.Task{ID: id, RunID: run, Title: fmt.Sprintf("Step %d", i), Status: "completed", CompletedAt: "2026-05-20T17:00:00.000Z", CompleterID: sandbox.CallerID})
		ids = append(ids, id)
	}
	c.server.ResetJournal()
	return ids
}

const listedRun = "5eed00000000000000000000000000aa"

// TestImportsShareTheList imports many tasks of one process, and counts the requests of the plan
// and of the apply: one for a single task, and one for each hundred of the others.
func TestImportsShareTheList(t *testing.T) {
	t.Parallel()
	for run, ref := range map[string]string{listedRun: sandbox.DefaultOrganization + "/" + listedRun + "/", "": sandbox.DefaultOrganization + "//"} {
		t.Run("process "+run, func(t *testing.T) {
			t.Parallel()
			const n = 120
			c := newCLI(t, sandbox.Config{})
			c.server.AddRun(listedRun, "Launch")
			var text strings.Builder
			for i, id := range c.completedTasks(run, n) {
				block := ""
				if run != "" {
					block = fmt.Sprintf("  run_id  = %q\n", run)
				}
				fmt.Fprintf(&text, "resource \"tallyfy_task_completion\" \"t%d\" {\n%s  task_id = %q\n}\n", i, block, id)
				fmt.Fprintf(&text, "import {\n  to = tallyfy_task_completion.t%d\n  id = %q\n}\n", i, ref+id)
			}
			c.add("imports.tf", text.String())
			for _, args := range [][]string{{"plan", "-out=imports"}, {"apply", "imports"}, {"plan", "-detailed-exitcode"}} {
				c.server.ResetJournal()
				c.mustRun(append([]string{args[0], "-input=false"}, args[1:]...)...)
				single := c.server.Count(http.MethodGet, "/tasks/")
				if all := c.server.Count("", ""); single > 1 || all > 3 {
					t.Errorf("%v: %d requests, %d of them for single tasks", args, all, single)
				}
				c.wroteNothing()
			}
		})
	}
}

// TestQueryGeneratesImports lets the CLI generate a configuration for the tasks that it finds, and
// applies it. Neither this apply nor a later plan changes anything.
func TestQueryGeneratesImports(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]struct {
		config    string
		completed int
	}{
		"process":  {fmt.Sprintf("run_id = %q", sandbox.SeedRunID), 5},
		"one-offs": {"", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCLI(t, sandbox.Config{})
			c.needsTerraform(1, 14)
			sandbox.Seed(c.server)
			for _, id := range []string{
				sandbox.SeedPlainTaskID, sandbox.SeedApprovalTaskID, sandbox.SeedSecurityTaskID, sandbox.SeedExpiringTaskID, sandbox.SeedEmailTaskID, sandbox.SeedOneOffTaskID,
			} {
				c.server.CompleteOutside(id, sandbox.SeedColleagueID, new(false))
			}
			c.server.ResetJournal()
			c.add("all.tfquery.hcl", "list \"tallyfy_task_completion\" \"all\" {\n  provider         = tallyfy\n  include_resource = true\n  config {\n    "+what.config+"\n  }\n}\n")
			out := c.mustRun("query", "-generate-config-out=generated.tf")
			if got := strings.Count(out, "list.tallyfy_task_completion.all "); got != what.completed {
				t.Errorf("%d results, want %d:\n%s", got, what.completed, out)
			}
			c.mustRun("apply", "-input=false", "-auto-approve")
			c.mustRun("plan", "-input=false", "-detailed-exitcode")
			if got := strings.Count(c.mustRun("state", "list"), "tallyfy_task_completion."); got != what.completed {
				t.Errorf("%d tasks were imported, want %d", got, what.completed)
			}
			c.wroteNothing()
		})
	}
}

// TestOlderCLIsSeeTheSameSchema reads the schema that the CLI shows. Neither Terraform before 1.14
// nor OpenTofu supports actions and queries.
func TestOlderCLIsSeeTheSameSchema(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	version := c.cliVersion()
	out := c.mustRun("providers", "schema", "-json")
	var shown struct {
		Schemas map[string]struct {
			Resources map[string]any `json:"resource_schemas"`
			Actions   map[string]any `json:"action_schemas"`
			Lists     map[string]any `json:"list_resource_schemas"`
		} `json:"provider_schemas"`
	}
	if err := json.Unmarshal([]byte(out), &shown); err != nil {
		t.Fatal(err)
	}
	knows := !version.OpenTofu && version.AtLeast(1, 14)
	for _, schema := range shown.Schemas {
		if schema.Resources["tallyfy_task_completion"] == nil || (len(schema.Actions) == 1) != knows || (len(schema.Lists) == 1) != knows {
			t.Errorf("%+v shows %d resources, %d actions and %d lists", version, len(schema.Resources), len(schema.Actions), len(schema.Lists))
		}
	}
	if len(shown.Schemas) != 1 {
		t.Errorf("%d providers", len(shown.Schemas))
	}
}
