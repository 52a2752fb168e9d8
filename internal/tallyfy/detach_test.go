// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestDetachOutlivesTheRunByTheGrace(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"time-out": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Minute)
		},
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Minute, cancel)
			return ctx, cancel
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := end(t.Context())
			defer cancel()
			began := time.Now()
			detached, done := Detach(ctx)
			defer done()
			<-detached.Done()
			if lived := time.Since(began); lived != time.Minute+Grace {
				t.Errorf("%s: it lived for %s", name, lived)
			}
		})
	}
	detached, done := Detach(t.Context())
	done()
	if detached.Err() == nil {
		t.Error("it lives on after the work is done")
	}
}
