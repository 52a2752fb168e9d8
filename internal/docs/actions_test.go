// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// testAction applies an example with actions. Each completes its task once, and neither a second
// apply nor a destroy sends anything.
func testAction(t *testing.T, file string) {
	s := newFixture(t, file)
	tasks := regexp.MustCompile(`task_id += "([0-9a-f]+)"`).FindAllStringSubmatch(content(t, file), -1)
	s.mustRun("apply", "-input=false", "-auto-approve")
	for _, task := range tasks {
		if held, _ := s.server.Task(task[1]); held.CompletedAt == "" || s.posts(task[1]) != 1 {
			t.Errorf("task %s was completed by %d × POST", task[1], s.posts(task[1]))
		}
	}
	if sent := s.server.Count(http.MethodPost, ""); sent == 0 || sent != len(tasks) {
		t.Errorf("%d × POST for %d tasks", sent, len(tasks))
	}
	s.server.ResetJournal()
	s.mustRun("apply", "-input=false", "-auto-approve")
	s.mustRun("plan", "-input=false", "-detailed-exitcode")
	s.mustRun("destroy", "-input=false", "-auto-approve")
	s.checkWrites("what follows", 0)
}

// testQuery runs an example query of tasks that were completed by hand, and applies the
// configuration that the CLI writes of it.
func testQuery(t *testing.T, file string) {
	s := newFixture(t, file)
	for _, id := range []string{sandbox.SeedPlainTaskID, sandbox.SeedApprovalTaskID, sandbox.SeedOneOffTaskID} {
		s.server.CompleteOutside(id, sandbox.SeedColleagueID, new(true))
	}
	s.server.ResetJournal()
	out := s.mustRunIn(s.folder, "query", "-generate-config-out=generated.tf")
	for _, name := range []string{`Announce the maintenance window (process "Launch the payments service")`, "Rotate the deploy key (one-off task)"} {
		if !strings.Contains(out, name) {
			t.Errorf("%q is not in\n%s", name, out)
		}
	}
	s.mustRun("apply", "-input=false", "-auto-approve")
	s.mustRun("plan", "-input=false", "-detailed-exitcode")
	s.checkWrites("a query and its imports", 0)
	if got := len(s.completions(s.folder, "show", "-json")); got != 3 {
		t.Errorf("%d tasks were imported", got)
	}
}

// TestPagesShowTheSchema compares the pages of actions and queries with the provider's schemas,
// which the CLI need not know.
func TestPagesShowTheSchema(t *testing.T) {
	t.Parallel()
	root := filepath.Dir(examples(t))
	type attributes map[string]struct{ Description string }
	type schema struct {
		Block struct {
			Attributes attributes
			Blocks     map[string]struct {
				Block struct{ Attributes attributes }
			} `json:"block_types"`
		}
	}
	var shown struct {
		Schemas map[string]struct {
			Actions map[string]schema `json:"action_schemas"`
			Lists   map[string]schema `json:"list_resource_schemas"`
		} `json:"provider_schemas"`
	}
	readSchemas(t, &shown)
	checked := 0
	check := func(page, name string, of schema) {
		text := content(t, filepath.Join(root, "docs", page, strings.TrimPrefix(name, "tallyfy_")+".md"))
		all := []attributes{of.Block.Attributes}
		for _, nested := range of.Block.Blocks {
			all = append(all, nested.Block.Attributes)
		}
		lines := 0
		for _, attributes := range all {
			for attribute, a := range attributes {
				checked++
				lines++
				if !regexp.MustCompile("(?m)^- `" + attribute + "` \\([^)]*\\) " + regexp.QuoteMeta(a.Description) + "$").MatchString(text) {
					t.Errorf("docs/%s does not describe %s of %s as the schema does: %s", page, attribute, name, a.Description)
				}
			}
		}
		if got := len(regexp.MustCompile("(?m)^- `[a-z_]+` \\((String|Boolean|Number|Dynamic)\\) ").FindAllString(text, -1)); got != lines {
			t.Errorf("docs/%s describes %d attributes of %s, and the schema has %d", page, got, name, lines)
		}
	}
	for name, of := range shown.Schemas["tallyfy"].Actions {
		check("actions", name, of)
	}
	for name, of := range shown.Schemas["tallyfy"].Lists {
		check("list-resources", name, of)
	}
	if checked < 10 {
		t.Errorf("only %d attributes were found", checked)
	}
}
