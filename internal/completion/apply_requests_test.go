// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// An apply without a saved plan plans each block twice: in one process, and in another one right
// before it applies the block. One task takes three requests. N tasks of a process take two for
// each task, and two for each hundred.
func TestRequestsOfAnApply(t *testing.T) {
	t.Parallel()
	const parallelism = 10
	for name, c := range map[string]struct {
		tasks, parallelism int
		plan, apply        int
		atMost             bool // the apply may take fewer
	}{
		"1":                       {1, parallelism, 1, 2, false},
		"2":                       {2, parallelism, 1, 1 + 2*2, false},
		"3":                       {3, parallelism, 1, 1 + 2*3, false},
		"10":                      {10, parallelism, 1, 1 + 2*10, false},
		"100":                     {100, parallelism, 1, 1 + 2*100, false},
		"250":                     {250, parallelism, 3, 3 + 2*250, true},
		"2 that follow the other": {2, 1, 2, 2 * 2, false},
		"3 that follow another":   {3, 1, 2, 2 * 3, false},
		"100 in sequence":         {100, 1, 2, 2 * 100, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{Latency: 50 * time.Millisecond}, nil, func(h *harness) {
				h.server.DeleteTask(taskID)
				var ids []string
				for n := range c.tasks {
					ids = append(ids, fmt.Sprintf("7a5c%028d", n))
					h.server.AddTask(sandbox.Task{ID: ids[n], RunID: runID})
				}
				// walk visits each task as Terraform does: it validates a block before it plans it.
				walk := func(apply bool) int {
					h.restart()
					h.server.ResetJournal()
					p, slots := h.engine.Preflight(), make(chan struct{}, c.parallelism)
					var all sync.WaitGroup
					for _, id := range ids {
						all.Go(func() {
							slots <- struct{}{}
							defer func() { <-slots }()
							want := Desired{Task: h.refTo(id)}
							p.Expect(want.Task)
							time.Sleep(time.Millisecond)
							if f := p.Check(h.ctx, Planned{Desired: want}); f.Err != nil || len(f.Problems)+len(f.Warnings) > 0 {
								h.Errorf("found %+v", f)
							}
							if !apply {
								return
							}
							time.Sleep(10 * time.Millisecond)
							if _, err := h.engine.Create(h.ctx, want); err != nil {
								h.Error(err)
							}
						})
					}
					all.Wait()
					return len(h.server.Journal())
				}
				if n := walk(false); n != c.plan {
					h.Errorf("the plan took %d requests, want %d", n, c.plan)
				}
				if n := walk(true); n > c.apply || n < c.apply && !c.atMost {
					h.Errorf("the apply took %d requests, want %d", n, c.apply)
				}
				for _, id := range ids {
					if h.server.Webhooks(id) != 1 {
						h.Errorf("task %s was completed %d times", id, h.server.Webhooks(id))
					}
				}
			})
		})
	}
}
