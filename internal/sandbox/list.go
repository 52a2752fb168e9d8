// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"slices"
	"strings"
	"time"
)

// dueSoon is the period of the filter "due-soon".
const dueSoon = 24 * time.Hour

// listTasks serves GET tasks of the organization and of a process, from the
// replica. Unknown parameters have no effect.
func (s *Server) listTasks(c request) response {
	if _, ok := s.runs[c.run]; c.run != "" && !ok {
		return resourceNotFound("no such process")
	}
	return s.list(c, ownersFilter(c.query.Get("owners")))
}

// listMyTasks serves GET me/tasks, which shows open tasks by default (API.md §1.4).
func (s *Server) listMyTasks(c request) response {
	if c.as.isApplication() {
		return unauthenticated()
	}
	if c.query.Get("status") == "" {
		c.query.Set("status", "active")
	}
	return s.list(c, func(t *stored) bool { return slices.Contains(t.Owners.Users, c.as.user) })
}

// listUserTasks serves GET users/{user}/tasks. UNK its default status, and what it
// returns for an unknown user: all tasks, and none.
func (s *Server) listUserTasks(c request) response {
	return s.list(c, ownersFilter(c.user))
}

func (s *Server) list(c request, owned func(*stored) bool) response {
	keep := []func(*stored) bool{
		func(t *stored) bool { return (c.run == "" || t.RunID == c.run) && !s.deleted(t) },
		owned,
		archivedFilter(c.query.Get("archived")),
		statusFilter(c.query.Get("status"), s.cfg.Now()),
	}
	keep = append(keep, assigneeFilters(c.query)...)
	keep = append(keep, deadlineFilters(c.query)...)
	if c.run == "" {
		keep = append(keep, organizationFilters(c.query)...)
	}
	if q := strings.ToLower(c.query.Get("q")); q != "" {
		keep = append(keep, func(t *stored) bool { return strings.Contains(strings.ToLower(t.Title), q) })
	}
	found := slices.DeleteFunc(s.replica.all(), func(t *stored) bool {
		return slices.ContainsFunc(keep, func(keep func(*stored) bool) bool { return !keep(t) })
	})

	slices.SortStableFunc(found, taskOrder(c.query.Get("sort")))
	with := parseIncludes(c.query.Get("with"))
	return s.paged(c, len(found), "tasks", func(i int) any { return s.wire(found[i], onList, with) })
}

// archivedFilter excludes archived tasks, unless the value includes them or selects
// only them.
func archivedFilter(value string) func(*stored) bool {
	return func(t *stored) bool {
		switch value {
		case "true":
			return true
		case "only":
			return t.Archived
		default:
			return !t.Archived
		}
	}
}

// statusFilter has the quirks of the real one (API.md §1.4): commas mean OR, and
// unknown values, including "completed", are ignored. If none is left, every task
// passes.
func statusFilter(value string, now time.Time) func(*stored) bool {
	known := knownStatuses(now)
	var anyOf []func(*stored) bool
	for name := range strings.SplitSeq(value, ",") {
		if passes, ok := known[strings.TrimSpace(name)]; ok {
			anyOf = append(anyOf, passes)
		}
	}
	return func(t *stored) bool {
		return len(anyOf) == 0 || slices.ContainsFunc(anyOf, func(passes func(*stored) bool) bool { return passes(t) })
	}
}

func knownStatuses(now time.Time) map[string]func(*stored) bool {
	// before reports whether the deadline of an open task is before a time.
	before := func(t *stored, limit time.Time) bool {
		deadline, ok := parseDate(t.Deadline)
		return ok && !t.done() && deadline.Before(limit)
	}
	never := func(*stored) bool { return false }
	return map[string]func(*stored) bool{
		"all":            func(*stored) bool { return true },
		"active":         func(t *stored) bool { return !t.done() }, // includes tasks that rules have hidden
		"active-visible": func(t *stored) bool { return !t.done() && !t.Hidden },
		"not-started":    func(t *stored) bool { return t.Status == statusNotStarted },
		"in-progress":    func(t *stored) bool { return t.Status == statusInProgress },
		"complete":       func(t *stored) bool { return t.done() },
		"auto-skipped":   func(t *stored) bool { return !t.Hidden }, // works inverted
		"overdue":        func(t *stored) bool { return before(t, now) },
		"due-soon":       func(t *stored) bool { return before(t, now.Add(dueSoon)) && !before(t, now) },
		"on-time":        func(t *stored) bool { return !t.done() && !before(t, now) },
		"has-problem":    func(t *stored) bool { return t.Issue },
		// No task here has an improvement. "stalled" is missing because
		// production ignores it (API.md §1.4).
		"has-improvement": never,
	}
}
