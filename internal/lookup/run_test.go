// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"maps"
	"slices"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestByAlias(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		aliases  []string // of the tasks "0", "1" and so on
		ids      map[string]string
		repeated []string
	}{
		"no tasks": {nil, map[string]string{}, nil},
		"unique":   {[]string{"a", "b"}, map[string]string{"a": "0", "b": "1"}, nil},
		"missing":  {[]string{"", "", "a"}, map[string]string{"a": "2"}, nil},
		"repeated": {[]string{"a", "b", "a", "a", "A"}, map[string]string{"b": "1", "A": "4"}, []string{"0", "2", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tasks []*tallyfy.Task
			for i, alias := range c.aliases {
				tasks = append(tasks, &tallyfy.Task{ID: string(rune('0' + i)), Alias: alias})
			}
			got, repeated := byAlias(tasks)
			if !maps.Equal(got, c.ids) || !slices.Equal(ids(repeated), c.repeated) {
				t.Errorf("got %v and %q, want %v and %q", got, ids(repeated), c.ids, c.repeated)
			}
		})
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{},
		sandbox.Task{ID: "t1", RunID: runID, Alias: "build", Archived: true},
		sandbox.Task{ID: "t2", RunID: runID, Alias: "twice", Title: "One"},
		sandbox.Task{ID: "t3", RunID: runID, Alias: "twice", Title: "Two"},
		sandbox.Task{ID: "t4", RunID: runID},
		sandbox.Task{ID: "t5", RunID: "other", Alias: "elsewhere"})
	h.server.AddRun(runID, "Launch")
	got, err := Run(t.Context(), h.client, sandbox.DefaultOrganization, runID)
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != runID || got.Name != "Launch" || got.Status != "active" || !maps.Equal(got.TaskIDs, map[string]string{"build": "t1"}) {
		t.Errorf("got %+v", got)
	}
	if len(got.Warnings) != 1 || got.Warnings[0].Attribute != "task_ids" || got.Warnings[0].Summary != "Alias Is Not Unique in the Process" {
		t.Fatalf("got %+v", got.Warnings)
	}
	inOrder(t, got.Warnings[0].Detail, "task_ids leaves them out", `twice – "One" – t2`, `twice – "Two" – t3`, "the ID of such a task")
	h.sent("/runs/"+runID+"?", runID+firstPage)

	h.server.DeleteTask("t3")
	if got, err = Run(t.Context(), h.client, sandbox.DefaultOrganization, runID); err != nil || len(got.Warnings) != 0 || got.TaskIDs["twice"] != "t2" {
		t.Errorf("without the repetition: got %+v, %v", got, err)
	}
}
