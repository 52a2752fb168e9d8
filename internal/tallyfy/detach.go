// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"time"
)

// Grace is how long a request that must not be lost may go on after the operation was cancelled or its timeout passed:
// enough for a slow response, short enough for a pipeline that kills what does not stop.
const Grace = 10 * time.Second

// Detach returns a context for work that must be finished. It ends [Grace] after ctx does, or Grace from now if ctx is done already,
// and its cause is that of ctx. The caller must call the function that comes with it when the work is done.
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

// endOf returns when ctx ends, as far as that is known: now at the earliest.
func endOf(ctx context.Context) (end time.Time, known bool) {
	if ctx.Err() != nil {
		return time.Now(), true
	}
	deadline, known := ctx.Deadline()
	return latest(deadline, time.Now()), known
}

// ending is the cause of the end of a detached context: the end of the context that it was made from.
type ending struct{ of context.Context }

func (e *ending) Error() string { return stopped(e.of) }

// stopped says why ctx is done.
func stopped(ctx context.Context) string {
	var end *ending
	switch {
	case errors.As(context.Cause(ctx), &end):
		return end.Error()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return TimedOut
	}
	return Cancelled
}
