// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestLatency(t *testing.T) {
	t.Parallel()
	const latency = 50 * time.Millisecond
	inBubble(t, sandbox.Config{Latency: latency}, func(c *client) {
		began := time.Now()
		var all sync.WaitGroup
		for range 20 { // side by side they wait together
			all.Go(func() { c.expect(http.StatusOK, http.MethodGet, runTask, "") })
		}
		all.Wait()
		if took := time.Since(began); took != latency {
			t.Errorf("20 side by side took %s", took)
		}
		c.Inject(sandbox.Fault{Handle: true, Status: http.StatusBadGateway, Delay: time.Second})
		began = time.Now()
		c.expect(http.StatusBadGateway, http.MethodGet, runTask, "")
		if took := time.Since(began); took != latency+time.Second {
			t.Errorf("a fault's delay comes on top: took %s", took)
		}
	}, processTask())
}

// A request whose client is gone has no effect.
func TestLatencyClientGone(t *testing.T) {
	t.Parallel()
	watch, finish := finished()
	c := start(t, sandbox.Config{Latency: forever, Watch: watch}, processTask())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for len(c.Journal()) == 0 {
			time.Sleep(time.Millisecond) // it is on its way
		}
		cancel()
	}()
	if _, err := c.try(c.request(http.MethodPost, runPost, completion).WithContext(ctx)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	entry := finish()
	if entry.Status != 0 || !strings.Contains(entry.Note, "went away") || c.Webhooks(task) != 0 {
		t.Errorf("%d %q, %d webhooks", entry.Status, entry.Note, c.Webhooks(task))
	}
}
