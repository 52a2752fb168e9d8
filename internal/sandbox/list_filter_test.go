// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestListOwners(t *testing.T) {
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
		{orgTasks + "?guests=1001,x", "guest"},
		{orgTasks + "?guests=100", ""},
		{orgTasks + "?groups=96", ""},
		{"/organizations/" + org + "/users/7/tasks", "shared"},
		{"/organizations/" + org + "/users/1001/tasks", "mine shared done"},
		{"/organizations/" + org + "/users/1001/tasks?status=active", "mine shared"},
		{"/organizations/" + org + "/users/8/tasks", ""},
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

// TestListDates filters tasks that were created on 2035-06-06.
func TestListDates(t *testing.T) {
	c := start(t, sandbox.Config{},
		sandbox.Task{ID: "fourth", RunID: run, Deadline: "2035-06-04T17:00:00Z"},
		sandbox.Task{ID: "fifth", RunID: run, Deadline: "2035-06-06T01:00:00+02:00"},
		sandbox.Task{ID: "sixth", Deadline: "2035-06-06T00:00:00Z"},
		sandbox.Task{ID: "none", RunID: run, OneOff: true},
	)
	for query, want := range map[string]string{
		"deadline_on=2035-06-05":                             "fifth",
		"deadline_on=2035-06-05&deadline_before=2035-06-05":  "fifth",
		"deadline_before=2035-06-05":                         "fourth",
		"deadline_after=2035-06-05":                          "sixth",
		"deadline_start_range=2035-06-05":                    "fifth sixth",
		"deadline_end_range=2035-06-05":                      "fourth fifth",
		"deadline_after=2035-06-04&deadline_before=05/06/35": "fifth sixth",
		"created=2035-06-06":                                 "fourth fifth sixth none",
		"created=2035-06-01:2035-06-05":                      "",
		"created=2035-06-06:2035-06-07":                      "fourth fifth sixth none",
		"is_oneoff=true":                                     "sixth none",
		"is_oneoff=false":                                    "fourth fifth",
	} {
		t.Run(query, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?"+query, "")); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	// A process's list has the filters by deadline, and not those of the organization.
	for query, want := range map[string]string{"deadline_on=2035-06-05": "fifth", "is_oneoff=true": "fourth fifth none", "created=2001-01-01": "fourth fifth none"} {
		if got := ids(c.expect(http.StatusOK, http.MethodGet, runTasks+"?"+query, "")); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}
