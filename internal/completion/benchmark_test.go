// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// BenchmarkDecide decides about a task that was read.
func BenchmarkDecide(b *testing.B) {
	open := formTask()
	done := formTask()
	done.Status, done.CompletedAt, done.Taskdata = "completed", longAgo, map[string]any{"f1": "vpc-1"}
	for name, c := range map[string]struct {
		task *tallyfy.Task
		step step
	}{"send": {open, send}, "adopt": {done, adopt}} {
		b.Run(name, func(b *testing.B) {
			want := Desired{Taskdata: map[string]any{"f1": "vpc-1"}}
			b.ReportAllocs()
			for b.Loop() {
				if decided := decideCreate(c.task, want); decided.step != c.step {
					b.Fatalf("decided on %v", decided.step)
				}
			}
		})
	}
}

// BenchmarkListCache finds the five hundred tasks of a list that needs no requests.
func BenchmarkListCache(b *testing.B) {
	const tasks, perPage = 500, 100
	ids := make([]string, tasks)
	pages := make([]tallyfy.Page, tasks/perPage)
	for i := range ids {
		ids[i] = fmt.Sprintf("c0%030d", i)
		page := &pages[i/perPage]
		page.Of, page.Tasks = len(pages), append(page.Tasks, &tallyfy.Task{ID: ids[i]})
	}
	read := func(_ context.Context, _ tallyfy.List, number int) (tallyfy.Page, error) { return pages[number-1], nil }
	b.ReportAllocs()
	for b.Loop() {
		all := &listCaches{}
		for _, id := range ids {
			r, _ := all.get(tallyfy.List{}, id)
			if task, err := r.find(b.Context(), read, id); err != nil || task == nil {
				b.Fatalf("task %s: %v, %v", id, task, err)
			}
		}
	}
}

// BenchmarkConfirm compares a recorded completion with its entry in a list.
func BenchmarkConfirm(b *testing.B) {
	task := &tallyfy.Task{ID: taskID, RunID: runID, Status: "completed", Title: "Step", Type: "task", CompletedAt: longAgo, CompleterID: 7}
	known := recordOf(Record{}, runID, task)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := known.confirmedBy(task, runID); !ok {
			b.Fatal("not confirmed")
		}
	}
}
