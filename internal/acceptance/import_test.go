// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
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

// TestGeneratedConfigurationPlansClean imports completions with a configuration that the CLI
// generates, which must plan no changes.
func TestGeneratedConfigurationPlansClean(t *testing.T) {
	t.Parallel()
	byID := func(id string) string { return fmt.Sprintf("id = %q", id) }
	for name, what := range map[string]string{
		"id":                  byID(sandbox.DefaultOrganization + "/" + sandbox.SeedRunID + "/" + sandbox.SeedPlainTaskID),
		"task alone":          byID(sandbox.SeedPlainTaskID),
		"approval":            byID(sandbox.SeedApprovalTaskID),
		"one-off":             byID(sandbox.SeedOneOffTaskID),
		"identity":            fmt.Sprintf("identity = {\n    run_id = %q\n    task_id = %q\n  }", sandbox.SeedRunID, sandbox.SeedApprovalTaskID),
		"identity, task":      fmt.Sprintf("identity = { task_id = %q }", sandbox.SeedPlainTaskID),
		"identity of one-off": fmt.Sprintf("identity = {\n    organization_id = %q\n    task_id = %q\n  }", sandbox.DefaultOrganization, sandbox.SeedOneOffTaskID),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCLI(t, sandbox.Config{})
			if strings.HasPrefix(what, "identity") {
				c.needs(1, 12)
			}
			sandbox.Seed(c.server)
			for _, id := range []string{sandbox.SeedPlainTaskID, sandbox.SeedApprovalTaskID, sandbox.SeedOneOffTaskID} {
				c.server.CompleteOutside(id, sandbox.SeedColleagueID, new(false))
			}
			c.add("import.tf", "import {\n  to = tallyfy_task_completion.it\n  "+what+"\n}\n")
			out, code := c.run("plan", "-input=false", "-generate-config-out=generated.tf")
			if isImplicitProviderBug(c.cliVersion(), out) {
				t.Skip("this Terraform looks for the provider of an import block in the wrong place: hashicorp/terraform#39144")
			}
			if code != 0 {
				t.Fatalf("it ended with %d:\n%s", code, out)
			}
			c.mustRun("apply", "-input=false", "-auto-approve")
			c.mustRun("plan", "-input=false", "-detailed-exitcode")
			for _, entry := range c.server.Journal() {
				if entry.Method != http.MethodGet {
					t.Errorf("%s %s was sent", entry.Method, entry.Path)
				}
			}
		})
	}
}

var implicitProviderBug = regexp.MustCompile(`^1\.16\.[0-2](-|$)`)

// isImplicitProviderBug reports whether a plan that generates a configuration failed because of a
// bug of Terraform 1.16.0 to 1.16.2, which ignores required_providers for import blocks.
func isImplicitProviderBug(version clitest.CLIVersion, out string) bool {
	return !version.OpenTofu && implicitProviderBug.MatchString(version.Text) &&
		strings.Contains(out, `unavailable provider "registry.terraform.io/hashicorp/tallyfy"`)
}

// TestIsImplicitProviderBug checks which failures are caused by Terraform.
func TestIsImplicitProviderBug(t *testing.T) {
	t.Parallel()
	const message = `Error: unavailable provider "registry.terraform.io/hashicorp/tallyfy"`
	for _, c := range []struct {
		version  string
		openTofu bool
		out      string
		want     bool
	}{
		{"1.16.0", false, message, true},
		{"1.16.2", false, message, true},
		{"1.16.0-rc2", false, message, true},
		{"1.16.20", false, message, false},
		{"1.16.3", false, message, false},
		{"1.15.9", false, message, false},
		{"1.16.0", true, message, false},
		{"1.16.0", false, "Error: Task Could Not Be Imported", false},
	} {
		t.Run(fmt.Sprintf("%s, OpenTofu %t, %s", c.version, c.openTofu, c.out), func(t *testing.T) {
			if got := isImplicitProviderBug(clitest.CLIVersion{OpenTofu: c.openTofu, Text: c.version}, c.out); got != c.want {
				t.Errorf("it is %t, want %t", got, c.want)
			}
		})
	}
}

// TestIdentityIsRecorded reads the recorded identity with CLIs that support identities.
func TestIdentityIsRecorded(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	c.needs(1, 12)
	ts := c.testCases(1)
	c.apply(ts)
	want := taskIdentity{sandbox.DefaultOrganization, ts[0].run, ts[0].task}
	for range 2 { // after the create, and after a refresh
		if got := c.recordedIdentity(); got != want {
			t.Errorf("the identity is %+v, want %+v", got, want)
		}
		c.mustRun("apply", "-input=false", "-auto-approve", "-refresh-only")
	}
}

// TestIdentityOfATaskThatIsAttachedToAProcess adds a one-off task to a process after its completion
// was recorded. The refresh that finds the process changes the identity, and later plans succeed.
func TestIdentityOfATaskThatIsAttachedToAProcess(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	sandbox.Seed(c.server)
	block := map[string]any{"task_id": sandbox.SeedOneOffTaskID}
	c.configure(map[string]any{"it": block})
	c.mustRun("apply", "-input=false", "-auto-approve")
	c.server.Update(sandbox.SeedOneOffTaskID, func(task *sandbox.Task) { task.RunID = sandbox.SeedRunID })
	c.server.ResetJournal()
	c.mustRun("plan", "-input=false", "-detailed-exitcode")
	c.mustRun("apply", "-input=false", "-auto-approve", "-refresh-only")
	c.mustRun("plan", "-input=false", "-detailed-exitcode")
	block["reopen_on_destroy"] = true
	c.configure(map[string]any{"it": block})
	c.mustRun("apply", "-input=false", "-auto-approve")
	for _, entry := range c.server.Journal() {
		if entry.Method != http.MethodGet {
			t.Errorf("%s %s was sent", entry.Method, entry.Path)
		}
	}
	if knows, _ := c.atLeast(1, 12); !knows {
		return
	}
	want := taskIdentity{sandbox.DefaultOrganization, sandbox.SeedRunID, sandbox.SeedOneOffTaskID}
	if got := c.recordedIdentity(); got != want {
		t.Errorf("the identity is %+v, want %+v", got, want)
	}
}

// recordedIdentity returns the identity of the only resource in the state file.
func (c *cli) recordedIdentity() taskIdentity {
	c.Helper()
	var state struct {
		Resources []struct {
			Instances []struct{ Identity taskIdentity }
		}
	}
	c.readState(&state)
	return state.Resources[0].Instances[0].Identity
}

type taskIdentity struct {
	OrganizationID string `json:"organization_id"`
	RunID          string `json:"run_id"`
	TaskID         string `json:"task_id"`
}

// needs skips the test if the CLI is older than this version.
func (c *cli) needs(major, minor int) {
	c.Helper()
	if enough, version := c.atLeast(major, minor); !enough {
		c.Skipf("the CLI is of version %s, and this needs %d.%d", version, major, minor)
	}
}

// atLeast reports whether the CLI has this version or a later one, and returns its version.
func (c *cli) atLeast(major, minor int) (enough bool, version string) {
	c.Helper()
	enough, version, err := c.installation.AtLeast(c.Context(), major, minor)
	if err != nil {
		c.Fatal(err)
	}
	return enough, version
}

// add adds a file to the configuration.
func (c *cli) add(name, text string) {
	c.Helper()
	if err := os.WriteFile(filepath.Join(c.folder, name), []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
}
