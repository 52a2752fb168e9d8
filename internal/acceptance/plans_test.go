// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// The warnings of a plan depend on the CLI: it plans a replacement twice and shows only the
// warnings of the first time, and it plans a tainted resource as a new one. These tests use a real
// CLI.

// planner plans and applies configurations for a seeded sandbox with a CLI.
type planner struct{ *cli }

func newPlanner(t *testing.T) planner {
	t.Helper()
	c := newCLI(t, sandbox.Config{})
	sandbox.Seed(c.server)
	return planner{c}
}

// hcl writes the configuration.
func (p planner) hcl(blocks string) {
	p.Helper()
	_ = os.Remove(filepath.Join(p.folder, "main.tf.json")) // which newCLI has written
	text := "terraform {\n  required_providers {\n    tallyfy = { source = \"tallyfy/tallyfy\" }\n  }\n}\n" + blocks
	if err := os.WriteFile(filepath.Join(p.folder, "main.tf"), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
}

// says runs a command and returns its diagnostics, one on each line, and its exit code.
func (p planner) says(args ...string) (said string, code int) {
	p.Helper()
	out, code := p.run(append([]string{args[0], "-json", "-input=false"}, args[1:]...)...)
	for line := range strings.Lines(out) {
		var message struct {
			Diagnostic struct{ Severity, Summary, Detail string }
		}
		if json.Unmarshal([]byte(line), &message) == nil && message.Diagnostic.Summary != "" {
			d := message.Diagnostic
			said += strings.Join(strings.Fields(d.Severity+": "+d.Summary+": "+d.Detail), " ") + "\n"
		}
	}
	return said, code
}

// applied applies the configuration and clears the journal. It fails the test if the apply fails.
func (p planner) applied(blocks string) {
	p.Helper()
	p.hcl(blocks)
	p.mustRun("apply", "-input=false", "-auto-approve")
	p.server.ResetJournal()
}

// wrote returns the methods of the writes.
func (p planner) wrote() string {
	var methods []string
	for _, entry := range p.server.Journal() {
		if entry.Method != http.MethodGet {
			methods = append(methods, entry.Method)
		}
	}
	return strings.Join(methods, " ")
}

// completionBlock returns the block of a completion of a task of the seeded process.
func completionBlock(name, task string, lines ...string) string {
	return fmt.Sprintf("resource \"tallyfy_task_completion\" %q {\n  run_id = %q\n  task_id = %q\n  %s\n}\n", name, sandbox.SeedRunID, task, strings.Join(lines, "\n  "))
}

const (
	vpcID  = sandbox.SeedVPCTaskID
	plain  = sandbox.SeedPlainTaskID
	reopen = "reopen_on_destroy = true"
)

func vpcValue(value string) string { return fmt.Sprintf("form_fields = { \"VPC id\" = %q }", value) }

func TestPlansOfReplacements(t *testing.T) {
	t.Parallel()
	trigger := func(input string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"build\" { input = %q }\n", input)
	}
	onBuild := "lifecycle { replace_triggered_by = [terraform_data.build.output] }"
	dependent := "resource \"terraform_data\" \"after\" { triggers_replace = tallyfy_task_completion.t.id }\n"
	for name, c := range map[string]struct {
		before, after string
		taint         bool
		args          []string
		fails         bool
		says          []string // parts of the plan's diagnostics; empty if it has none
		never         string
		wrote         string // by the apply
		task          string // that is completed then; empty for the plain task
	}{
		"another task": {
			before: completionBlock("t", plain), after: completionBlock("t", vpcID),
			says:  []string{"warning: Destroy Does Not Reopen the Task: ", "warning: Required Field Is Empty: Provision the VPC: "},
			fails: false, wrote: "POST", task: "open",
		},
		"another task, mistyped": {
			before: completionBlock("t", plain), after: completionBlock("t", vpcID[:31]),
			says: []string{"error: Task Cannot Be Found: ", "Did you mean"}, fails: true,
		},
		"another task, before the old one is destroyed": {
			before: completionBlock("t", plain, reopen), after: completionBlock("t", vpcID, reopen, vpcValue("vpc-1"), "lifecycle { create_before_destroy = true }"),
			says: []string{"warning: Destroy Reopens the Task: "}, wrote: "PUT POST DELETE", task: vpcID,
		},
		"tainted": {
			before: completionBlock("t", plain, reopen), after: completionBlock("t", plain, reopen), taint: true,
			says:  []string{"warning: Task Is Already Completed: ", "sends no completion, unless the same apply reopens the task first and completes it again. A destroy with reopen_on_destroy"},
			wrote: "DELETE POST",
		},
		"tainted, another value": {
			before: completionBlock("t", vpcID, reopen, vpcValue("vpc-1")), after: completionBlock("t", vpcID, reopen, vpcValue("vpc-2")), taint: true,
			says:  []string{"warning: Task Is Already Completed Differently: Provision the VPC: ", "sends no completion, unless the same apply reopens the task first"},
			wrote: "DELETE PUT POST", task: vpcID,
		},
		"tainted, another value, nothing reopens it": {
			before: completionBlock("t", vpcID, vpcValue("vpc-1")), after: completionBlock("t", vpcID, vpcValue("vpc-2")), taint: true,
			says: []string{"error: Task Is Already Completed Differently: ", "run terraform untaint first"}, never: "it is not in the state.", fails: true,
		},
		"-replace": {
			before: completionBlock("t", plain, reopen) + dependent, after: completionBlock("t", plain, reopen) + dependent, args: []string{"-replace=tallyfy_task_completion.t"},
			wrote: "DELETE POST",
		},
		"-replace, another value": {
			before: completionBlock("t", vpcID, reopen, vpcValue("vpc-1")), after: completionBlock("t", vpcID, reopen, vpcValue("vpc-2")), args: []string{"-replace=tallyfy_task_completion.t"},
			says:  []string{"warning: Update Reopens the Task and Completes It Again: "},
			wrote: "DELETE PUT POST", task: vpcID,
		},
		"-replace, another value, nothing reopens it": {
			before: completionBlock("t", vpcID, vpcValue("vpc-1")), after: completionBlock("t", vpcID, vpcValue("vpc-2")), args: []string{"-replace=tallyfy_task_completion.t"},
			says: []string{"error: Task Is Already Completed Differently: ", "do not replace it"}, fails: true,
		},
		"replace_triggered_by": {
			before: trigger("1") + completionBlock("t", plain, reopen, onBuild), after: trigger("2") + completionBlock("t", plain, reopen, onBuild),
			wrote: "DELETE POST",
		},
		"replace_triggered_by, another value": {
			before: trigger("1") + completionBlock("t", vpcID, reopen, vpcValue("vpc-1"), onBuild), after: trigger("2") + completionBlock("t", vpcID, reopen, vpcValue("vpc-2"), onBuild),
			says:  []string{"warning: Update Reopens the Task and Completes It Again: "},
			wrote: "DELETE PUT POST", task: vpcID,
		},
		"renamed": {
			before: completionBlock("t", plain, reopen), after: completionBlock("u", plain, reopen) + "moved {\n  from = tallyfy_task_completion.t\n  to = tallyfy_task_completion.u\n}\n",
		},
		"removed": {
			before: completionBlock("t", plain, reopen), after: "removed {\n  from = tallyfy_task_completion.t\n  lifecycle { destroy = false }\n}\n",
			says: []string{"warning: ", "managed"}, never: "Reopens", // by the CLI; the words depend on it
		},
		"destroyed, which is known": {
			before: completionBlock("t", plain, "reopen_on_destroy = false"), after: "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlanner(t)
			p.applied(c.before)
			if c.taint {
				p.mustRun("taint", "tallyfy_task_completion.t")
			}
			p.hcl(c.after)
			said, code := p.says(append([]string{"plan", "-out=planned"}, c.args...)...)
			if (code != 0) != c.fails || c.says == nil && said != "" || c.never != "" && strings.Contains(said, c.never) {
				t.Fatalf("the plan ended with %d:\n%s", code, said)
			}
			for _, part := range c.says {
				if !strings.Contains(said, part) && !strings.Contains(strings.ToLower(said), strings.ToLower(part)) {
					t.Errorf("%q is missing in:\n%s", part, said)
				}
			}
			if wrote := p.wrote(); wrote != "" {
				t.Errorf("the plan sent %s", wrote)
			}
			if c.fails {
				return
			}
			if name == "-replace" {
				out := p.mustRun("show", "planned")
				if !strings.Contains(out, "Plan: 1 to add, 0 to change, 1 to destroy.") {
					t.Errorf("it replaces more than the completion:\n%s", out)
				}
			}
			said, code = p.says("apply", "planned")
			if open := c.task == "open"; (code != 0) != open || p.wrote() != c.wrote {
				t.Errorf("the apply ended with %d and sent %q, want %q:\n%s", code, p.wrote(), c.wrote, said)
			}
			id := c.task
			if id == "" {
				id = plain
			}
			if task, _ := p.server.Task(id); c.task != "open" && task.CompletedAt == "" {
				t.Error("the task is open")
			}
		})
	}
}

// A replacement is planned twice, and its task is read once.
func TestPlanOfAReplacementReadsOnce(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	p.applied(completionBlock("t", plain))
	p.hcl(completionBlock("t", vpcID, vpcValue("vpc-1")))
	p.mustRun("plan", "-input=false")
	p.expectRequests(map[string]int{"GET of a task": 2}) // the refresh of the old task and the check of the new one
}

// A rejected token causes one warning, however many blocks there are, and the plan succeeds.
func TestPlanWithARefusedToken(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	var blocks strings.Builder
	for n := range 12 {
		blocks.WriteString(completionBlock(fmt.Sprintf("t%d", n), fmt.Sprintf("7a5c%028d", n)))
	}
	p.hcl(blocks.String())
	p.server.Inject(sandbox.Fault{Status: http.StatusUnauthorized, Times: -1})
	said, code := p.says("plan", "-parallelism=1")
	if code != 0 || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "warning: Tasks Could Not Be Checked: ") || !strings.Contains(said, "the environment variable TALLYFY_ACCESS_TOKEN") {
		t.Errorf("the plan ended with %d:\n%s", code, said)
	}
	// Without parallelism, the first block is checked before Terraform validates the others.
	p.expectRequests(map[string]int{"GET of a task": 1})
}

// The plan reports blocks that contradict each other about one task. The apply of equal blocks
// completes the task once.
func TestPlanOfTwoBlocksForATask(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	approve := func(name, decision string) string {
		return completionBlock(name, sandbox.SeedApprovalTaskID, "is_approved = "+decision)
	}
	p.hcl(approve("a", "true") + approve("b", "false"))
	said, code := p.says("plan")
	if code == 0 || !strings.Contains(said, "error: Blocks Contradict Each Other: Approve the change: ") {
		t.Errorf("the plan ended with %d:\n%s", code, said)
	}
	p.hcl(approve("a", "true") + approve("b", "true"))
	if said, code = p.says("apply", "-auto-approve"); code != 0 || strings.Contains(said, "Contradict") || p.wrote() != "POST" {
		t.Errorf("the apply ended with %d and sent %s:\n%s", code, p.wrote(), said)
	}
}

// Several tasks with an empty required field are named, although a CLI prints only one of the
// warnings with the same title.
func TestPlanNamesEachTaskToActOn(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	var blocks strings.Builder
	for n := range 3 {
		id := fmt.Sprintf("7a5c%028d", 900+n)
		p.server.AddTask(sandbox.Task{ID: id, RunID: sandbox.SeedRunID, Title: fmt.Sprintf("Step %d", n), Fields: []sandbox.Field{{ID: "f1", Label: "Needed", Type: "text", Required: true}}})
		blocks.WriteString(completionBlock(fmt.Sprintf("t%d", n), id))
	}
	p.hcl(blocks.String())
	out := p.mustRun("plan", "-input=false")
	for n := range 3 {
		if !strings.Contains(out, fmt.Sprintf("Required Field Is Empty: Step %d", n)) {
			t.Errorf("step %d is not named:\n%s", n, out)
		}
	}
}

// After an import, the plan says that values that the task already has are not sent.
func TestPlanAfterAnImport(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	p.server.CompleteOutsideWith(vpcID, sandbox.SeedColleagueID, nil, map[string]any{sandbox.SeedVPCIDField: "vpc-1"})
	p.hcl(completionBlock("t", vpcID, vpcValue("vpc-1")) + fmt.Sprintf("import {\n  to = tallyfy_task_completion.t\n  id = %q\n}\n", sandbox.SeedRunID+"/"+vpcID))
	said, code := p.says("plan", "-out=planned")
	if code != 0 || !strings.HasPrefix(said, "warning: Task Is Already as Configured: ") || !strings.Contains(said, "no completion is sent") {
		t.Errorf("the plan ended with %d:\n%s", code, said)
	}
	if said, code = p.says("apply", "planned"); code != 0 || p.wrote() != "" {
		t.Errorf("the apply ended with %d and sent %q:\n%s", code, p.wrote(), said)
	}
}

// A CLI prints only one of several warnings with the same summary. What concerns each task is
// printed for each.
func TestEachTaskIsWarnedAbout(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	names := map[string]string{"Approve the change": sandbox.SeedApprovalTaskID, "Accept the security review": sandbox.SeedSecurityTaskID}
	decide := func(approved bool) string {
		text := ""
		for title, id := range names {
			text += completionBlock(strings.Fields(title)[0], id, fmt.Sprintf("is_approved = %t", approved), reopen)
		}
		return text
	}
	warns := func(summary string, args ...string) {
		t.Helper()
		out, _ := p.run(append(args, "-input=false", "-no-color")...)
		for title := range names {
			if want := "Warning: " + summary + ": " + title + "\n"; strings.Count(out, want) != 1 {
				t.Errorf("%v does not say once %q:\n%s", args, want, out)
			}
		}
	}
	p.applied(decide(true))
	warns("Destroy Reopens the Task", "plan", "-destroy")
	p.hcl(decide(false))
	warns("Update Reopens the Task and Completes It Again", "plan")
	p.hcl(decide(true))
	p.mustRun("state", "rm", "tallyfy_task_completion.Approve", "tallyfy_task_completion.Accept")
	warns("Task Is Already Completed", "plan")
	warns("Task Was Already Completed", "apply", "-auto-approve")
	for _, id := range names {
		p.server.ReopenOutside(id)
	}
	warns("Task Was Reopened", "plan")
}
