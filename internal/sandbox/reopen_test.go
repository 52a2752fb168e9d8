// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestReopen(t *testing.T) {
	added := processTask()
	added.Type = "approval"
	added.Fields = []sandbox.Field{{ID: field, Type: "text"}}
	added.Taskdata = map[string]any{field: "kept"}
	c := start(t, sandbox.Config{}, added)
	c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"is_approved":true`))

	got := c.expect(http.StatusOK, http.MethodDelete, runPost+"/"+task, "")
	for key, want := range map[string]string{
		"status":                 `"in-progress"`,
		"completed_at":           `null`,
		"completer_id":           `null`,
		"completer_guest_id":     `null`,
		"is_approved":            `null`,
		"tasks_changed_by_rules": `[]`,
		"taskdata":               `absent`,
	} {
		c.check(got, want, "data", key)
	}
	if kept := c.state().Taskdata[field]; kept != "kept" {
		t.Errorf("the task holds %v", kept)
	}
	if c.Reopens(task) != 1 || c.Webhooks(task) != 1 {
		t.Errorf("%d reopenings, %d webhooks", c.Reopens(task), c.Webhooks(task))
	}

	c.check(c.expect(422, http.MethodDelete, runPost+"/"+task, ""), `"This task is not completed."`, "message")
	if c.Reopens(task) != 1 {
		t.Error("a refused reopening was counted")
	}
}

func TestReopenOneOff(t *testing.T) {
	c := start(t, sandbox.Config{}, oneOff())
	c.expect(http.StatusOK, http.MethodPost, orgPost, completion)
	got := c.expect(http.StatusOK, http.MethodDelete, orgPost+"/"+task, "")
	c.check(got, `null`, "data", "is_approved")
	c.check(got, `absent`, "data", "tasks_changed_by_rules")
}

func TestReopenRoutingTrap(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.CompleteOutside(task, 7, nil)
	c.expect(http.StatusNotFound, http.MethodDelete, orgPost+"/"+task, "")
	c.expect(http.StatusNotFound, http.MethodDelete, otherPost+"/"+task, "")
	c.expect(http.StatusNotFound, http.MethodDelete, runPost+"/unknown", "")
	if c.Reopens(task) != 0 || c.Reopens("unknown") != 0 {
		t.Error("something was reopened")
	}
}

func TestReopenAssigneesOnly(t *testing.T) {
	added := processTask()
	added.AssigneesOnly = true
	c := start(t, sandbox.Config{}, added)
	c.CompleteOutside(task, 7, nil)
	c.expect(http.StatusForbidden, http.MethodDelete, runPost+"/"+task, "")
}

func TestReopenHiddenTask(t *testing.T) {
	added := processTask()
	added.Hidden = true
	c := start(t, sandbox.Config{}, added)
	c.CompleteOutside(task, 7, nil)
	c.check(c.expect(http.StatusOK, http.MethodDelete, runPost+"/"+task, ""), `"auto-skipped"`, "data", "status")
}
