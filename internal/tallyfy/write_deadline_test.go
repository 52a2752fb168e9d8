// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A time is over when either clock has reached it: the monotonic clock stands still while the
// machine sleeps, and the wall clock may be set back.
func TestEitherClockPassesAWriteDeadline(t *testing.T) {
	t.Parallel()
	now := time.Now()
	soon := now.Add(time.Nanosecond)
	for name, c := range map[string]struct {
		now, wall, until time.Time
		want             bool
	}{
		"before":                    {now, now, soon, false},
		"at that time":              {now, now, now, true},
		"after":                     {soon, soon, now, true},
		"after a sleep":             {now, now.Add(time.Hour), soon, true},
		"after the clock went back": {soon, soon.Add(-time.Hour), now, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := isOver(c.now, c.wall.Round(0), c.until); got != c.want {
				t.Errorf("got %v for %s, %s and %s", got, c.now, c.wall, c.until)
			}
		})
	}
}

// A write that rests on a read is not sent once the read is too old, until a response shows the
// task or a write may have taken effect.
func TestWriteDeadline(t *testing.T) {
	t.Parallel()
	const enough = time.Second
	read := func(ctx context.Context, c *Client) error { return errorOf(c.GetTask(ctx, processTask)) }
	complete := func(ctx context.Context, c *Client) error {
		return errorOf(c.Complete(ctx, processTask, Completion{TaskID: task}))
	}
	save := func(ctx context.Context, c *Client) error {
		return errorOf(c.UpdateTask(ctx, processTask, TaskUpdate{Taskdata: map[string]any{"f": 1}}))
	}
	for name, c := range map[string]struct {
		first func(context.Context, *Client) error // nil for none
		reply reply
		sends bool // afterwards, a write is sent
	}{
		"no request":              {nil, reply{}, false},
		"read":                    {read, ok(openTask), true},
		"not found":               {read, reply{status: http.StatusNotFound}, false},
		"a page, read":            {read, ok("<html>"), false},
		"a lost read":             {read, reply{lost: io.ErrUnexpectedEOF}, false},
		"saved":                   {save, ok(openTask), true},
		"saved, without a body":   {save, reply{status: http.StatusNoContent}, true},
		"a page, saved":           {save, ok("<html>"), true},
		"a lost write":            {save, reply{lost: io.ErrUnexpectedEOF}, true},
		"a server error":          {save, reply{status: http.StatusBadGateway}, true},
		"rejected":                {save, reply{status: http.StatusUnprocessableEntity}, false},
		"rejected for now":        {save, reply{status: http.StatusTooManyRequests}, false},
		"a lost completion":       {complete, reply{lost: io.ErrUnexpectedEOF}, true},
		"a rejected completion":   {complete, reply{status: http.StatusConflict}, false},
		"a completion not sent":   {complete, reply{refused: io.ErrClosedPipe}, false},
		"an accepted completion":  {complete, ok(completedTask), true},
		"an unreadable reopening": {func(ctx context.Context, c *Client) error { return errorOf(c.Reopen(ctx, processTask)) }, reply{status: http.StatusNoContent}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, w := newScriptedClient(t, 0, c.reply, ok(completedTask))
				ctx, deadline := WithWriteDeadline(t.Context(), time.Now().Add(enough))
				if c.first == nil {
					w.script = w.script[1:]
				} else {
					_ = c.first(ctx, client) // the reply decides
				}
				before := len(w.requests)
				time.Sleep(time.Minute)
				err := complete(ctx, client)
				if sent := len(w.requests) > before; sent != c.sends || deadline.IsMissed() == c.sends || (err == nil) != c.sends {
					t.Errorf("sent: %v, missed: %v, %v", sent, deadline.IsMissed(), err)
				}
				if !c.sends && OutcomeOf(err) != NotSent {
					t.Errorf("outcome %v of %v", OutcomeOf(err), err)
				}
			})
		})
	}
}

func errorOf(_ *Task, err error) error { return err }
