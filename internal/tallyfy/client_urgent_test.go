// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// An urgent request waits if the wait fits into its time, and is sent without waiting if it does
// not.
func TestUrgent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		timeout time.Duration
		urgent  bool
		sent    time.Duration // after the limiter closed; negative for never
	}{
		"fits":               {2 * time.Minute, false, time.Minute},
		"fits, urgent":       {2 * time.Minute, true, time.Minute},
		"too short":          {time.Second, false, -1},
		"too short, urgent":  {time.Second, true, 0},
		"no timeout, urgent": {0, true, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, w := newScriptedClient(t, 0, reply{status: 429, header: map[string]string{"Retry-After": "60"}}, ok(openTask))
				_, _ = client.GetTask(t.Context(), processTask)
				began := time.Now()
				ctx := t.Context()
				if c.timeout > 0 {
					limited, cancel := context.WithTimeout(ctx, c.timeout)
					defer cancel()
					ctx = limited
				}
				if c.urgent {
					client = client.Urgent()
				}
				_, err := client.GetTask(ctx, processTask)
				switch {
				case c.sent < 0:
					if len(w.requests) != 1 || OutcomeOf(err) != NotSent || !IsRateLimited(err) {
						t.Errorf("%d requests, %v", len(w.requests), err)
					}
				case err != nil || len(w.requests) != 2:
					t.Errorf("%d requests, %v", len(w.requests), err)
				case w.requests[1].at.Sub(began) != c.sent:
					t.Errorf("sent after %s", w.requests[1].at.Sub(began))
				}
			})
		})
	}
	t.Run("done", func(t *testing.T) {
		t.Parallel()
		client, w := newScriptedClient(t, 0, ok(openTask))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := client.Urgent().GetTask(ctx, processTask); OutcomeOf(err) != NotSent || len(w.requests) != 0 {
			t.Errorf("%d requests, %v", len(w.requests), err)
		}
	})
}

// Every response with a task includes when it was sent and when it came, and how long it took,
// without waits.
func TestTiming(t *testing.T) {
	t.Parallel()
	date := time.Date(2035, 6, 4, 17, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		header map[string]string
		want   time.Time
	}{
		"with a date":    {map[string]string{"Date": date.Format("Mon, 02 Jan 2006 15:04:05 GMT")}, date},
		"without":        {nil, time.Time{}},
		"not to be read": {map[string]string{"Date": "today"}, time.Time{}},
	} {
		for _, method := range []string{"GET", "PUT", "POST", "DELETE"} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client, w := newScriptedClient(t, 0, reply{status: 200, header: c.header, body: openTask, latency: 1500 * time.Millisecond})
					client.limiter.pause(0, time.Now().Add(time.Minute))
					var got *Task
					var err error
					switch method {
					case "GET":
						got, err = client.GetTask(t.Context(), processTask)
					case "PUT":
						got, err = client.UpdateTask(t.Context(), processTask, TaskUpdate{Taskdata: map[string]any{"f": 1}})
					case "POST":
						got, err = client.Complete(t.Context(), processTask, Completion{TaskID: task})
					default:
						got, err = client.Reopen(t.Context(), processTask)
					}
					if err != nil || len(w.requests) != 1 || !got.Timing.Date.Equal(c.want) || got.Timing.Took != 1500*time.Millisecond || time.Since(got.Timing.Sent) != got.Timing.Took {
						t.Errorf("got %+v, %v", got, err)
					}
				})
			})
		}
	}
}
