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

// Fault is a scripted failure for requests that match. The steps come in this
// order: Before, handling (if Handle), Delay, the answer.
type Fault struct {
	// Method and PathPart pick the requests; "" matches all. PathPart is looked
	// for anywhere in the escaped path, not in the query.
	Method, PathPart string

	// Skip lets this many matching requests pass first. Requests that an
	// earlier fault took are not seen by this one.
	Skip int

	// Times is how many requests it takes; 0 means one, negative means all.
	Times int

	// Before runs before anything else, and may block. It may call methods of
	// the Server, and read the request's body. Close in it and Drop are a crash
	// before the request has its effect; with Handle, one after it.
	Before func(*http.Request)

	// Delay waits, or until the client is gone or the Server closed. A request
	// whose client has gone by then gets no answer and, without Handle, has no
	// effect.
	Delay time.Duration

	// Handle lets the request have its real effect before the answer below
	// replaces the real one.
	Handle bool

	// Status, Header and Body are the answer. A Date in Header replaces the one by
	// Config.Now; a Date that is nil leaves it out. With Status 0, and neither Raw
	// nor Drop, the real answer passes through, and Header and Body are ignored.
	Status int
	Header http.Header
	Body   string

	// Raw is written to the connection verbatim in place of an HTTP answer,
	// and the connection is closed.
	Raw []byte

	// Drop resets the connection without an answer: after the request was
	// handled with Handle, else before.
	Drop bool
}

// armed is an injected Fault with what is left of its counters.
type armed struct {
	Fault
	skip, left int // left is negative for always
}

// Inject adds a fault. Faults are tried in the order they were injected, and
// the first that wants a request takes it alone.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := f.Times
	if left == 0 {
		left = 1
	}
	s.faults = append(s.faults, &armed{Fault: f, skip: f.Skip, left: left})
}

// Calm forgets all faults that are left. A request that one has taken already
// still gets what it says.
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
	var a answer
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
		s.finish(rec, rawStatus(f.Raw), joinNotes(a.note, "fault: raw bytes answered "+when))
		writeRaw(w, f.Raw)
	case f.Status != 0:
		s.finish(rec, f.Status, joinNotes(a.note, "fault: answered "+when))
		s.stamp(w)
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
		s.stamp(w)
		a.write(w)
	}
}

// write sends the scripted answer.
func (f *Fault) write(w http.ResponseWriter) {
	if strings.HasPrefix(f.Body, "{") || strings.HasPrefix(f.Body, "[") {
		w.Header().Set("Content-Type", "application/json")
	}
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // A client that left is no matter of ours.
}

// wait returns false if ctx ended first.
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

// drop ends the connection with a reset, which clients see as an error that
// tells nothing about the request's fate.
func drop(w http.ResponseWriter) {
	conn := hijack(w)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // Discards what is unsent, and sends RST in place of FIN.
	}
	_ = conn.Close()
}

// writeRaw writes the bytes and ends the connection in the ordinary way.
func writeRaw(w http.ResponseWriter, raw []byte) {
	conn := hijack(w)
	_, _ = conn.Write(raw)
	_ = conn.Close()
}

// hijack takes the connection over. Where there is none to take (a response
// recorder, say) it aborts the handler, which is net/http's own way to drop.
func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return conn
}

// rawStatus is the status in a verbatim answer, 0 if it has none.
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
