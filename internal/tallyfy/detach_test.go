// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestDetach(t *testing.T) {
	t.Parallel()
	type maker = func(context.Context) (context.Context, context.CancelFunc)
	timeout := func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, time.Minute)
	}
	cancelled := func(after, timeout time.Duration) maker {
		return func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(after, func() { cancel(errors.New("interrupt")) })
			return context.WithTimeout(ctx, timeout)
		}
	}
	for name, c := range map[string]struct {
		begin maker
		after time.Duration // from the beginning until it is detached
		lives time.Duration // from then on
		ends  error
	}{
		"timeout":            {timeout, 0, time.Minute + Grace, ErrTimedOut},
		"timeout before":     {timeout, time.Hour, Grace, ErrTimedOut},
		"timeout now":        {timeout, time.Minute, Grace, ErrTimedOut},
		"cancelled":          {cancelled(time.Minute, time.Hour), 0, time.Minute + Grace, ErrCancelled},
		"cancelled before":   {cancelled(time.Minute, time.Hour), 2 * time.Minute, Grace, ErrCancelled},
		"cancelled, timeout": {cancelled(59*time.Second, time.Minute), 2 * time.Minute, Grace, ErrCancelled},
		"timeout, cancelled": {cancelled(61*time.Second, time.Minute), 2 * time.Minute, Grace, ErrTimedOut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := c.begin(t.Context())
				defer cancel()
				time.Sleep(c.after)
				began := time.Now()
				detached, done := Detach(ctx)
				defer done()
				if detached.Err() != nil {
					t.Error("it is done already")
				}
				// The limiter decides by the deadline whether a wait fits.
				if end, known := detached.Deadline(); ctx.Err() != nil && (!known || end.Sub(began) != c.lives) {
					t.Errorf("its deadline is in %s", end.Sub(began))
				}
				again, doneAgain := Detach(detached) // as a read that follows on the same context
				defer doneAgain()
				<-detached.Done()
				if lived := time.Since(began); lived != c.lives {
					t.Errorf("it lived for %s, want %s", lived, c.lives)
				}
				if got := stopped(detached); !errors.Is(got, c.ends) {
					t.Errorf("%s, want %s", got, c.ends)
				}
				<-again.Done()
				if lived, got := time.Since(began), stopped(again); lived != c.lives+Grace || !errors.Is(got, c.ends) {
					t.Errorf("detached again it lived for %s: %s", lived, got)
				}
			})
		})
	}
}

func TestDetachEndsWithTheWork(t *testing.T) {
	t.Parallel()
	detached, done := Detach(t.Context())
	done()
	if detached.Err() == nil {
		t.Error("it lives on after the work is done")
	}
}

// A timeout is not reported as a cancellation, or a cancellation as a timeout, whichever timer
// fires first.
func TestStopped(t *testing.T) {
	t.Parallel()
	for want, end := range map[error]func(context.Context) (context.Context, context.CancelFunc){
		ErrTimedOut: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
		ErrCancelled: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		},
	} {
		for method, send := range operations {
			t.Run(want.Error()+" "+method, func(t *testing.T) {
				t.Parallel()
				for range 20 { // which timer fires first is chance
					synctest.Test(t, func(t *testing.T) {
						client, _ := newScriptedClient(t, 0, reply{hang: true})
						ctx, cancel := end(t.Context())
						defer cancel()
						err := send(ctx, client)
						if OutcomeOf(err) != Unknown {
							t.Fatal(err)
						}
						contains(t, err.Error(), "no response came before "+want.Error())
					})
				}
			})
		}
	}
}
