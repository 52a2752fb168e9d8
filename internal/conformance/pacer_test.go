// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// transportFunc is a transport without a network.
type transportFunc func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// statuses returns a pacer whose requests get these responses in turn, then 200, and the times at
// which they were sent.
func statuses(interval time.Duration, limit int, headers http.Header, codes ...int) (*pacer, *[]time.Duration) {
	start := time.Now()
	var at []time.Duration
	var mu sync.Mutex
	return &pacer{interval: interval, max: limit, transport: transportFunc(func(*http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		at = append(at, time.Since(start))
		w := httptest.NewRecorder()
		if len(codes) >= len(at) {
			for name, values := range headers {
				w.Header()[name] = values
			}
			w.Code = codes[len(at)-1]
		}
		return w.Result(), nil
	})}, &at
}

func request(ctx context.Context, t *testing.T, p *pacer) error {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://tallyfy.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := p.RoundTrip(r)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func TestPacer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		retryAfter string
		want       []time.Duration
	}{
		"seconds":   {"7", []time.Duration{0, 7 * time.Second, 8 * time.Second}},
		"no header": {"", []time.Duration{0, 10 * time.Second, 11 * time.Second}},
		"too long":  {"90000", []time.Duration{0, 5 * time.Minute, 5*time.Minute + time.Second}},
		"past date": {"Mon, 01 Jan 1990 00:00:00 GMT", []time.Duration{0, time.Second, 2 * time.Second}},
		"a zero":    {"0", []time.Duration{0, time.Second, 2 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, at := statuses(time.Second, 0, http.Header{"Retry-After": {test.retryAfter}}, http.StatusTooManyRequests)
				for range 3 {
					if err := request(t.Context(), t, p); err != nil {
						t.Fatal(err)
					}
				}
				if !slices.Equal(*at, test.want) {
					t.Errorf("requests were sent at %v, want %v", *at, test.want)
				}
				if sent, limited := p.counts(); sent != 3 || limited != 1 {
					t.Errorf("counted %d and %d", sent, limited)
				}
			})
		})
	}
}

// TestPacerMany sends requests from many goroutines.
func TestPacerMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, at := statuses(time.Second, 0, nil)
		for range 5 {
			go func() { _ = request(t.Context(), t, p) }()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for i, sent := range *at {
			if sent != time.Duration(i)*time.Second {
				t.Errorf("request %d was sent at %s", i, sent)
			}
		}
		if len(*at) != 5 {
			t.Errorf("%d requests were sent", len(*at))
		}
	})
}

func TestPacerLimit(t *testing.T) {
	t.Parallel()
	p, at := statuses(0, 2, nil)
	for n := range 4 {
		if err := request(t.Context(), t, p); errors.Is(err, errSpent) != (n >= 2) {
			t.Errorf("request %d: %v", n, err)
		}
	}
	p.unlimit()
	if err := request(t.Context(), t, p); err != nil || len(*at) != 3 {
		t.Errorf("after the limit was lifted: %v, %d requests", err, len(*at))
	}
}

func TestPacerCanceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, at := statuses(time.Hour, 0, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_ = request(ctx, t, p)
		if err := request(ctx, t, p); !errors.Is(err, context.DeadlineExceeded) || len(*at) != 1 {
			t.Errorf("got %v after %d requests", err, len(*at))
		}
	})
}

// TestClientRetries sends a POST again only after a 429, and a GET also after a 5xx.
func TestClientRetries(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		method string
		codes  []int
		want   int // requests
		status int
	}{
		{http.MethodPost, []int{429, 429, 200}, 3, 200},
		{http.MethodPost, []int{429, 429, 429, 429, 429}, maxAttempts, 429},
		{http.MethodPost, []int{502, 200}, 1, 502},
		{http.MethodDelete, []int{503}, 1, 503},
		{http.MethodGet, []int{502, 200}, 2, 200},
		{http.MethodGet, []int{404}, 1, 404},
	} {
		synctest.Test(t, func(t *testing.T) {
			p, at := statuses(time.Second, 0, nil, test.codes...)
			s, err := ReadSettings(environment(nil))
			if err != nil {
				t.Fatal(err)
			}
			got, err := newClient(s, p).do(t.Context(), call{method: test.method, path: "/me"})
			if err != nil || got.status != test.status || len(*at) != test.want {
				t.Errorf("%s %v: got %d after %d requests, %v", test.method, test.codes, got.status, len(*at), err)
			}
		})
	}
}
