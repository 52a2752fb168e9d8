// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// These tests run in synctest bubbles: no wait is real.

func TestReadsAreRetried(t *testing.T) {
	t.Parallel()
	after := map[string]string{"Retry-After": "3"}
	for name, failing := range map[string]reply{
		"408": {status: 408}, "409": {status: 409}, "425": {status: 425}, "429": {status: 429}, "500": {status: 500}, "502": {status: 502},
		"503": {status: 503}, "503 later": {status: 503, header: after}, "504": {status: 504}, "520": {status: 520}, "522": {status: 522}, "530": {status: 530},
		"refused": {refused: errors.New("connection refused")}, "reset": {lost: errors.New("reset")}, "timeout": {hang: true},
		"truncated": ok(`{"data":{"id":"bbbb","ti`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, w := newScriptedClient(t, 2, failing, failing, ok(openTask))
				if _, err := client.GetTask(context.Background(), processTask); err != nil || w.count(http.MethodGet) != 3 {
					t.Errorf("%d requests, %v", w.count(http.MethodGet), err)
				}
			})
		})
	}
}

func TestOtherResponsesAreNotRetried(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 400, 401, 403, 404, 405, 422, 423, 501, 505} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			client, w := newScriptedClient(t, 4, reply{status: status})
			_, err := client.GetTask(context.Background(), processTask)
			if err == nil || len(w.requests) != 1 {
				t.Errorf("%d requests, %v", len(w.requests), err)
			}
		})
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 4} {
		t.Run(fmt.Sprint(retries), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, w := newScriptedClient(t, retries, reply{status: 502, body: "<title>Bad gateway</title>"})
				_, err := client.GetTask(context.Background(), processTask)
				if len(w.requests) != retries+1 {
					t.Errorf("max_retries %d: %d requests", retries, len(w.requests))
				}
				contains(t, err.Error(), "502 Bad Gateway", "gave up after", "(max_retries = ")
				var e *Error
				if !errors.As(err, &e) || e.Attempts != retries+1 {
					t.Errorf("max_retries %d: %+v", retries, e)
				}
			})
		})
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for tries, most := range map[int]time.Duration{
		1: 500 * time.Millisecond, 2: time.Second, 3: 2 * time.Second, 5: 8 * time.Second, 6: 8 * time.Second, 60: 8 * time.Second, 1000: 8 * time.Second,
	} {
		t.Run(fmt.Sprint(tries), func(t *testing.T) {
			seen := map[time.Duration]bool{}
			for range 50 {
				got := backoff(tries)
				if got < most/2 || got > most {
					t.Errorf("after %d tries: %s, want %s to %s", tries, got, most/2, most)
				}
				seen[got] = true
			}
			if len(seen) == 1 {
				t.Errorf("after %d tries: every pause is as long, so requests that failed together come back together", tries)
			}
		})
	}
}

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"7": 7 * time.Second, " 7 ": 7 * time.Second, "0": 0, "-3": 0, "99999999999999": maxRetryAfter, "99999999999999999999999": maxRetryAfter,
		"Mon, 23 Nov 2026 12:00:09 GMT": 9 * time.Second, "Mon, 23 Nov 2026 11:00:00 GMT": 0, "Monday, 23-Nov-26 12:00:09 GMT": 9 * time.Second,
		"": -1, "soon": -1,
	} {
		t.Run(header, func(t *testing.T) {
			if got := parseRetryAfter(header, now); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestRetryAfterIsRespected(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// In a bubble the clock begins at midnight on 1 January 2000.
		date := time.Now().Add(100 * time.Second).UTC().Format(http.TimeFormat)
		client, w := newScriptedClient(t, 4,
			reply{status: 429, header: map[string]string{"Retry-After": "60"}},
			reply{status: 503, header: map[string]string{"Retry-After": date}}, ok(openTask))
		if _, err := client.GetTask(context.Background(), processTask); err != nil {
			t.Fatal(err)
		}
		if first, second := w.requests[1].at.Sub(w.requests[0].at), w.requests[2].at.Sub(w.requests[0].at); first != 60*time.Second || second != 100*time.Second {
			t.Errorf("sent again after %s and %s", first, second)
		}
	})
}

// A wait is at least the backoff, and a date counts by the server's clock. The limiter waits as
// long.
func TestRetryAfterAndBackoff(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for name, c := range map[string]struct {
		header      func() map[string]string
		least, most time.Duration
	}{
		"zero":    {func() map[string]string { return map[string]string{"Retry-After": "0"} }, minDelay / 2, minDelay},
		"past":    {func() map[string]string { return map[string]string{"Retry-After": at(-time.Hour)} }, minDelay / 2, minDelay},
		"seconds": {func() map[string]string { return map[string]string{"Retry-After": "30"} }, 30 * time.Second, 30 * time.Second},
		"date":    {func() map[string]string { return map[string]string{"Retry-After": at(30 * time.Second)} }, 30 * time.Second, 30 * time.Second},
		"clock that is fast": {func() map[string]string {
			return map[string]string{"Retry-After": at(-30 * time.Second), "Date": at(-time.Minute)}
		}, 30 * time.Second, 30 * time.Second},
		"clock that is slow": {func() map[string]string {
			return map[string]string{"Retry-After": at(time.Hour + time.Minute), "Date": at(time.Hour)}
		}, time.Minute, time.Minute},
		"no date": {func() map[string]string {
			return map[string]string{"Retry-After": at(30 * time.Second), "Date": "today"}
		}, 30 * time.Second, 30 * time.Second},
	} {
		for _, status := range []int{429, 503, 409} {
			t.Run(name+" "+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client, w := newScriptedClient(t, 1, reply{status: status, header: c.header()}, ok(openTask))
					began := time.Now()
					other := make(chan time.Duration)
					go func() { // of another caller, once the first has been refused
						synctest.Wait()
						_, _ = client.GetTask(t.Context(), processTask)
						other <- time.Since(began)
					}()
					if _, err := client.GetTask(t.Context(), processTask); err != nil || len(w.requests) < 2 {
						t.Fatal(err)
					}
					waited, others := time.Since(began), <-other
					if status == 409 { // which is about one object
						if others != 0 {
							t.Errorf("another request waited %s", others)
						}
					} else if others < c.least {
						t.Errorf("another request waited %s", others)
					}
					if waited < c.least || waited > c.most+time.Second {
						t.Errorf("waited %s", waited)
					}
				})
			})
		}
	}
}

func TestWaitThatExceedsTheTimeoutFailsImmediately(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, w := newScriptedClient(t, 4, reply{status: 429, header: map[string]string{"Retry-After": "3600"}, body: `{"message":"Too many","code":"RATE_LIMIT_EXCEEDED"}`})
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		began := time.Now()
		_, err := client.GetTask(ctx, processTask)
		if time.Since(began) != 0 || len(w.requests) != 1 {
			t.Errorf("ended after %s and %d requests", time.Since(began), len(w.requests))
		}
		contains(t, err.Error(), "429 Too Many Requests", "Too many", "would have to wait 1h0m0s, and only 5m0s of the operation's timeout is left")
		if !IsRateLimited(err) {
			t.Error("it is not reported as a rate limit")
		}

		// Nor does the next request find that out by being sent.
		_, err = client.GetTask(ctx, processTask)
		if len(w.requests) != 1 || !IsRateLimited(err) || OutcomeOf(err) != NotSent {
			t.Errorf("%d requests, %v", len(w.requests), err)
		}
		if _, err := client.Complete(ctx, processTask, Completion{}); len(w.requests) != 1 || !IsRateLimited(err) || OutcomeOf(err) != NotSent {
			t.Errorf("%d requests, completing: %v", len(w.requests), err)
		}
	})
}

func TestCancelEndsWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, w := newScriptedClient(t, 4, reply{status: 429, header: map[string]string{"Retry-After": "600"}})
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		_, err := client.GetTask(ctx, processTask)
		if time.Since(began) != time.Second || len(w.requests) != 1 {
			t.Errorf("ended after %s and %d requests", time.Since(began), len(w.requests))
		}
		contains(t, err.Error(), ErrCancelled.Error())
		if _, err := client.Complete(ctx, processTask, Completion{}); len(w.requests) != 1 || OutcomeOf(err) != NotSent {
			t.Errorf("%d requests, completing after that: %v", len(w.requests), err)
		}
	})
}

// An error of another package says nothing about a request: it is not retried, and its outcome is
// unknown.
func TestUnknownErrorIsNotRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := newScriptedClient(t, 4, ok(completedTask))
		began, unforeseen := time.Now(), errors.New("unforeseen")
		budget := client.NewBudget()
		err := budget.Wait(t.Context(), budget.Count(unforeseen))
		if !errors.Is(err, unforeseen) || OutcomeOf(err) != Unknown || Repeatable(err) || time.Since(began) != 0 {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}
