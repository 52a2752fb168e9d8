// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"time"
)

// Grace is how long a request that must not be lost may go on after the run was cancelled or its time-out passed:
// enough for a slow answer, short enough for a pipeline that kills what does not stop.
const Grace = 10 * time.Second

// Detach gives a context for work that must be finished: it outlives ctx by [Grace], and no longer. The function that
// comes with it must be called when the work is done.
func Detach(ctx context.Context) (context.Context, context.CancelFunc) {
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if deadline, bounded := ctx.Deadline(); bounded {
		detached, cancel = context.WithDeadline(context.WithoutCancel(ctx), deadline.Add(Grace))
	}
	unhook := context.AfterFunc(ctx, func() {
		late := time.AfterFunc(Grace, cancel)
		context.AfterFunc(detached, func() { late.Stop() })
	})
	return detached, func() {
		unhook()
		cancel()
	}
}
