// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"net/http"
	"slices"
)

// completeTask serves POST completed-tasks on both paths (API.md §1.1).
func (s *Server) completeTask(c request) response {
	id, ok := c.input["task_id"].(string)
	switch {
	case isEmpty(c.input["task_id"]):
		return rejected("task_id", "The task id field is required.", "no task_id")
	case !ok:
		return rejected("task_id", "The task id must be a string.", "task_id is no string")
	}
	t := s.findOnPath(id, c.run)
	if t == nil {
		return resourceNotFound("no such task on this path")
	}
	if a, bad := s.checkProcessIssue(t); bad {
		return a
	}
	if a, bad := s.checkCompletable(t, c.as); bad {
		return a
	}

	approved, completer, errs := decision(t, c.as, c.input)
	if len(errs) > 0 {
		return unprocessable(errs)
	}
	values, report, saved := t.Taskdata, "", false
	if _, sent := c.input["taskdata"]; sent {
		if s.cfg.Vintage == Legacy {
			m := mergeTaskdata(t, c.input["taskdata"], s.cfg.Rewrite)
			if len(m.errs) > 0 {
				return unprocessable(m.errs)
			}
			values, report, saved = m.values, m.note(), m.saved+m.cleared > 0
		} else {
			report = "ignored taskdata"
		}
	}
	// Rules of the form are only checked here (API.md §1.5).
	if errs := checkForm(t.Fields, values); len(errs) > 0 {
		return unprocessable(errs)
	}

	if t.done() {
		// The trap of API.md §3.1: nothing changes, but webhooks fire again.
		// Legacy has rejected the request before.
		s.stepCompleted(t)
		s.completions[id]++
		return data(s.wire(t, onComplete, nil), joinNotes("already completed", "webhooks fired again", report))
	}
	t.Taskdata = values
	note, effect := s.complete(t, completer, approved)
	if effect {
		s.completions[id]++
	}
	// A share changes last_updated. UNK whether one that was already recorded
	// does too: it does not, unless values were saved with it.
	if effect || saved {
		s.recordWrite(t)
	}
	return data(s.wire(t, onComplete, nil), joinNotes(note, report))
}

// findOnPath returns the task that completions and reopenings find: the
// organization's path finds only tasks without a run, and a run's path only its
// own (API.md §1.1, routing trap). Tasks of an archived process are on no path.
func (s *Server) findOnPath(id, run string) *stored {
	if t, ok := s.tasks[id]; ok && t.RunID == run && !s.deleted(t) {
		return t
	}
	return nil
}

// checkCompletable returns a rejection, and true, if the task's own state forbids
// a completion. UNK: the statuses and messages for archived and hidden tasks, for
// tasks with an issue, and for a rejected repetition. 422 fits the API's validation
// of requests, and 403 its check of permissions.
func (s *Server) checkCompletable(t *stored, caller caller) (response, bool) {
	switch {
	case t.AssigneesOnly && !slices.Contains(t.Owners.Users, caller.user):
		// Membership of groups is not modelled. The caller is not an
		// administrator, who would be allowed.
		return failure(http.StatusForbidden, "Only assigned members can complete this task.", "refused: caller is no assignee"), true
	case t.done() && s.cfg.Vintage == Legacy:
		return rejected("task_id", "This task is already completed.", "already completed"), true
	case t.Archived:
		return rejected("task_id", "This task is archived.", "archived"), true
	case t.Hidden:
		return rejected("task_id", "This task is hidden and cannot be completed.", "hidden"), true
	case t.Issue:
		return rejected("task_id", "This task has an unresolved issue.", "unresolved issue"), true
	default:
		return response{}, false
	}
}

// decision parses is_approved and override_user. UNK who is recorded for a
// completion by an application: no user.
func decision(t *stored, caller caller, input object) (approved *bool, completer int64, errs fieldErrors) {
	errs = fieldErrors{}
	completer = caller.user
	if value := input["is_approved"]; !isEmpty(value) {
		b, ok := asBool(value)
		if !ok {
			errs.add("is_approved", "The is approved field must be true or false.")
		}
		approved = &b
	} else if t.Type == typeApproval {
		errs.add("is_approved", "The is approved field is required.")
	}
	// UNK who may use override_user, and whether the user has to exist: anyone
	// may, and any number is a user.
	if value := input["override_user"]; !isEmpty(value) {
		id, ok := asInteger(value)
		if !ok {
			errs.add("override_user", "The override user must be an integer.")
		}
		completer = id
	}
	return approved, completer, errs
}

// complete records a completion, or a share of one. It returns a note, and whether
// there was anything to record. The caller holds s.mu.
func (s *Server) complete(t *stored, completer int64, approved *bool) (note string, effect bool) {
	if t.EveryoneMustComplete > 1 {
		// UNK whether a repetition by the same user counts: it does not. UNK
		// whether the overridden completer gets the share: it does.
		note = "share was recorded before, still open"
		if !slices.Contains(t.Shares, completer) {
			t.Shares = append(t.Shares, completer)
			note, effect = "recorded a share, still open", true
		}
		if len(t.Shares) < t.EveryoneMustComplete {
			t.Status = statusInProgress
			return note, effect
		}
	}
	t.Status = statusCompleted
	t.CompletedAt = timestamp(s.cfg.Now())
	t.CompleterID, t.CompleterGuest = completer, ""
	t.IsApproved, t.Expired = nil, false
	switch t.Type {
	case typeApproval:
		t.IsApproved = approved
	case typeExpiring, typeExpiringEmail:
		// A decision is not ignored here: false marks the task as expired instead
		// of acknowledged (API.md §1.1).
		t.Expired = approved != nil && !*approved
	}
	s.stepCompleted(t)
	note = "completed"
	switch {
	case t.Expired:
		note = "completed as expired"
	case t.IsApproved != nil && *t.IsApproved:
		note = "completed, approved"
	case t.IsApproved != nil:
		note = "completed, rejected"
	}
	if t.ReopenedByAutomation {
		t.reopen()
		return note + ", then reopened by a rule", true
	}
	return note, true
}
