// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package wait waits until someone completes a task. It only reads: its interface to the client has
// no method that writes.
//
// A wait polls ([Waits.Until]). Three rules settle most cases:
//
//  1. The waits of one process share the polls of its list of tasks. A list may lag behind a write,
//     or lack a task (API.md §1.4), so it is only a hint. When it no longer shows the task as open,
//     one GET of the task decides.
//  2. A failed poll does not end a wait unless Tallyfy refuses it permanently. People take hours,
//     and networks recover meanwhile.
//  3. A decision that is not shown is not an approval.
//
// The package uses Tallyfy's API through package tallyfy, and does not depend on Terraform.
package wait

import (
	"context"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Wanted is a task to wait for, and how.
type Wanted struct {
	// TaskRef locates the task. Without a task it must have a run, and Alias must be set.
	tallyfy.TaskRef
	// Alias identifies the task if TaskRef does not. Exactly one task of the run must have it, in
	// the form of [tallyfy.NormalizeName].
	Alias string
	// FailOnRejection makes a rejected approval an error. Otherwise a rejection ends the wait like
	// any other decision.
	FailOnRejection bool
	// Interval is the time from the end of one poll to the start of the next. It must be positive.
	Interval time.Duration
	// Timeout limits the wait; 0 if unknown, which only [Waits.Check] accepts.
	Timeout time.Duration
}

// LogFunc receives a log line about the progress of a wait. Fields hold titles and IDs of tasks,
// and no token.
type LogFunc func(ctx context.Context, message string, fields map[string]any)

// Waits are the waits of one provider process, which share their polls. They are safe for
// concurrent use.
type Waits struct {
	client reader
	log    LogFunc

	mu        sync.Mutex
	processes map[tallyfy.List]*process
}

// reader is the part of the client that reads.
type reader interface {
	GetTask(ctx context.Context, ref tallyfy.TaskRef) (*tallyfy.Task, error)
	Tasks(ctx context.Context, list tallyfy.List) iter.Seq2[*tallyfy.Task, error]
	TasksPage(ctx context.Context, list tallyfy.List, number int) (tallyfy.Page, error)
}

// New returns waits that read with a client. It sends nothing. A poll sends each request once,
// because the next poll repeats it. log may be nil.
func New(client *tallyfy.Client, log LogFunc) *Waits {
	if log == nil {
		log = func(context.Context, string, map[string]any) {}
	}
	return &Waits{client: client.WithoutRetries(), log: log, processes: map[tallyfy.List]*process{}}
}

// process returns the shared polls of a process.
func (w *Waits) process(ref tallyfy.TaskRef) *process {
	list := tallyfy.List{Organization: strings.ToLower(ref.Organization), Run: strings.ToLower(ref.Run)}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.processes[list]
	if p == nil {
		p = &process{
			list:    tallyfy.List{Organization: ref.Organization, Run: ref.Run, Status: tallyfy.StatusAll, Archived: true},
			waiting: map[string]int{},
		}
		w.processes[list] = p
	}
	return p
}

// Until waits until the task is completed, and returns it. After want.Timeout it reads the task
// once more for up to [tallyfy.Grace], because a list may lag. When ctx ends it stops immediately.
// The error is a [*notice.Failure].
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

// sleep waits for d, and reports whether ctx is still active afterwards.
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
