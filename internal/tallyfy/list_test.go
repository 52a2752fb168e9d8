// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"strings"
	"testing"
)

func TestTasks(t *testing.T) {
	t.Parallel()
	page := func(ids string, of string) reply {
		return ok(`{"data":[` + ids + `],"meta":{"pagination":{"total_pages":` + of + `,"links":[]}}}`)
	}
	client, w := newScriptedClient(t, 0, page(`{"id":"t1"},{"id":"t2","status":"completed"}`, "2"), page(`{"id":3}`, `"2"`))
	var ids []string
	for found, err := range client.Tasks(t.Context(), List{Organization: org, Run: run}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, found.ID)
	}
	if len(ids) != 3 || ids[2] != "3" || len(w.requests) != 2 || w.requests[1].query != "page=2&per_page=100" || w.requests[0].path != "/api/organizations/c0ffee/runs/aaaa/tasks" {
		t.Errorf("got %v by %+v", ids, w.requests)
	}

	client, w = newScriptedClient(t, 0, page("", "1"))
	for found, err := range client.Tasks(t.Context(), List{Organization: org, Status: "complete", Archived: true, WithForm: true}) {
		t.Errorf("on an empty page there is %+v, %v", found, err)
	}
	if w.requests[0].query != "archived=true&page=1&per_page=100&status=complete&with=form_fields" || w.requests[0].path != "/api/organizations/c0ffee/tasks" {
		t.Errorf("asked %+v", w.requests)
	}

	client, w = newScriptedClient(t, 0, page(`{"id":"t1"}`, "4"))
	got, err := client.TasksPage(t.Context(), List{Organization: org, OneOff: true}, 3)
	if err != nil || len(got.Tasks) != 1 || got.Of != 4 || w.requests[0].query != "is_oneoff=true&page=3&per_page=100" {
		t.Errorf("got %+v, %v by %+v", got, err, w.requests)
	}

	client, w = newScriptedClient(t, 0, page(`{"id":"t1"}`, "9"))
	for _, err := range client.Tasks(t.Context(), List{Organization: org, Run: run}) {
		if err != nil {
			t.Error(err)
		}
		break // what is not asked for is not fetched
	}
	if len(w.requests) != 1 {
		t.Errorf("%d pages were fetched", len(w.requests))
	}

	client, w = newScriptedClient(t, 0, page(`{"id":"t1"}`, "5"), page("", "5")) // an empty page ends a list without a total
	for _, err := range client.Tasks(t.Context(), List{Organization: org, Run: run}) {
		if err != nil {
			t.Error(err)
		}
	}
	if len(w.requests) != 2 {
		t.Errorf("%d pages were fetched after an empty one", len(w.requests))
	}

	for _, bad := range []reply{{status: 404}, ok(`{"data":{}}`), ok("<html>")} {
		client, _ = newScriptedClient(t, 0, bad)
		n := 0
		for found, err := range client.Tasks(t.Context(), List{Organization: org, Run: run}) {
			n++
			if err == nil || found != nil {
				t.Errorf("%+v: got %v, %v", bad, found, err)
			}
		}
		if n != 1 {
			t.Errorf("%+v: %d elements", bad, n)
		}
	}
}

func TestCheckStatusFilter(t *testing.T) {
	t.Parallel()
	for _, filter := range strings.Fields("all active active-visible not-started in-progress complete overdue due-soon on-time has-problem has-improvement") {
		if err := CheckStatusFilter(filter); err != nil {
			t.Errorf("%s: %v", filter, err)
		}
	}
	for filter, says := range map[string]string{
		"completed": `use "complete"`, "stalled": "in production", "auto-skipped": "use one of all, active,", "due_soon": "due-soon", "hasproblem": "has-problem",
		"": "use one of", "Complete": "use one of", "active,complete": "use one of", " all": "use one of",
	} {
		t.Run(filter, func(t *testing.T) {
			if err := CheckStatusFilter(filter); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("got %v, want %q", err, says)
			}
		})
	}
}
