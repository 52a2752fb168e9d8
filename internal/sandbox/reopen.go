// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"net/http"
	"slices"
)

// reopenTask serves DELETE completed-tasks/{task} on both paths (API.md
// §1.2).
func (s *Server) reopenTask(c request) response {
	t := s.findOnPath(c.task, c.run)
	if t == nil {
		return resourceNotFound("no such task on this path")
	}
	if a, bad := s.checkProcessIssue(t); bad {
		return a
	}
	switch {
	case t.AssigneesOnly && !slices.Contains(t.Owners.Users, c.as.user):
		// "Only assigned members can complete" governs reopening too.
		return failure(http.StatusForbidden, "Only assigned members can reopen this task.", "refused: caller is no assignee")
	case !t.done():
		// An error is documented, its status is not (UNK).
		return rejected("task_id", "This task is not completed.", "not completed")
	}
	t.reopen()
	t.reopens++
	s.recordWrite(t)
	return data(s.wire(t, onReopen, nil), "reopened")
}

// reopen sets the task back to in-progress. Form values stay. UNK whether the shares
// of a task that everyone must complete stay: they do not, or a single one would
// complete it again.
func (t *stored) reopen() {
	t.Status = statusInProgress
	if t.Hidden {
		t.Status = statusAutoSkipped
	}
	t.CompletedAt, t.CompleterID, t.CompleterGuest = "", 0, ""
	t.IsApproved, t.Expired = nil, false
	t.Shares = nil
}
