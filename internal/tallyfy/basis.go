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

// Basis is the read of a task that its next write rests on. A write is not sent once the read is
// too old, however long the limiter or a lock made it wait. It is safe for concurrent use.
type Basis struct {
	until           time.Time
	replaced, stale atomic.Bool
}

// errStaleBasis is the cause of a write that was not sent because of its [Basis].
var errStaleBasis = errors.New("not sent, because the task was read too long ago")

type basisKey struct{}

// WithBasis returns a context for the writes that rest on a read of a task, which is too old from
// the given time on. A response that shows the task ends the limit, and so does a write that was
// accepted or whose outcome is unknown, because what follows rests on that.
func WithBasis(ctx context.Context, until time.Time) (context.Context, *Basis) {
	b := &Basis{until: until}
	return context.WithValue(ctx, basisKey{}, b), b
}

// basisOf returns the basis of a context; nil if there is none.
func basisOf(ctx context.Context) *Basis {
	b, _ := ctx.Value(basisKey{}).(*Basis)
	return b
}

// replace ends the limit. It does nothing without a basis.
func (b *Basis) replace() {
	if b != nil {
		b.replaced.Store(true)
	}
}

// IsCurrent reports whether the read is recent enough for a write.
func (b *Basis) IsCurrent() bool {
	now := time.Now()
	return !isOver(now, now.Round(0), b.until) // Round removes the reading of the monotonic clock
}

// isOver reports whether now, by the monotonic clock or by the wall clock, is not before a time.
// While the machine sleeps, only the wall clock continues.
func isOver(now, wall, until time.Time) bool {
	return !now.Before(until) || !wall.Before(until)
}

// IsStale reports whether a write was not sent because the read was too old. The task must be read
// again then, and nothing was changed.
func (b *Basis) IsStale() bool { return b.stale.Load() }

// refuses reports whether a request must not be sent because the read it rests on is too old.
func (b *Basis) refuses(method string) bool {
	if b == nil || method == http.MethodGet || b.replaced.Load() || b.IsCurrent() {
		return false
	}
	b.stale.Store(true)
	return true
}
