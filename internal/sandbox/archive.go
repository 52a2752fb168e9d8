// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import "net/http"

// archiveTask serves DELETE tasks/{task} for one-off tasks (API.md §1.6). UNK
// whether a repetition is rejected: it is not.
func (s *Server) archiveTask(c request) response {
	return s.changeOneOff(c, "archived", func(t *stored) { t.Archived = true })
}

// restoreTask serves PUT tasks/{task}/restore. UNK its response: the task.
func (s *Server) restoreTask(c request) response {
	a := s.changeOneOff(c, "restored", func(t *stored) { t.Archived = false })
	if a.status == http.StatusNoContent {
		return data(s.wire(s.tasks[c.task], onUpdate, nil), a.note)
	}
	return a
}

// deleteTask serves DELETE tasks/{task}/delete.
func (s *Server) deleteTask(c request) response {
	a := s.changeOneOff(c, "deleted", func(*stored) {})
	if a.status == http.StatusNoContent {
		delete(s.tasks, c.task)
		s.replica.push(c.task, nil)
		s.past.push(c.task, nil, s.cfg.Now())
	}
	return a
}

// changeOneOff changes a task without a process and returns 204. UNK the status for
// a task of a process: the message is known, and 422 fits it.
func (s *Server) changeOneOff(c request, note string, change func(*stored)) response {
	t, ok := s.tasks[c.task]
	switch {
	case !ok || s.deleted(t):
		return resourceNotFound("no such task")
	case t.RunID != "":
		return failure(http.StatusUnprocessableEntity, "Cannot delete linked tasks.", "refused: task of a process")
	}
	change(t)
	s.recordWrite(t)
	return response{status: http.StatusNoContent, note: note}
}
