// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// keyedMutex is a mutex for each key. The zero value is ready for use.
type keyedMutex struct {
	mu   sync.Mutex
	held map[tallyfy.TaskRef]chan struct{} // closed when it is released
}

// lock waits for the mutex of a key, and returns the function that releases it. It returns nil if
// ctx ends first.
func (m *keyedMutex) lock(ctx context.Context, key tallyfy.TaskRef) (unlock func()) {
	for {
		released, held := m.tryLock(key)
		if !held {
			return func() { m.unlock(key) }
		}
		select {
		case <-released:
		case <-ctx.Done():
			return nil
		}
	}
}

func (m *keyedMutex) tryLock(key tallyfy.TaskRef) (released <-chan struct{}, held bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if released, held := m.held[key]; held {
		return released, true
	}
	if m.held == nil {
		m.held = map[tallyfy.TaskRef]chan struct{}{}
	}
	m.held[key] = make(chan struct{})
	return nil, false
}

func (m *keyedMutex) unlock(key tallyfy.TaskRef) {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.held[key])
	delete(m.held, key)
}

// taskLocks serialize operations on the same task. Without them, two blocks for one task would both
// find it open and both complete it. They also keep the history of what this process has done to
// each task. The zero value is ready for use.
type taskLocks struct {
	mutexes   keyedMutex
	mu        sync.Mutex
	histories map[tallyfy.TaskRef]taskHistory
}

// lock waits for the task, and returns the function that releases it. The error is a [*Failure].
func (l *taskLocks) lock(ctx context.Context, ref tallyfy.TaskRef, s Subject) (unlock func(), err error) {
	if unlock := l.mutexes.lock(ctx, taskKey(ref)); unlock != nil {
		return unlock, nil
	}
	return nil, s.failed(notice.Report{
		Summary: "Task Could Not Be Read", Attribute: attrTaskID,
		Action: "Waiting for another block of this configuration that works on " + notice.TaskRef(ref),
		Effect: "Nothing was sent for this one.",
		Remedy: "Keep one block for each task, and " + s.again() + ".",
		Cause:  tallyfy.Stopped(ctx, ""),
	})
}

// record notes that this process has recorded a completion of the task for want. A read that lags
// may still show the task open, and destroying an earlier record must not reopen the task.
func (l *taskLocks) record(want Desired, record Record) {
	was := l.history(want.Task)
	past := was.reopened
	if was.last != nil && !sameTime(was.last.record.CompletedAt, record.CompletedAt) {
		past = was.known()
	}
	l.remember(want.Task, taskHistory{last: &recordedCompletion{record: record, want: want, at: time.Now()}, reopened: past})
}

// recordReopening notes that this process has reopened the task. A read that lags may still show
// the old completion.
func (l *taskLocks) recordReopening(ref tallyfy.TaskRef, base baseline) {
	l.remember(ref, taskHistory{reopened: baseline{completions: base.completions}})
}

// recordUnknownOutcome notes that this process has sent a completion of the task, and that its
// outcome is unknown.
func (l *taskLocks) recordUnknownOutcome(ref tallyfy.TaskRef) {
	l.remember(ref, taskHistory{reopened: l.history(ref).known(), outcomeUnknown: true})
}

func (l *taskLocks) remember(ref tallyfy.TaskRef, now taskHistory) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.histories == nil {
		l.histories = map[tallyfy.TaskRef]taskHistory{}
	}
	l.histories[taskKey(ref)] = now
}

// history returns what this process has done to the task.
func (l *taskLocks) history(ref tallyfy.TaskRef) taskHistory {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.histories[taskKey(ref)]
}

// hasActed reports whether this process has completed or reopened the task, or tried to.
func (l *taskLocks) hasActed(ref tallyfy.TaskRef) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, acted := l.histories[taskKey(ref)]
	return acted
}

// hasWritten reports whether this process has completed or reopened any task, or tried to, as an
// apply does.
func (l *taskLocks) hasWritten() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.histories) > 0
}

// taskKey returns the reference as a map key: without the run, which need not be known, and in
// lower case.
func taskKey(ref tallyfy.TaskRef) tallyfy.TaskRef {
	return tallyfy.TaskRef{Organization: strings.ToLower(ref.Organization), Task: strings.ToLower(ref.Task)}
}

// contentionTime is how long writes to a process are serialized after two of them have conflicted.
const contentionTime = 30 * time.Second

// processLocks serialize the writes to a process after Tallyfy has rejected concurrent ones.
// Workflow engines that lock a process during a completion do that. The zero value is ready for
// use.
type processLocks struct {
	mutexes   keyedMutex
	mu        sync.Mutex
	contended map[tallyfy.TaskRef]time.Time // the end of the contention
}

// write makes one write to a task's process, serialized if the process is contended. The error is
// the client's.
func (l *processLocks) write(ctx context.Context, ref tallyfy.TaskRef, send func() (*tallyfy.Task, error)) (*tallyfy.Task, error) {
	key := processKey(ref)
	if key.Run == "" {
		return send()
	}
	if l.isContended(key) {
		unlock := l.mutexes.lock(ctx, key)
		if unlock == nil {
			return nil, tallyfy.Stopped(ctx, "The request was still waiting: requests to this process are sent one at a time for a while, because Tallyfy did not accept one of them. "+
				"Try again; raise the operation's timeouts or lower -parallelism if this happens often.")
		}
		defer unlock()
	}
	task, err := send()
	if status := tallyfy.StatusOf(err); status == http.StatusConflict || status >= http.StatusInternalServerError {
		l.contend(key)
	}
	return task, err
}

func (l *processLocks) isContended(key tallyfy.TaskRef) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Before(l.contended[key])
}

func (l *processLocks) contend(key tallyfy.TaskRef) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.contended == nil {
		l.contended = map[tallyfy.TaskRef]time.Time{}
	}
	l.contended[key] = time.Now().Add(contentionTime)
}
