// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"net/http"
)

// getTask serves GET tasks/{task}. The organization's path finds tasks of runs
// too, and its answer tells the run (tallyfy-api §1.3).
func (s *Server) getTask(c call) answer {
	t, behind := s.seen(c.task)
	if t == nil || (c.run != "" && t.RunID != c.run) {
		return resourceNotFound("no such task on this path")
	}
	note := "read: " + t.Status
	if behind {
		note += ", behind the latest write"
	}
	return data(s.wire(t, onGet, parseIncludes(c.query.Get("with"))), note)
}

// getRun serves GET runs/{run}, with its tasks if asked for.
func (s *Server) getRun(c call) answer {
	if _, ok := s.runs[c.run]; !ok {
		return resourceNotFound("no such process")
	}
	run := s.wireRun(c.run)
	if parseIncludes(c.query.Get("with"))["tasks"] {
		tasks := []any{}
		for _, t := range s.replica.all() {
			if t.RunID == c.run {
				tasks = append(tasks, s.wire(t, onList, nil))
			}
		}
		run["tasks"] = object{"data": tasks}
	}
	return data(run, "read the process")
}

// wireRun is the process as JSON shows it. Its members are not documented one by
// one: the word of status and the shape of progress are invented (UNK).
func (s *Server) wireRun(id string) object {
	completed, total := 0, 0
	for _, t := range s.tasks {
		if t.RunID != id {
			continue
		}
		total++
		if t.done() {
			completed++
		}
	}
	return object{
		"id":          id,
		"name":        s.runs[id],
		"status":      "active",
		"progress":    object{"completed": completed, "total": total},
		"archived_at": nil,
	}
}

// me serves GET me, the check of a token (tallyfy-api §1.6). An application is
// no user, and is refused (tallyfy-api §4).
func (s *Server) me(c call) answer {
	if c.as.isApplication() {
		return unauthenticated()
	}
	return data(object{
		"id":        c.as.user,
		"full_name": userName(c.as.user),
		"email":     emailOf(c.as.user),
	}, "read the caller")
}

func (s *Server) myOrganizations(c call) answer {
	if c.as.isApplication() {
		return unauthenticated()
	}
	return answer{
		status: http.StatusOK,
		body:   object{"data": []any{object{"id": s.cfg.Organization, "name": "Sandbox"}}},
		note:   "read the caller's organizations",
	}
}

// userName names a user of whom only the id is known.
func userName(id int64) string {
	return fmt.Sprintf("User %d", id)
}
