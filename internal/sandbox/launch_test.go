// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestLaunch(t *testing.T) {
	c := start(t, sandbox.Config{})
	sandbox.Seed(c.Server)
	launch := func(more string) string {
		got := c.expect(http.StatusCreated, http.MethodPost, orgRuns, `{"checklist_id":"`+sandbox.SeedTemplateID+`"`+more+`}`)
		c.check(got, `"`+sandbox.SeedTemplateID+`"`, "data", "checklist_id")
		c.check(got, `"Launch a service"`, "data", "checklist_title")
		c.check(got, `1001`, "data", "started_by")
		c.check(got, `{"complete":0,"percent":0,"total":8}`, "data", "progress")
		return createdID(t, got)
	}
	first, second := launch(`,"name":"Launch the search"`), launch("")
	if first == second {
		t.Fatalf("two processes have the ID %s", first)
	}
	got := c.expect(http.StatusOK, http.MethodGet, orgRuns+"/"+second, "")
	c.check(got, `"Launch a service - 2035-06-06"`, "data", "name")

	statuses := map[string]string{}
	for _, row := range c.expect(http.StatusOK, http.MethodGet, orgRuns+"/"+first+"/tasks?per_page=100&with=form_fields", "").rows() {
		title, _ := row["title"].(string)
		statuses[title], _ = row["status"].(string)
		id, _ := row["id"].(string)
		if _, seeded := c.Task(id); !seeded || strings.HasPrefix(id, "7a5c0000") || row["run_id"] != first {
			t.Errorf("%s has the ID %s in %v", title, id, row["run_id"])
		}
		if task, _ := c.Task(id); title == "Provision the VPC" && (len(task.Fields) != 10 || task.Fields[0].ID != sandbox.SeedVPCIDField) {
			t.Errorf("its form is %+v", task.Fields)
		}
	}
	if len(statuses) != 8 || statuses["Escalate to the on-call team"] != "auto-skipped" {
		t.Errorf("the tasks are %v", statuses)
	}
	c.expect(http.StatusOK, http.MethodDelete, orgRuns+"/"+first, "")
}

func TestLaunchRefusals(t *testing.T) {
	c := start(t, sandbox.Config{})
	c.AddTemplate("t", "T")
	c.expect(422, http.MethodPost, orgRuns, `{"name":"x"}`)
	c.expect(422, http.MethodPost, orgRuns, `{"checklist_id":"t","name":"`+strings.Repeat("x", 551)+`"}`)
	c.expect(http.StatusNotFound, http.MethodPost, orgRuns, `{"checklist_id":"u"}`)
	if rows := c.expect(http.StatusOK, http.MethodGet, orgRuns, "").rows(); len(rows) != 0 {
		t.Errorf("%d processes were launched", len(rows))
	}
	c.expect(http.StatusCreated, http.MethodPost, orgRuns, `{"checklist_id":"t"}`)
	if rows := c.expect(http.StatusOK, http.MethodGet, orgRuns+"?checklist_id=t", "").rows(); len(rows) != 1 {
		t.Errorf("%d processes are of the template", len(rows))
	}
	if rows := c.expect(http.StatusOK, http.MethodGet, orgRuns+"?checklist_id=u", "").rows(); len(rows) != 0 {
		t.Errorf("%d processes are of another template", len(rows))
	}
}
