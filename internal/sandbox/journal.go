// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Entry is one request that the sandbox received, and its result.
type Entry struct {
	// N counts the requests since the start or the last ResetJournal, from 1.
	N int

	// Method and Path are those of the request. Path is escaped as it was received;
	// Query is the raw query without "?".
	Method, Path, Query string

	// Header is that of the request, including Authorization.
	Header http.Header

	// Body is that of the request.
	Body []byte

	// Status is the status of the response; 0 if there is none yet, or if the
	// connection was dropped.
	Status int

	// Note describes the result in a few words. It does not contain values of the
	// request.
	Note string
}

// record is an Entry that is still being written, guarded by Server.mu.
type record struct {
	Entry
	requestID string
}

// Journal returns copies of all entries in the order in which the requests arrived.
// A request that is still being handled is included, with Status 0.
func (s *Server) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := make([]Entry, 0, len(s.journal))
	for _, rec := range s.journal {
		entries = append(entries, rec.clone())
	}
	return entries
}

// ResetJournal removes all entries. Requests that are still being handled are not
// recorded.
func (s *Server) ResetJournal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = nil
}

// Count returns the number of requests with the method ("" for any) whose path
// contains pathPart.
func (s *Server) Count(method, pathPart string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := 0
	for _, rec := range s.journal {
		if matches(method, pathPart, rec.Method, rec.Path) {
			count++
		}
	}
	return count
}

// matches reports whether a request has the wanted method and path.
func matches(wantMethod, pathPart, method, path string) bool {
	return (wantMethod == "" || wantMethod == method) && strings.Contains(path, pathPart)
}

// arrive records the request, and returns its fault or else how long the rate limit
// rejects it, in one step: faults and the limit are used up in the order of the
// journal.
func (s *Server) arrive(r *http.Request) (rec *record, fault *Fault, retryAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrivals++
	rec = &record{
		Entry: Entry{
			N:      len(s.journal) + 1,
			Method: r.Method,
			Path:   r.URL.EscapedPath(),
			Query:  r.URL.RawQuery,
			Header: r.Header.Clone(),
		},
		requestID: fmt.Sprintf("sandbox-%06d", s.arrivals),
	}
	s.journal = append(s.journal, rec)
	if fault = s.takeFault(rec.Method, rec.Path); fault != nil {
		return rec, fault, 0
	}
	return rec, nil, s.admit()
}

func (s *Server) keepBody(rec *record, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec.Body = body
}

// annotate sets the note of a request that had its effect and waits for its
// response.
func (s *Server) annotate(rec *record, note string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec.Note = note
}

// finish completes the entry before the response is sent, so that a client with a
// response finds the journal complete.
func (s *Server) finish(rec *record, status int, note string) {
	s.mu.Lock()
	rec.Status, rec.Note = status, note
	entry := rec.clone()
	s.mu.Unlock()

	if s.cfg.Watch != nil {
		s.watching.Lock()
		defer s.watching.Unlock()
		s.cfg.Watch(entry)
	}
}

func (e Entry) clone() Entry {
	e.Header = e.Header.Clone()
	e.Body = bytes.Clone(e.Body)
	return e
}

// target returns the path with its query.
func (e Entry) target() string {
	if e.Query == "" {
		return e.Path
	}
	return e.Path + "?" + e.Query
}

// WriteJournal writes the entries as a table: number, method, path with query,
// status and note. It contains no header and no body. If all paths are below one
// organization, the table names it once.
func WriteJournal(w io.Writer, entries []Entry) {
	root := commonRoot(entries)
	if root != "" {
		// The error is ignored, as in writeLine.
		_, _ = fmt.Fprintf(w, "Paths below %s:\n", root)
	}
	short := make([]Entry, 0, len(entries))
	width := 0
	for _, e := range entries {
		e.Path = strings.TrimPrefix(e.Path, root)
		short = append(short, e)
		width = max(width, len(e.target()))
	}
	for _, e := range short {
		writeLine(w, e, width)
	}
}

// organizationRoot matches the start of nearly every path.
var organizationRoot = regexp.MustCompile(`^(/api)?/organizations/[^/]+`)

// commonRoot returns the organization that all paths are below, or "".
func commonRoot(entries []Entry) string {
	if len(entries) == 0 {
		return ""
	}
	root := organizationRoot.FindString(entries[0].Path)
	for _, e := range entries {
		if !strings.HasPrefix(e.Path, root+"/") {
			return ""
		}
	}
	return root
}

// lineWidth fits the longest path, a completion within a run, so that lines that are
// written one at a time are aligned.
const lineWidth = len("/api/organizations/") + 32 + len("/runs/") + 32 + len("/completed-tasks/") + 32

// WriteEntry writes one line like WriteJournal, with the whole path.
func WriteEntry(w io.Writer, e Entry) {
	writeLine(w, e, lineWidth)
}

func writeLine(w io.Writer, e Entry, width int) {
	status := "-"
	if e.Status != 0 {
		status = strconv.Itoa(e.Status)
	}
	line := fmt.Sprintf("%4d  %-6s  %-*s  %3s  %s", e.N, e.Method, width, e.target(), status, e.Note)
	// If the journal cannot be written, there is no other place for the error.
	_, _ = fmt.Fprintln(w, strings.TrimRight(line, " "))
}
