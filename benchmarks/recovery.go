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

// late is a response time that exceeds every timeout.
const late = 15 * time.Second

// faults are those of the acceptance tests' matrix that distinguish the peers. Each meets the first
// completion request.
var faults = []struct {
	name  string
	fault sandbox.Fault
}{
	{"dropped before handling", sandbox.Fault{Drop: true}},
	{"handled, dropped before the first byte", sandbox.Fault{Handle: true, Drop: true}},
	{"timeout before handling", sandbox.Fault{Delay: late}},
	{"timeout after handling", sandbox.Fault{Handle: true, Delay: late}},
	{"502 with a page", sandbox.Fault{Status: http.StatusBadGateway, Body: "<html>"}},
	{"502 with a page, handled", sandbox.Fault{Handle: true, Status: http.StatusBadGateway, Body: "<html>"}},
	{"503 for a second", sandbox.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"1"}}}},
	{"429 for a second", sandbox.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}}},
	{"302 to another host", sandbox.Fault{Status: http.StatusFound, Header: http.Header{"Location": {"http://127.0.0.1:1/"}}}},
	{"2xx that breaks off", sandbox.Fault{Handle: true, Raw: []byte("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":{\"id\":\"7a5")}},
	{"204", sandbox.Fault{Handle: true, Status: http.StatusNoContent}},
	{"2xx with a page", sandbox.Fault{Handle: true, Status: http.StatusOK, Body: "<html><title>Sign in</title></html>"}},
}

// survived is the verdict on a peer that handled a fault.
const survived = "yes"

// recovery identifies a verdict.
type recovery struct{ peer, fault string }

// concurrency is how many recoveries run at a time. They mostly wait, and none is timed.
const concurrency = 4

// recoverAll tries every fault with every peer and returns the verdicts.
func (h *harness) recoverAll(ctx context.Context, progress io.Writer) (map[recovery]string, error) {
	var (
		mu      sync.Mutex
		all     = map[recovery]string{}
		failed  error
		running sync.WaitGroup
		slots   = make(chan struct{}, concurrency)
	)
	for _, p := range h.available() {
		if p.idle {
			continue
		}
		_, _ = fmt.Fprintf(progress, "recovery: %s\n", p.name)
		for _, f := range faults {
			slots <- struct{}{}
			running.Go(func() {
				defer func() { <-slots }()
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

// recover lets a peer complete a task while the first completion request meets the fault, apply
// again, and plan. The peer survives if the task is completed exactly once, the second apply
// succeeds and the plan has no changes.
func (h *harness) recover(ctx context.Context, p peer, fault sandbox.Fault) (string, error) {
	s, err := newFixture(ctx, h, p, 1, 0, true)
	if err != nil {
		return "", err
	}
	defer s.close()
	fault.Method, fault.PathPart = http.MethodPost, "/completed-tasks"
	s.server.Inject(fault)
	s.run(ctx, "apply", "-auto-approve", "-input=false") // it may fail
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
		wrong = append(wrong, "wrong state")
	}
	if len(wrong) > 0 {
		return strings.Join(wrong, ", "), nil
	}
	return survived, nil
}
