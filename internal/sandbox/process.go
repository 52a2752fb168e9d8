// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// process is a run of the API.
type process struct {
	id, name                   string
	template                   string // "" if it was not launched from one
	number                     int    // order in lists, from 1
	starter                    int64  // who launched it through the API; 0 for nobody
	issue                      bool
	created, updated, archived time.Time // archived is zero for an active process
}

// ensureRun returns a process, and adds it if it does not exist. The caller holds
// s.mu.
func (s *Server) ensureRun(id string) *process {
	if p, ok := s.runs[id]; ok {
		return p
	}
	now := s.cfg.Now()
	p := &process{id: id, name: "Process " + id, number: len(s.runs) + 1, created: now, updated: now}
	s.runs[id] = p
	return p
}

// AddRun names a process. Processes of tasks exist without it.
func (s *Server) AddRun(id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ensureRun(id).name = name
}

// SetRunIssue opens or resolves an issue of a process. While it is open, the
// process has the status "issue", and completions, reopenings and updates of its
// tasks are rejected with 423 (API.md §3.1). It panics if there is no such process.
func (s *Server) SetRunIssue(runID string, open bool) {
	s.changeRun(runID, func(p *process) { p.issue = open })
}

// ArchiveRun archives a process, or activates it again, as DELETE runs/{run} and
// PUT runs/{run}/activate do. It panics if there is no such process.
func (s *Server) ArchiveRun(runID string, archived bool) {
	s.changeRun(runID, func(p *process) { p.archive(archived, s.cfg.Now()) })
}

func (s *Server) changeRun(id string, change func(*process)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.runs[id]
	if !ok {
		panic(fmt.Sprintf("sandbox: no process %q", id))
	}
	change(p)
	p.updated = s.cfg.Now()
}

func (p *process) archive(archived bool, now time.Time) {
	switch {
	case !archived:
		p.archived = time.Time{}
	case p.archived.IsZero():
		p.archived = now
	}
}

// deleted reports whether a task's process is archived, which soft-deletes its
// tasks: they are not found until the process is active again (API.md §3.1). UNK
// whether reads and lists lag here: they do not. The caller holds s.mu.
func (s *Server) deleted(t *stored) bool {
	p, ok := s.runs[t.RunID]
	return ok && !p.archived.IsZero()
}

// checkProcessIssue returns a rejection, and true, for a write to a task whose
// process has an open issue. UNK the message.
func (s *Server) checkProcessIssue(t *stored) (response, bool) {
	if p, ok := s.runs[t.RunID]; !ok || !p.issue {
		return response{}, false
	}
	return failure(http.StatusLocked, "The process has an open issue.", "refused: open issue of the process"), true
}
