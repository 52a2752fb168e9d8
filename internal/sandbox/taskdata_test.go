// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestTaskdataShown(t *testing.T) {
	const held, sent = `{"` + field + `":"held"}`, `{"` + field + `":"new"}`
	for _, test := range []struct {
		name         string
		config       sandbox.Config
		read, update string
	}{
		{"default", sandbox.Config{}, "absent", sent},
		{"shown", sandbox.Config{ShowTaskdata: true}, held, sent},
		{"hidden", sandbox.Config{HideTaskdata: true}, "absent", "absent"},
		{"both", sandbox.Config{ShowTaskdata: true, HideTaskdata: true}, "absent", "absent"},
	} {
		t.Run(test.name, func(t *testing.T) {
			added := processTask()
			added.Fields = []sandbox.Field{{ID: field, Type: "text"}}
			added.Taskdata = map[string]any{field: "held"}
			c := start(t, test.config, added)
			for _, path := range []string{orgTask, runTask, runTask + "?with=form_fields"} {
				c.check(c.expect(http.StatusOK, http.MethodGet, path, ""), test.read, "data", "taskdata")
			}
			row := reply{body: c.expect(http.StatusOK, http.MethodGet, runTasks+"?with=form_fields", "").rows()[0]}
			c.check(row, test.read, "taskdata")
			contains(t, row.at("form_fields"), `"field_value":"held"`)

			got := c.expect(http.StatusOK, http.MethodPut, runTask+"?with=form_fields", `{"taskdata":`+sent+`}`)
			c.check(got, test.update, "data", "taskdata")
			contains(t, got.at("data", "form_fields"), `"field_value":"new"`)

			completed := c.expect(http.StatusOK, http.MethodPost, runPost, completion)
			reopened := c.expect(http.StatusOK, http.MethodDelete, runPost+"/"+task, "")
			for _, got := range []reply{completed, reopened} {
				want := "absent"
				if test.read != "absent" {
					want = sent
				}
				c.check(got, want, "data", "taskdata")
			}
			if held := c.state().Taskdata[field]; held != "new" {
				t.Errorf("the task holds %v", held)
			}
		})
	}
}
