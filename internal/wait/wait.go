// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package wait waits until someone completes a task. It only ever reads: what it holds of the client has no call that writes.
//
// A wait polls ([Waits.Until]). Three rules settle most cases:
//
//  1. The waits of one process share the polls of its list of tasks. A list may lag behind a write, or lack a task (API.md
//     §1.4), so it is a hint: the task itself decides, by one GET when the list no longer shows it open.
//  2. A failed poll does not end a wait unless Tallyfy refuses it for good: people take hours, and networks recover meanwhile.
//  3. A decision that is not shown is not an approval.
//
// The package knows Tallyfy's API through package tallyfy, and nothing of Terraform.
package wait

import (
	"context"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Wanted says which task is waited for, and how.
type Wanted struct {
	// TaskRef says where the task is. Without a task there must be a run and an alias.
	tallyfy.TaskRef
	// Alias names the task if TaskRef does not: exactly one task of the run must have it, in the form of [tallyfy.NormalizeName].
	Alias string
	// FailOnRejection makes a rejected approval an error. Without it, a rejection completes an approval like any other decision.
	FailOnRejection bool
	// Interval is the time from the end of one poll to the start of the next, above zero.
	Interval time.Duration
	// Timeout is how long the wait may take; 0 while that is not known, which only [Waits.Foresee] accepts.
	Timeout time.Duration
}

// LogFunc receives a line about the progress of a wait. Fields hold titles and IDs of tasks, and no token.
type LogFunc func(ctx context.Context, message string, fields map[string]any)

// Waits are the waits of one provider process, which share their polls. They are safe for concurrent use.
type Waits struct {
	client reader
	log    LogFunc

	mu        sync.Mutex
	processes map[tallyfy.List]*process

	// unreachable and refused are what a plan has learned: that Tallyfy does not respond, and that it refuses. Other checks of the
	// same plan do not find out again.
	unreachable, refused atomic.Bool
}

// reader is the part of a client that reads.
type reader interface {
	GetTask(ctx context.Context, ref tallyfy.TaskRef) (*tallyfy.Task, error)
	Tasks(ctx context.Context, of tallyfy.List) iter.Seq2[*tallyfy.Task, error]
	TasksPage(ctx context.Context, of tallyfy.List, number int) (tallyfy.Page, error)
}

// New returns waits that read with a client, and sends nothing. A poll sends each of its requests once, because the next poll
// repeats it. log is nil for no log.
func New(client *tallyfy.Client, log LogFunc) *Waits {
	if log == nil {
		log = func(context.Context, string, map[string]any) {}
	}
	return &Waits{client: client.WithoutRetries(), log: log, processes: map[tallyfy.List]*process{}}
}

// process returns the polls of a process.
func (w *Waits) process(ref tallyfy.TaskRef) *process {
	list := tallyfy.List{Organization: strings.ToLower(ref.Organization), Run: strings.ToLower(ref.Run)}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.processes[list]
	if p == nil {
		p = &process{
			list:    tallyfy.List{Organization: ref.Organization, Run: ref.Run, Status: everything, Archived: true},
			waiting: map[string]int{},
		}
		w.processes[list] = p
	}
	return p
}

// everything is the status filter that leaves nothing out (API.md §1.4).
const everything = "all"

// Until waits until the task is completed, and returns it as it is then. After want.Timeout it reads the task once more, because a
// list may lag, for up to [tallyfy.Grace]. When ctx ends it stops immediately. The error is a [*notice.Failure].
func (w *Waits) Until(ctx context.Context, want Wanted) (*tallyfy.Task, error) {
	s := &session{waits: w, want: want, ref: want.TaskRef}
	defer s.leave()
	bounded, cancel := context.WithTimeout(ctx, want.Timeout)
	defer cancel()
	for {
		task, err := s.poll(bounded)
		switch {
		case task != nil || err != nil:
			return task, err
		case sleep(bounded, s.pause()):
		case ctx.Err() == nil:
			return s.lastRead(ctx)
		default:
			return nil, s.interrupted()
		}
	}
}

// sleep waits, and reports whether there is time left in ctx after that.
func sleep(ctx context.Context, d time.Duration) bool {
	if end, bounded := ctx.Deadline(); bounded && time.Until(end) <= d {
		<-ctx.Done()
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
