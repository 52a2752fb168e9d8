// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestList_owners(t *testing.T) {
	c := start(t, sandbox.Config{},
		sandbox.Task{ID: "mine", RunID: run, Owners: sandbox.Owners{Users: []int64{sandbox.CallerID}}},
		sandbox.Task{ID: "shared", RunID: run, Owners: sandbox.Owners{Users: []int64{7, sandbox.CallerID}}},
		sandbox.Task{ID: "guest", RunID: run, Owners: sandbox.Owners{Guests: []string{"1001"}}},
		sandbox.Task{ID: "nobody", RunID: run},
		sandbox.Task{ID: "done", RunID: run, Status: "completed", Owners: sandbox.Owners{Users: []int64{sandbox.CallerID}}},
	)
	for _, test := range []struct{ path, want string }{
		{orgTasks + "?owners=1001", "mine shared done"},
		{runTasks + "?owners=7,%208", "shared"},
		{orgTasks + "?owners=me", ""},
		{orgTasks + "?owners=", "mine shared guest nobody done"},
		{orgTasks + "?unassigned=true", "nobody"},
		{runTasks + "?unassigned=false", "mine shared guest nobody done"},
		{"/organizations/" + org + "/me/tasks", "mine shared"},
		{"/organizations/" + org + "/me/tasks?status=all", "mine shared done"},
	} {
		t.Run(test.path, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, test.path, "")); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	application := token(c.ask(form, grant().Encode()))
	if got := c.as(application, http.MethodGet, "/organizations/"+org+"/me/tasks", ""); got.status != http.StatusUnauthorized {
		t.Errorf("an application got %d", got.status)
	}
}

func TestList_sort(t *testing.T) {
	c := start(t, sandbox.Config{},
		sandbox.Task{ID: "late", Deadline: "2035-07-02T09:00:00Z"},
		sandbox.Task{ID: "none"},
		sandbox.Task{ID: "soon", Deadline: "2035-06-07T09:00:00+02:00"},
		sandbox.Task{ID: "never"},
	)
	for sort, want := range map[string]string{
		"":             "late none soon never",
		"newest":       "never soon none late",
		"-newest":      "late none soon never",
		"deadline":     "soon late none never",
		"-deadline":    "late soon none never",
		"alphabetical": "late none soon never",
	} {
		t.Run(sort, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?sort="+sort, "")); got != want {
				t.Errorf("sort=%s: got %q, want %q", sort, got, want)
			}
		})
	}
}
