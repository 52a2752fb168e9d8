// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestDestroyWithoutATokenAndAProcess destroys completions of a deleted process in an environment
// without a token. A destroy that reads nothing and reopens nothing sends no request, so it must
// succeed. The error of any other destroy says what to do.
func TestDestroyWithoutATokenAndAProcess(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	sandbox.Seed(c.server)
	config := fmt.Sprintf("terraform {\n  required_providers {\n    tallyfy = {\n      source = \"tallyfy/tallyfy\"\n    }\n  }\n}\n"+
		"data \"tallyfy_run\" \"it\" {\n  run_id = %q\n}\n"+
		"resource \"tallyfy_task_completion\" \"it\" {\n  run_id  = %q\n  task_id = data.tallyfy_run.it.task_ids[\"announce-the-maintenance-window\"]\n}\n",
		sandbox.SeedRunID, sandbox.SeedRunID)
	if err := os.WriteFile(filepath.Join(c.folder, "main.tf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(c.folder, "main.tf.json")); err != nil {
		t.Fatal(err)
	}
	c.mustRun("apply", "-input=false", "-auto-approve")
	c.server.Inject(sandbox.Fault{PathPart: "/runs/", Status: http.StatusNotFound, Times: -1, Body: `{"error":true,"message":"Resource not found","code":"RESOURCE_NOT_FOUND"}`})

	if said, code := c.run("destroy", "-input=false", "-auto-approve"); code == 0 || !strings.Contains(flat(said), "terraform destroy -refresh=false") {
		t.Errorf("a destroy of completions of a deleted process ended with %d:\n%s", code, said)
	}
	c.server.ResetJournal()
	var out bytes.Buffer
	command := c.command("destroy", "-input=false", "-auto-approve", "-refresh=false")
	command.Env = append(command.Env, "TALLYFY_ACCESS_TOKEN=")
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); err != nil || !strings.Contains(out.String(), "1 destroyed") {
		t.Errorf("%v:\n%s", err, out.String())
	}
	if requests := len(c.server.Journal()); requests != 0 || c.server.Reopens(sandbox.SeedPlainTaskID) != 0 {
		t.Errorf("%d requests were made", requests)
	}
}

// flat removes the frame and the line breaks from a text of the CLI.
func flat(said string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(said)), " ")
}

// TestSavedPlanForAnotherOrganization applies a saved plan with another organization in the
// environment. It must not complete a task of that organization.
func TestSavedPlanForAnotherOrganization(t *testing.T) {
	t.Parallel()
	c := newCLI(t, sandbox.Config{})
	sandbox.Seed(c.server)
	c.configure(map[string]any{"it": map[string]any{"run_id": sandbox.SeedRunID, "task_id": sandbox.SeedPlainTaskID}})
	c.mustRun("plan", "-input=false", "-out=planned")
	c.server.ResetJournal()
	var out bytes.Buffer
	command := c.command("apply", "-input=false", "planned")
	command.Env = append(command.Env, "TALLYFY_ORG_ID=another")
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); err == nil || !strings.Contains(flat(out.String()), "Provider produced inconsistent final plan") || !strings.Contains(flat(out.String()), ".organization_id") {
		t.Errorf("%v:\n%s", err, out.String())
	}
	if len(c.server.Journal()) != 0 {
		t.Error("requests were made")
	}
}
