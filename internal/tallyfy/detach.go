// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"time"
)

// Grace is how long a request whose response must not be lost may continue after the operation was
// cancelled or its timeout passed: long enough for a slow response, and short enough for a pipeline
// that kills jobs that do not stop.
const Grace = 10 * time.Second

// Detach returns a context for work that must be finished. It ends [Grace] after ctx ends, or Grace
// from now if ctx is already done. Its cause is that of ctx. The caller must call the returned
// function when the work is done.
func Detach(ctx context.Context) (context.Context, context.CancelFunc) {
	kept := context.WithoutCancel(ctx)
	detached, cancel := context.WithCancelCause(kept)
	if end, known := endOf(ctx); known {
		bounded, release := context.WithDeadlineCause(detached, end.Add(Grace), &ending{of: ctx})
		abort := cancel
		detached, cancel = bounded, func(cause error) {
			abort(cause)
			release()
		}
	}
	unhook := context.AfterFunc(ctx, func() {
		late := time.AfterFunc(Grace, func() { cancel(&ending{of: ctx}) })
		context.AfterFunc(detached, func() { late.Stop() })
	})
	return detached, func() {
		unhook()
		cancel(nil)
	}
}

// endOf returns when ctx ends, but not earlier than now, and whether that is known.
func endOf(ctx context.Context) (end time.Time, known bool) {
	if ctx.Err() != nil {
		return time.Now(), true
	}
	deadline, known := ctx.Deadline()
	return latest(deadline, time.Now()), known
}

// ending is the cause of the end of a detached context: the end of the context that it was derived
// from.
type ending struct{ of context.Context }

func (e *ending) Error() string { return e.Unwrap().Error() }

// Unwrap returns why the context that it was derived from is done.
func (e *ending) Unwrap() error { return stopped(e.of) }

// stopped returns why ctx is done: [ErrTimedOut] or [ErrCancelled].
func stopped(ctx context.Context) error {
	var end *ending
	switch {
	case errors.As(context.Cause(ctx), &end):
		return end.Unwrap()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return ErrTimedOut
	}
	return ErrCancelled
}
