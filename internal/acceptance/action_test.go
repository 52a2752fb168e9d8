// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// triggered is a configuration whose action is triggered by a resource that needs no provider.
func triggered(event, more string) string {
	return fmt.Sprintf(`action "tallyfy_complete_task" "it" {
  config {
    run_id  = %q
    task_id = %q
  }
}
resource "terraform_data" "built" {
  input = "a"
  lifecycle {
    action_trigger {
      events  = [%s]
      actions = [action.tallyfy_complete_task.it]
      %s
    }
  }
}
`, sandbox.SeedRunID, sandbox.SeedPlainTaskID, event, more)
}

// newTriggered returns a CLI whose configuration triggers the action. It skips the test if
// Terraform is older than this version.
func newTriggered(t *testing.T, minor int, text string) *cli {
	t.Helper()
	c := newCLI(t, sandbox.Config{})
	c.needsTerraform(1, minor)
	sandbox.Seed(c.server)
	c.add("triggered.tf", text)
	c.mustRun("init", "-input=false")
	return c
}

// rejects makes Tallyfy reject the next completions.
func (c *cli) rejects(times int) {
	c.server.Inject(sandbox.Fault{Method: http.MethodPost, Status: http.StatusUnprocessableEntity, Body: `{"message":"Not now."}`, Times: times})
}

// posted fails the test unless these numbers of completions were sent and accepted.
func (c *cli) posted(sent, accepted int) {
	c.Helper()
	if got, done := c.server.Count(http.MethodPost, "completed-tasks"), c.server.Completions(sandbox.SeedPlainTaskID); got != sent || done != accepted {
		c.Errorf("%d completions were sent and %d accepted, want %d and %d", got, done, sent, accepted)
	}
}

// TestActionUnderTheCLI triggers the action, and checks the progress that the CLI shows.
func TestActionUnderTheCLI(t *testing.T) {
	t.Parallel()
	c := newTriggered(t, 14, triggered("after_create", ""))
	out := c.mustRun("apply", "-input=false", "-auto-approve")
	for _, step := range []string{"Reading task " + sandbox.SeedPlainTaskID, "Completing task " + sandbox.SeedPlainTaskID, "is completed, since "} {
		if !strings.Contains(out, step) {
			t.Errorf("%q is not in\n%s", step, out)
		}
	}
	c.posted(1, 1)
	c.mustRun("apply", "-input=false", "-auto-approve")
	c.mustRun("plan", "-input=false", "-detailed-exitcode")
	c.posted(1, 1)
}

// TestFailedTriggers checks what the action's page says about a failed action.
func TestFailedTriggers(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		minor       int
		event, more string
		// failing is the exit code of the first apply, and next the number of completions that the
		// next apply sends.
		failing, next int
	}{
		"after_create":            {14, "after_create", "", 1, 0},
		"after_create, halt":      {16, "after_create", "on_failure = halt", 1, 0},
		"after_create, continue":  {16, "after_create", "on_failure = continue", 0, 0},
		"after_create, taint":     {16, "after_create", "on_failure = taint", 1, 1},
		"after_update":            {14, "after_update", "", 1, 0},
		"after_update, taint":     {16, "after_update", "on_failure = taint", 1, 0},
		"before_create":           {14, "before_create", "", 1, 1},
		"before_create, continue": {16, "before_create", "on_failure = continue", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTriggered(t, row.minor, triggered(row.event, row.more))
			if row.event == "after_update" {
				c.mustRun("apply", "-input=false", "-auto-approve")
				c.add("triggered.tf", strings.Replace(triggered(row.event, row.more), `input = "a"`, `input = "b"`, 1))
			}
			c.rejects(1)
			out, code := c.run("apply", "-input=false", "-auto-approve")
			if code != row.failing || !strings.Contains(out, "Task Was Not Completed") {
				t.Errorf("it ended with %d:\n%s", code, out)
			}
			c.posted(1, 0)
			c.mustRun("apply", "-input=false", "-auto-approve")
			c.posted(1+row.next, row.next)
			if row.next > 0 {
				return
			}
			c.mustRun("apply", "-input=false", "-auto-approve", "-invoke=action.tallyfy_complete_task.it") // as the error advises
			c.posted(2, 1)
		})
	}
}

// TestActionWarningsAreShown invokes the action for a completed task, which causes a warning.
func TestActionWarningsAreShown(t *testing.T) {
	t.Parallel()
	c := newTriggered(t, 14, triggered("after_create", ""))
	c.server.CompleteOutside(sandbox.SeedPlainTaskID, sandbox.SeedColleagueID, nil)
	if out := c.mustRun("apply", "-input=false", "-auto-approve"); !strings.Contains(strings.Join(strings.Fields(out), " "), "Warning: Task Was Already Completed: ") {
		t.Errorf("the warning is not among the progress:\n%s", out)
	}
	c.wroteNothing()
}

// TestActionValuesAreInThePlanFile finds a sensitive value in a plan file, which the action's page
// warns about.
func TestActionValuesAreInThePlanFile(t *testing.T) {
	t.Parallel()
	const secret = "correct-horse-battery-staple"
	text := "variable \"secret\" {\n  sensitive = true\n  default   = \"" + secret + "\"\n}\n" +
		strings.Replace(triggered("after_create", ""), sandbox.SeedPlainTaskID+"\"", sandbox.SeedVPCTaskID+"\"\n    form_fields = { \"VPC id\" = var.secret }", 1)
	c := newTriggered(t, 14, text)
	if out := c.mustRun("plan", "-input=false", "-out=planned"); strings.Contains(out, secret) {
		t.Errorf("the plan shows it:\n%s", out)
	}
	archive, err := zip.OpenReader(filepath.Join(c.folder, "planned"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	plan, err := archive.Open("tfplan")
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(plan); err != nil || !bytes.Contains(content, []byte(secret)) {
		t.Errorf("the plan file does not contain the value, and the page says so (%v)", err)
	}
	out := c.mustRun("apply", "-input=false", "planned")
	if held, _ := c.server.Task(sandbox.SeedVPCTaskID); held.Taskdata[sandbox.SeedVPCIDField] != secret || strings.Contains(out, secret) {
		t.Errorf("the task holds %v, and the CLI showed\n%s", held.Taskdata, out)
	}
}

// TestActionAndResourceInOneApply uses the action and the resource for one task.
func TestActionAndResourceInOneApply(t *testing.T) {
	t.Parallel()
	for _, event := range []string{"before_create", "after_create"} {
		t.Run(event, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(triggered(event, ""), "resource \"terraform_data\" \"built\" {\n  input = \"a\"",
				fmt.Sprintf("resource \"tallyfy_task_completion\" \"built\" {\n  task_id = %q", sandbox.SeedPlainTaskID), 1)
			c := newTriggered(t, 14, text)
			c.mustRun("apply", "-input=false", "-auto-approve")
			c.posted(1, 1)
			c.mustRun("plan", "-input=false", "-detailed-exitcode")
		})
	}
}
