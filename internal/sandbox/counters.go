// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

// Webhooks returns how often the completion webhooks of the task fired: for each
// completion, through the API or outside, and for each repetition.
func (s *Server) Webhooks(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tasks[id]; ok {
		return t.webhooks
	}
	return 0
}

// Completions returns how many completions of the task through the API had an
// effect: they completed it, added a share, or fired the webhooks of a completed
// task again (API.md §3.1). Rejected completions do not count, and neither does a
// share that was already recorded. The counter survives DeleteTask, because it
// counts what clients did; AddTask resets it.
func (s *Server) Completions(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.completions[id]
}

// Reopens returns how often the task was reopened through the API.
func (s *Server) Reopens(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tasks[id]; ok {
		return t.reopens
	}
	return 0
}
