// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// recentReadLife is how long after a preflight check has sent a read a create or update may rest on
// it. Terraform plans each block again milliseconds before it applies the block, in the same
// process, so two seconds suffice even if the response is slow. What others do meanwhile goes
// unseen, so it must not be longer.
const recentReadLife = 2 * time.Second

// recentReads holds the tasks that preflight checks have read with a GET of the task itself, for
// the create or update that follows. Entries of lists are not kept, because lists may lag. Each
// read serves one operation. The zero value is ready for use, and safe for concurrent use.
type recentReads struct {
	mu     sync.Mutex
	byTask map[tallyfy.TaskRef]recentRead
	ended  map[tallyfy.TaskRef]time.Time // when an operation on the task ended last
}

// recentRead is a task as it was read.
type recentRead struct {
	task *tallyfy.Task
	ref  tallyfy.TaskRef
}

// add keeps a task that was just read with its form. A read that was sent before the end of an
// operation on the task is not kept, because it may show the task as it was before a write.
func (r *recentReads) add(ref tallyfy.TaskRef, task *tallyfy.Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ended, known := r.ended[taskKey(ref)]; known && !task.Timing.Sent.After(ended) {
		return
	}
	if r.byTask == nil {
		r.byTask = map[tallyfy.TaskRef]recentRead{}
	}
	r.byTask[taskKey(ref)] = recentRead{task, ref}
}

// take removes and returns the read of a task, however old it is. It returns nil if there is none,
// or if it was made on another path.
func (r *recentReads) take(ref tallyfy.TaskRef) *tallyfy.Task {
	r.mu.Lock()
	defer r.mu.Unlock()
	read := r.byTask[taskKey(ref)]
	delete(r.byTask, taskKey(ref))
	if !strings.EqualFold(read.ref.Run, ref.Run) {
		return nil
	}
	return read.task
}

// end forgets what was read of a task before the end of an operation on it.
func (r *recentReads) end(ref tallyfy.TaskRef) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byTask, taskKey(ref))
	if r.ended == nil {
		r.ended = map[tallyfy.TaskRef]time.Time{}
	}
	r.ended[taskKey(ref)] = time.Now()
}

// withTask runs an operation on the wanted task as it was read: by the preflight check right
// before the operation, or else now, with these options. If the check's read becomes too old before
// anything is written, for example because of a rate limit, the task is read again and the
// operation starts over. The caller must hold the lock of the task. Any error is a [*Failure].
func (e *Engine) withTask(ctx context.Context, want Desired, o readOptions, operate func(context.Context, *tallyfy.Task) (Result, error)) (Result, error) {
	ref := want.Task
	defer e.recent.end(ref)
	task := e.recent.take(ref)
	if task != nil && !e.locks.hasActed(ref) && (o.until == nil || o.until(task)) {
		limited, deadline := tallyfy.WithWriteDeadline(ctx, task.Timing.Sent.Add(recentReadLife))
		if !deadline.HasPassed() {
			if result, err := operate(limited, task); err == nil || !deadline.IsMissed() {
				return result, err
			}
		}
	}
	progress(ctx, "Reading %s", notice.TaskRef(ref))
	task, err := e.readBefore(ctx, ref, want.Subject, o)
	if err != nil {
		return Result{}, err
	}
	return operate(ctx, task)
}
