// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"reflect"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// An earlier release, or a response with fewer members, has left a fact out of the records. A plan
// needs no more requests than with the fact, and the facts that the list shows are filled in.
func TestRefreshOfRecordsThatLackAFact(t *testing.T) {
	t.Parallel()
	const n = 150
	notInLists := map[string]bool{"TasksChangedByRules": true, "IsApproved": true} // a decision that is not configured stays unrecorded
	facts := reflect.TypeFor[Record]()
	for i := range facts.NumField() {
		name := facts.Field(i).Name
		if name == "CompletedAt" { // which alone identifies a completion
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				tasks := h.completedTasks(runID, n, func(task *sandbox.Task) { task.Type, task.IsApproved = "approval", new(true) })
				want := make([]Record, n)
				for k := range tasks {
					record := &tasks[k].record
					want[k] = *record
					reflect.ValueOf(record).Elem().Field(i).SetZero()
					if notInLists[name] {
						want[k] = *record
					}
				}
				for k, task := range tasks {
					result, err := h.engine.Read(h.ctx, task.ref, task.record)
					if k == 0 { // it is read separately, because it may be the only one
						continue
					}
					if err != nil || !result.Record.equal(want[k]) || result.Changed != !want[k].equal(task.record) || len(result.Warnings) > 0 {
						h.Fatalf("got %+v, %v, want %+v", result, err, want[k])
					}
				}
				h.wantReads(1, 2)
			})
		})
	}
}

// A record without one fact is still compared by the facts that it has.
func TestRefreshOfRecordsThatLackAFactAndHoldAnother(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		const n = 30
		tasks := h.completedTasks(runID, n, nil)
		for k := range tasks {
			tasks[k].record.TaskType = ""
			h.server.Update(tasks[k].ref.Task, func(task *sandbox.Task) { task.CompleterID = sandbox.SeedColleagueID })
		}
		for _, task := range tasks {
			result, err := h.engine.Read(h.ctx, task.ref, task.record)
			if err != nil || !result.Changed || result.Record.CompleterID != sandbox.SeedColleagueID || result.Record.TaskType != "task" {
				h.Fatalf("got %+v, %v", result, err)
			}
		}
		h.wantReads(n, 1)
	})
}
