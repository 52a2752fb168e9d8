// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestArchiveTask(t *testing.T) {
	c := start(t, sandbox.Config{}, oneOff())
	for range 2 {
		if got := c.expect(http.StatusNoContent, http.MethodDelete, orgTask, ""); got.raw != "" {
			t.Errorf("the body is %q", got.raw)
		}
	}
	if !c.state().Archived {
		t.Error("it is not archived")
	}
	if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks, "")); got != "" {
		t.Errorf("the list shows %q", got)
	}
	if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?archived=only", "")); got != task {
		t.Errorf("the list of archived tasks shows %q", got)
	}
	c.expect(422, http.MethodPost, orgPost, completion)

	got := c.expect(http.StatusOK, http.MethodPut, orgTask+"/restore", "")
	c.check(got, "null", "data", "archived_at")
	c.expect(http.StatusOK, http.MethodPost, orgPost, completion)

	c.expect(http.StatusNoContent, http.MethodDelete, orgTask+"/delete", "")
	c.expect(http.StatusNotFound, http.MethodGet, orgTask, "")
	for method, path := range map[string]string{http.MethodDelete: orgTask, http.MethodPut: orgTask + "/restore"} {
		c.expect(http.StatusNotFound, method, path, "")
	}
}

func TestArchiveTaskOfProcess(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	for _, path := range []string{orgTask, orgTask + "/delete"} {
		got := c.expect(422, http.MethodDelete, path, "")
		c.check(got, `"Cannot delete linked tasks."`, "message")
	}
	if c.state().Archived {
		t.Error("it is archived")
	}
}
