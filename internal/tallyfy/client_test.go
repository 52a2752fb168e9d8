// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// The connections of as many concurrent requests as -parallelism allows are reused.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	const sideBySide, rounds = 50, 4
	var opened atomic.Int64
	var arrived sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Done()
		arrived.Wait() // no response is sent before all requests have arrived: a queue would never end
		_, _ = w.Write([]byte(completedTask))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client, err := New(Config{BaseURL: server.URL, AccessToken: testToken})
	if err != nil {
		t.Fatal(err)
	}
	for range rounds {
		arrived.Add(sideBySide)
		var all sync.WaitGroup
		for range sideBySide {
			all.Go(func() {
				if _, err := client.Complete(t.Context(), processTask, Completion{TaskID: task}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	if n := opened.Load(); n != sideBySide {
		t.Errorf("%d rounds of %d requests opened %d connections", rounds, sideBySide, n)
	}
}

// The client retries after a rate limit and after nothing else.
func TestWithRateLimitRetriesOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first    reply
		requests int
	}{
		"429":       {reply{status: 429}, 2},
		"503 later": {reply{status: 503, header: map[string]string{"Retry-After": "2"}}, 2},
		"500":       {reply{status: 500}, 1},
		"lost":      {reply{lost: net.ErrClosed}, 1},
		"refused":   {reply{refused: net.ErrClosed}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, w := newScriptedClient(t, 4, c.first, ok(completedTask))
				_, err := client.WithRateLimitRetriesOnly().GetTask(t.Context(), processTask)
				if (err == nil) != (c.requests > 1) || len(w.requests) != c.requests {
					t.Errorf("%d requests, %v", len(w.requests), err)
				}
				client, w = newScriptedClient(t, 4, c.first, ok(completedTask))
				if _, err := client.GetTask(t.Context(), processTask); err != nil || len(w.requests) != 2 {
					t.Errorf("the client that it came from sent %d requests: %v", len(w.requests), err)
				}
			})
		})
	}
}
