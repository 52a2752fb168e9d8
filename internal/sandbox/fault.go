// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Fault is a scripted failure for matching requests. The steps are, in this order:
// Before, handling (if Handle is set), Delay, the response.
type Fault struct {
	// Method and PathPart select the requests; "" matches all. PathPart matches
	// anywhere in the escaped path, not in the query.
	Method, PathPart string

	// Skip is how many matching requests pass first. Requests of an earlier fault do
	// not count.
	Skip int

	// Times is how many requests fail; 0 means one, negative means all.
	Times int

	// Before runs first, and may block. It may call methods of the Server, and read
	// the request's body. Close in Before and Drop simulate a crash before the
	// request has its effect; with Handle, after it.
	Before func(*http.Request)

	// Delay waits, or until the client is gone or the Server closed. A request whose
	// client is gone by then gets no response and, without Handle, has no effect.
	Delay time.Duration

	// Handle lets the request have its real effect before the response below replaces
	// the real one.
	Handle bool

	// Status, Header and Body are the response. A Date in Header replaces the one by
	// Config.Now; a nil Date removes it. If Status is 0 and neither Raw nor Drop is
	// set, the real response is sent, and Header and Body are ignored.
	Status int
	Header http.Header
	Body   string

	// Raw is written to the connection verbatim instead of an HTTP response, and the
	// connection is closed.
	Raw []byte

	// Drop resets the connection without a response: after the request was handled
	// with Handle, otherwise before.
	Drop bool
}

// injectedFault is a Fault with its counters.
type injectedFault struct {
	Fault
	skip, left int // left is negative if it never ends
}

// Inject adds a fault. Faults are tried in the order in which they were injected;
// the first that matches a request applies alone.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := f.Times
	if left == 0 {
		left = 1
	}
	s.faults = append(s.faults, &injectedFault{Fault: f, skip: f.Skip, left: left})
}

// Calm removes all faults. A request that already matched one still fails.
func (s *Server) Calm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// takeFault returns the fault for a request, or nil. The caller holds s.mu.
func (s *Server) takeFault(method, path string) *Fault {
	for _, f := range s.faults {
		if f.left == 0 || !matches(f.Method, f.PathPart, method, path) {
			continue
		}
		if f.skip > 0 {
			f.skip--
			continue
		}
		if f.left > 0 {
			f.left--
		}
		return &f.Fault
	}
	return nil
}

func (s *Server) serveFault(w http.ResponseWriter, r *http.Request, rec *record, f *Fault, body []byte) {
	if f.Before != nil {
		f.Before(r)
	}
	var a response
	if f.Handle {
		a = s.handle(r, body)
		s.annotate(rec, a.note)
	}
	if !wait(r.Context(), f.Delay) {
		s.finish(rec, 0, joinNotes(a.note, "fault: the client went away while it waited"))
		drop(w)
		return
	}

	when := "before handling"
	if f.Handle {
		when = "after handling"
	}
	switch {
	case f.Drop:
		s.finish(rec, 0, joinNotes(a.note, "fault: connection dropped "+when))
		drop(w)
	case f.Raw != nil:
		s.finish(rec, rawStatus(f.Raw), joinNotes(a.note, "fault: raw bytes sent "+when))
		writeRaw(w, f.Raw)
	case f.Status != 0:
		s.finish(rec, f.Status, joinNotes(a.note, "fault: sent "+when))
		s.setDate(w)
		f.write(w)
	default:
		note := ""
		if f.Delay > 0 {
			note = "fault: delayed"
		}
		if !f.Handle {
			a = s.handle(r, body)
		}
		s.finish(rec, a.status, joinNotes(a.note, note))
		s.setDate(w)
		a.write(w)
	}
}

// write sends the scripted response.
func (f *Fault) write(w http.ResponseWriter) {
	if strings.HasPrefix(f.Body, "{") || strings.HasPrefix(f.Body, "[") {
		w.Header().Set("Content-Type", "application/json")
	}
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // the client may be gone
}

// wait waits for d, and returns false if ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// drop resets the connection. Clients see an error that does not show whether the
// request took effect.
func drop(w http.ResponseWriter) {
	conn := hijack(w)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // discards unsent data and sends RST instead of FIN
	}
	_ = conn.Close()
}

// writeRaw writes the bytes and closes the connection normally.
func writeRaw(w http.ResponseWriter, raw []byte) {
	conn := hijack(w)
	_, _ = conn.Write(raw)
	_ = conn.Close()
}

// hijack takes over the connection. If there is none, as in a response recorder, it
// aborts the handler, which drops the connection in net/http.
func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}

// rawStatus returns the status of a verbatim response; 0 if it has none.
func rawStatus(raw []byte) int {
	var minor, status int
	if _, err := fmt.Sscanf(string(raw), "HTTP/1.%d %d", &minor, &status); err != nil {
		return 0
	}
	return status
}

func joinNotes(notes ...string) string {
	var kept []string
	for _, note := range notes {
		if note != "" {
			kept = append(kept, note)
		}
	}
	return strings.Join(kept, "; ")
}
