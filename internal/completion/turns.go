// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"sync"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// turns lets what is done to one task be done one after the other. Two blocks for the same task would both find it open
// otherwise, and both complete it. The zero value is ready for use.
type turns struct {
	mu    sync.Mutex
	taken map[tallyfy.TaskRef]chan struct{} // closed when the turn is over
	// completed are the tasks that had a completion accepted. A look that lags may still show them open.
	completed map[tallyfy.TaskRef]bool
}

// take waits for a turn at a task, whose end the caller tells by calling the function. The error is a [*Failure].
func (t *turns) take(ctx context.Context, ref tallyfy.TaskRef) (func(), error) {
	for {
		over, mine := t.board(ref)
		if mine {
			return func() { t.leave(ref) }, nil
		}
		select {
		case <-over:
		case <-ctx.Done():
			return nil, story{
				summary: "Task Could Not Be Read", attribute: attrTaskID,
				doing: "Waiting for another block of this configuration to be done with " + where(ref),
				means: "Nothing was sent for this one.",
				next:  "Keep one block for each task, and apply again.",
				cause: tallyfy.Stopped(ctx),
			}.failure()
		}
	}
}

// board takes the turn where it is free, and gives the end of the present one where it is not.
func (t *turns) board(ref tallyfy.TaskRef) (over <-chan struct{}, mine bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if over, taken := t.taken[keyOf(ref)]; taken {
		return over, false
	}
	if t.taken == nil {
		t.taken, t.completed = map[tallyfy.TaskRef]chan struct{}{}, map[tallyfy.TaskRef]bool{}
	}
	t.taken[keyOf(ref)] = make(chan struct{})
	return nil, true
}

func (t *turns) leave(ref tallyfy.TaskRef) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.taken[keyOf(ref)])
	delete(t.taken, keyOf(ref))
}

// note says that a completion of the task was accepted. To be called in a turn.
func (t *turns) note(ref tallyfy.TaskRef) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.completed[keyOf(ref)] = true
}

func (t *turns) hasCompleted(ref tallyfy.TaskRef) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.completed[keyOf(ref)]
}

// keyOf leaves the run out, which need not be known.
func keyOf(ref tallyfy.TaskRef) tallyfy.TaskRef {
	return tallyfy.TaskRef{Organization: ref.Organization, Task: ref.Task}
}
