// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// getRun serves GET runs/{run}, with its tasks if "with" names them. UNK whether
// it still finds an archived process: it does.
func (s *Server) getRun(c request) response {
	p, ok := s.runs[c.run]
	if !ok {
		return resourceNotFound("no such process")
	}
	run := s.wireRun(p)
	if parseIncludes(c.query.Get("with"))["tasks"] {
		tasks := []any{}
		for _, t := range s.replica.all() {
			if t.RunID == c.run && !s.deleted(t) {
				tasks = append(tasks, s.wire(t, onList, nil))
			}
		}
		run["tasks"] = object{"data": tasks}
	}
	return data(run, "read the process")
}

// listRuns serves GET runs, without archived processes (API.md §1.6). Of the
// documented filters it supports only q.
func (s *Server) listRuns(c request) response {
	q := strings.ToLower(c.query.Get("q"))
	var found []*process
	for _, p := range s.runs {
		if p.archived.IsZero() && strings.Contains(strings.ToLower(p.name), q) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *process) int { return cmp.Compare(a.number, b.number) })
	return s.paged(c, len(found), "processes", func(i int) any { return s.wireRun(found[i]) })
}

// archiveRun serves DELETE runs/{run}.
func (s *Server) archiveRun(c request) response {
	return s.setArchived(c, true, "archived the process")
}

// activateRun serves PUT runs/{run}/activate.
func (s *Server) activateRun(c request) response {
	return s.setArchived(c, false, "activated the process")
}

// setArchived archives or activates a process. UNK whether a repetition is rejected:
// it is not.
func (s *Server) setArchived(c request, archived bool, note string) response {
	p, ok := s.runs[c.run]
	if !ok {
		return resourceNotFound("no such process")
	}
	p.archive(archived, s.cfg.Now())
	p.updated = s.cfg.Now()
	return data(s.wireRun(p), note)
}

// wireRun returns the JSON of a process. What the sandbox does not model is null.
// UNK whether the status shows that all tasks are completed: it does not.
func (s *Server) wireRun(p *process) object {
	complete, total, updated := 0, 0, p.updated
	for _, t := range s.tasks {
		if t.RunID != p.id {
			continue
		}
		total++
		if t.done() {
			complete++
		}
		if t.updated.After(updated) {
			updated = t.updated
		}
	}
	return object{
		"id":              p.id,
		"increment_id":    p.number,
		"checklist_id":    nil,
		"checklist_title": nil,
		"name":            p.name,
		"status":          p.status(),
		"has_open_issue":  p.issue,
		"progress":        object{"complete": complete, "total": total, "percent": 100 * complete / max(total, 1)},
		"created_at":      plainTimestamp(p.created),
		"started_at":      plainTimestamp(p.created),
		"last_updated":    plainTimestamp(updated),
		"archived_at":     orNullTime(p.archived),
		"completed_at":    nil,
		"due_date":        nil,
		"owner_id":        nil,
		"started_by":      nil,
	}
}

// status returns the state of a process. UNK the status of an archived process with
// an open issue.
func (p *process) status() string {
	switch {
	case !p.archived.IsZero():
		return "archived"
	case p.issue:
		return "issue"
	default:
		return "active"
	}
}

func orNullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return plainTimestamp(t)
}
