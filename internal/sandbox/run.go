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

// listRuns serves GET runs (API.md §1.6). Of the documented filters it supports q,
// checklist_id and status, without which archived processes are left out. UNK what
// an unknown status does: as in lists of tasks, nothing.
func (s *Server) listRuns(c request) response {
	q, template, status := strings.ToLower(c.query.Get("q")), c.query.Get("checklist_id"), c.query.Get("status")
	hasStatus := func(p *process) bool { return p.archived.IsZero() }
	switch {
	case status == "problem": // includes "issue" [CODE N8N]
		hasStatus = func(p *process) bool { return p.archived.IsZero() && p.issue }
	case slices.Contains([]string{"active", "issue", "archived"}, status):
		hasStatus = func(p *process) bool { return p.status() == status }
	}
	var found []*process
	for _, p := range s.runs {
		if hasStatus(p) && (template == "" || p.template == template) && strings.Contains(strings.ToLower(p.name), q) {
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
		"checklist_id":    orNull(p.template),
		"checklist_title": orNull(s.templates[p.template].title),
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
		"owner_id":        orNullUser(p.starter),
		"started_by":      orNullUser(p.starter),
	}
}

func orNullUser(id int64) any {
	if id == 0 {
		return nil
	}
	return id
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
