// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestComment(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	got := c.expect(http.StatusCreated, http.MethodPost, orgTask+"/comment", `{"content":"Reopened for a retry."}`)
	c.check(got, `{"content":"Reopened for a retry.","created_at":"2035-06-06T12:00:00Z","creator_id":1001,"label":"comment"}`, "data")
	got = c.expect(http.StatusCreated, http.MethodPost, orgTask+"/comment", `{"content":"x","label":"advice"}`)
	c.check(got, `"advice"`, "data", "label")
	c.expect(422, http.MethodPost, orgTask+"/comment", `{"content":""}`)
	c.expect(http.StatusNotFound, http.MethodPost, orgTasks+"/unknown/comment", `{"content":"x"}`)
}

func TestRunFields(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: field, Label: "Region", Type: "dropdown", Options: []string{"west"}}}
	elsewhere := sandbox.Task{ID: "elsewhere", RunID: other, Fields: []sandbox.Field{{ID: "f2", Type: "text"}}}
	c := start(t, sandbox.Config{}, added, elsewhere)
	got := c.expect(http.StatusOK, http.MethodGet, theRun+"/form-fields", "")
	c.check(got, `[{"alias":null,"columns":[],"field_type":"dropdown","id":"`+field+`","label":"Region",`+
		`"options":[{"id":1,"text":"west","value":null}],"position":1,"required":false,"task_id":"`+task+`"}]`, "data")
	c.expect(http.StatusNotFound, http.MethodGet, orgRuns+"/unknown/form-fields", "")
}
