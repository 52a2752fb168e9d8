// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

// Webhooks tells how many times the completion webhooks of the task fired: for
// each completion, through the API or outside, and for each repeated one.
func (s *Server) Webhooks(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tasks[id]; ok {
		return t.webhooks
	}
	return 0
}

// Completions tells how many completions of the task through the API had an
// effect: they completed it, added a share, or fired the webhooks of a completed
// task again (API.md §3.1). Those that were refused do not count, nor does
// a share that was recorded before. As this counts what clients did, it outlives
// DeleteTask; AddTask starts it anew.
func (s *Server) Completions(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.completions[id]
}

// Reopens tells how many times the task was reopened through the API.
func (s *Server) Reopens(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tasks[id]; ok {
		return t.reopens
	}
	return 0
}
