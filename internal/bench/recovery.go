// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// late is how long an answer takes that is later than anyone should wait for.
const late = 15 * time.Second

// faults are those of the acceptance tests' matrix that tell the peers apart: each hits the first completion that is sent.
var faults = []struct {
	name  string
	fault sandbox.Fault
}{
	{"dropped before handling", sandbox.Fault{Drop: true}},
	{"handled, dropped before the first byte", sandbox.Fault{Handle: true, Drop: true}},
	{"time-out before handling", sandbox.Fault{Delay: late}},
	{"time-out after handling", sandbox.Fault{Handle: true, Delay: late}},
	{"502 with a page", sandbox.Fault{Status: http.StatusBadGateway, Body: "<html>"}},
	{"502 with a page, handled", sandbox.Fault{Handle: true, Status: http.StatusBadGateway, Body: "<html>"}},
	{"503 for a second", sandbox.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"1"}}}},
	{"429 for a second", sandbox.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}}},
	{"302 to another host", sandbox.Fault{Status: http.StatusFound, Header: http.Header{"Location": {"http://127.0.0.1:1/"}}}},
	{"2xx that breaks off", sandbox.Fault{Handle: true, Raw: []byte("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":{\"id\":\"7a5")}},
	{"204", sandbox.Fault{Handle: true, Status: http.StatusNoContent}},
	{"2xx with a page", sandbox.Fault{Handle: true, Status: http.StatusOK, Body: "<html><title>Sign in</title></html>"}},
}

// survived is what a peer made of a fault it came through.
const survived = "yes"

// recovery names a peer and a fault.
type recovery struct{ peer, fault string }

// sideBySide is how many recoveries run at a time. They wait more than they work, and none is timed.
const sideBySide = 4

// recoveries tries every fault on every peer.
func (h *hall) recoveries(ctx context.Context, progress io.Writer) (map[recovery]string, error) {
	var (
		mu      sync.Mutex
		all     = map[recovery]string{}
		failed  error
		running sync.WaitGroup
		turns   = make(chan struct{}, sideBySide)
	)
	for _, p := range h.present() {
		if p.name == floor.name {
			continue
		}
		_, _ = fmt.Fprintf(progress, "recovery: %s\n", p.name)
		for _, f := range faults {
			turns <- struct{}{}
			running.Go(func() {
				defer func() { <-turns }()
				verdict, err := h.recover(ctx, p, f.fault)
				mu.Lock()
				defer mu.Unlock()
				all[recovery{p.name, f.name}] = verdict
				if err != nil {
					failed = err
				}
			})
		}
	}
	running.Wait()
	return all, failed
}

// recover lets a peer complete a task whose first completion meets the fault, apply once more, and plan. It survives with exactly
// one completion, and with a record by which the second apply succeeds and the plan after it has nothing to do.
func (h *hall) recover(ctx context.Context, p peer, fault sandbox.Fault) (string, error) {
	s, err := newStage(ctx, h, p, 1, 0, true)
	if err != nil {
		return "", err
	}
	defer s.close()
	fault.Method, fault.PathPart = http.MethodPost, "/completed-tasks"
	s.server.Inject(fault)
	s.run(ctx, "apply", "-auto-approve", "-input=false") // it may well fail
	s.server.Calm()
	again := s.run(ctx, "apply", "-auto-approve", "-input=false")
	plan := s.run(ctx, "plan", "-detailed-exitcode", "-input=false")
	task, _ := s.server.Task(s.tasks[0])
	var wrong []string
	if fired := s.server.Webhooks(s.tasks[0]); fired != 1 {
		wrong = append(wrong, fmt.Sprintf("completed %d times", fired))
	}
	if again.err != nil {
		wrong = append(wrong, "the second apply fails")
	}
	if plan.err != nil || task.CompletedAt == "" {
		wrong = append(wrong, "wrong record")
	}
	if len(wrong) > 0 {
		return strings.Join(wrong, ", "), nil
	}
	return survived, nil
}
