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

// Entry is one request that reached the sandbox, and what became of it.
type Entry struct {
	// N counts the requests since the start or the last ResetJournal, from 1.
	N int

	// Method and Path are those of the request; Path is escaped as it came, and
	// Query is the raw query without "?".
	Method, Path, Query string

	// Header is the request's, including Authorization.
	Header http.Header

	// Body is the request's, as it came.
	Body []byte

	// Status is what was answered; 0 while there is no answer yet, or when the
	// connection was dropped without one.
	Status int

	// Note says in a few words what the request did. It never holds a value
	// that was sent.
	Note string
}

// record is an Entry that is still being written, guarded by Server.mu.
type record struct {
	Entry
	requestID string
}

// Journal returns copies of all entries, in the order the requests arrived. A
// request that is still under way is in it, with Status 0.
func (s *Server) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := make([]Entry, 0, len(s.journal))
	for _, rec := range s.journal {
		entries = append(entries, rec.clone())
	}
	return entries
}

// ResetJournal forgets all entries. Requests under way then leave no trace.
func (s *Server) ResetJournal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = nil
}

// Count tells how many requests of the method ("" for any) arrived whose path
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

// matches says whether a request is one that wantMethod and pathPart mean.
func matches(wantMethod, pathPart, method, path string) bool {
	return (wantMethod == "" || wantMethod == method) && strings.Contains(path, pathPart)
}

// arrive journals the request, and takes the fault that is meant for it or else
// tells how long the rate limit refuses it, in one step: the order of the
// journal is the order in which faults and the limit are used up.
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
	return rec, nil, s.throttle()
}

func (s *Server) keepBody(rec *record, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec.Body = body
}

// annotate sets the note of a request that has had its effect but waits for
// its answer.
func (s *Server) annotate(rec *record, note string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec.Note = note
}

// finish completes the entry. It is called before the answer goes out, so that
// a client with an answer finds the journal complete.
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

// target is the path with its query.
func (e Entry) target() string {
	if e.Query == "" {
		return e.Path
	}
	return e.Path + "?" + e.Query
}

// WriteJournal writes the entries as a table for people: number, method, path
// with query, status and note. It shows no header and nothing of a body. Where
// all paths lie below one organization, that is said once, above the table.
func WriteJournal(w io.Writer, entries []Entry) {
	root := commonRoot(entries)
	if root != "" {
		// As with writeLine, nobody could be told of a failure.
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

// organizationRoot is what the path of nearly every request begins with.
var organizationRoot = regexp.MustCompile(`^(/api)?/organizations/[^/]+`)

// commonRoot is the organization that all entries' paths lie below, or "".
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

// lineWidth fits the longest path of the routes, a completion within a run, so
// that lines that are written one at a time are aligned as well.
const lineWidth = len("/api/organizations/") + 32 + len("/runs/") + 32 + len("/completed-tasks/") + 32

// WriteEntry writes one line as WriteJournal does, with the whole path, for
// showing requests as they come.
func WriteEntry(w io.Writer, e Entry) {
	writeLine(w, e, lineWidth)
}

func writeLine(w io.Writer, e Entry, width int) {
	status := "-"
	if e.Status != 0 {
		status = strconv.Itoa(e.Status)
	}
	line := fmt.Sprintf("%4d  %-6s  %-*s  %3s  %s", e.N, e.Method, width, e.target(), status, e.Note)
	// A journal that cannot be written has no one who could be told.
	_, _ = fmt.Fprintln(w, strings.TrimRight(line, " "))
}
