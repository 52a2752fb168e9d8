// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"
)

// WriteDeadline is the time until which a write may rest on an earlier read of its task. A write is
// not sent later, however long the limiter or a lock made it wait. It is safe for concurrent use.
type WriteDeadline struct {
	until          time.Time
	lifted, missed atomic.Bool
}

// errReadTooOld is the cause of a write that was not sent because of its [WriteDeadline].
var errReadTooOld = errors.New("not sent, because the task was read too long ago")

type writeDeadlineKey struct{}

// WithWriteDeadline returns a context whose writes are not sent from the given time on. A response
// that shows the task lifts the deadline, and so does a write that was accepted or whose outcome is
// unknown, because what follows rests on that.
func WithWriteDeadline(ctx context.Context, until time.Time) (context.Context, *WriteDeadline) {
	d := &WriteDeadline{until: until}
	return context.WithValue(ctx, writeDeadlineKey{}, d), d
}

// writeDeadlineOf returns the deadline of a context; nil if there is none.
func writeDeadlineOf(ctx context.Context) *WriteDeadline {
	d, _ := ctx.Value(writeDeadlineKey{}).(*WriteDeadline)
	return d
}

// lift removes the deadline. It does nothing without one.
func (d *WriteDeadline) lift() {
	if d != nil {
		d.lifted.Store(true)
	}
}

// HasPassed reports whether it is too late for a write.
func (d *WriteDeadline) HasPassed() bool {
	now := time.Now()
	return isOver(now, now.Round(0), d.until) // Round removes the reading of the monotonic clock
}

// isOver reports whether now, by the monotonic clock or by the wall clock, is not before a time.
// While the machine sleeps, only the wall clock continues.
func isOver(now, wall, until time.Time) bool {
	return !now.Before(until) || !wall.Before(until)
}

// IsMissed reports whether a write was not sent because of the deadline. The task must be read
// again then, and nothing was changed.
func (d *WriteDeadline) IsMissed() bool { return d.missed.Load() }

// rejects reports whether a request must not be sent because of the deadline.
func (d *WriteDeadline) rejects(method string) bool {
	if d == nil || method == http.MethodGet || d.lifted.Load() || !d.HasPassed() {
		return false
	}
	d.missed.Store(true)
	return true
}
