// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Of the requests for 100 completions through a limit of 10 requests a second, fewer than a tenth
// are rejected, and each task is completed once.
func TestHundredCompletionsThroughARateLimit(t *testing.T) {
	t.Parallel()
	const tasks, sideBySide = 100, 10 // Terraform's default parallelism
	for name, limit := range map[string]sandbox.RateLimit{
		"rolling": {Requests: 10, Per: time.Second},
		"fixed":   {Requests: 10, Per: time.Second, Fixed: true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sandbox.Config{RateLimit: limit}, nil, func(h *harness) {
				id := func(n int) string { return fmt.Sprintf("7a5c%028d", n) }
				for n := range tasks {
					h.server.AddTask(sandbox.Task{ID: id(n), RunID: runID})
				}
				began := time.Now()
				numbers := make(chan int)
				var runs sync.WaitGroup
				for range sideBySide {
					runs.Go(func() {
						for n := range numbers {
							want := Desired{Task: tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: runID, Task: id(n)}}
							if _, err := h.engine.Create(h.ctx, want); err != nil {
								h.Errorf("%v", err)
							}
						}
					})
				}
				for n := range tasks {
					numbers <- n
				}
				close(numbers)
				runs.Wait()
				for n := range tasks {
					if fired := h.server.Webhooks(id(n)); fired != 1 {
						h.Errorf("the webhooks of task %d fired %d times", n, fired)
					}
				}
				sent, refused, took := h.server.Count("", ""), h.server.Refused(), time.Since(began)
				if refused == 0 || refused*10 >= sent {
					h.Errorf("%d of %d requests were refused", refused, sent)
				}
				if took > 40*time.Second { // twice what the limit allows at best
					h.Errorf("it took %s", took)
				}
				h.Logf("%d of %d requests refused, %s", refused, sent, took)
			})
		})
	}
}
