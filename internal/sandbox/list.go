// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sizes of a page (tallyfy-api §1.4).
const (
	defaultPerPage = 10
	maxPerPage     = 100
)

// dueSoon is how far ahead "due-soon" looks. UNK how far the API does.
const dueSoon = 24 * time.Hour

// listTasks serves GET tasks of the organization and of a run, from the
// replica. Parameters that it does not know have no effect.
func (s *Server) listTasks(c call) answer {
	if _, ok := s.runs[c.run]; c.run != "" && !ok {
		return resourceNotFound("no such process")
	}
	keep := []func(*stored) bool{
		func(t *stored) bool { return c.run == "" || t.RunID == c.run },
		archivedFilter(c.query.Get("archived")),
		statusFilter(c.query.Get("status"), s.cfg.Now()),
	}
	if c.query.Get("is_oneoff") == "true" && c.run == "" { // UNK which words it takes.
		keep = append(keep, func(t *stored) bool { return t.RunID == "" || t.OneOff })
	}
	if q := strings.ToLower(c.query.Get("q")); q != "" {
		keep = append(keep, func(t *stored) bool { return strings.Contains(strings.ToLower(t.Title), q) })
	}
	found := slices.DeleteFunc(s.replica.all(), func(t *stored) bool {
		return slices.ContainsFunc(keep, func(keep func(*stored) bool) bool { return !keep(t) })
	})

	with := parseIncludes(c.query.Get("with"))
	rows := func(tasks []*stored) []any {
		list := []any{}
		for _, t := range tasks {
			list = append(list, s.wire(t, onList, with))
		}
		return list
	}
	if c.query.Get("without_pagination") == "true" {
		return answer{
			status: http.StatusOK,
			body:   object{"data": rows(found)},
			note:   "listed " + strconv.Itoa(len(found)) + " tasks",
		}
	}
	p := newPage(c.query, len(found))
	shown := found[p.from:p.to]
	return answer{
		status: http.StatusOK,
		body:   object{"data": rows(shown), "meta": object{"pagination": p.wire(c.self, c.query)}},
		note:   "listed " + strconv.Itoa(len(shown)) + " of " + strconv.Itoa(len(found)) + " tasks",
	}
}

// page is one page of a list, with the range of its rows.
type page struct {
	number, perPage, pages, total int
	from, to                      int
}

func newPage(query url.Values, total int) page {
	p := page{number: 1, perPage: defaultPerPage, total: total}
	if n, err := strconv.Atoi(query.Get("per_page")); err == nil && n > 0 {
		p.perPage = min(n, maxPerPage)
	}
	p.pages = max(1, (total+p.perPage-1)/p.perPage)
	if n, err := strconv.Atoi(query.Get("page")); err == nil && n > 0 {
		p.number = n
	}
	// A page beyond the last is empty, no error.
	p.from = total
	if p.number <= p.pages {
		p.from = (p.number - 1) * p.perPage
	}
	p.to = min(p.from+p.perPage, total)
	return p
}

// wire is meta.pagination; its links are a list when there are none
// (tallyfy-api §2).
func (p page) wire(self string, query url.Values) object {
	link := func(number int) any {
		if number < 1 || number > p.pages {
			return nil
		}
		params := url.Values{}
		for name, values := range query {
			params[name] = values
		}
		params.Set("page", strconv.Itoa(number))
		return self + "?" + params.Encode()
	}
	var links any = []any{}
	if previous, next := link(p.number-1), link(p.number+1); previous != nil || next != nil {
		links = object{"previous": previous, "next": next}
	}
	return object{
		"total":        p.total,
		"count":        p.to - p.from,
		"per_page":     p.perPage,
		"current_page": p.number,
		"total_pages":  p.pages,
		"links":        links,
	}
}

// archivedFilter leaves archived tasks out, unless they or they alone are asked
// for.
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

// statusFilter has the quirks of the real one (tallyfy-api §1.4): commas mean
// or, and values it does not know, "completed" among them, are ignored. If none
// is left everything passes.
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
	// before says whether an open task's deadline comes before a time.
	before := func(t *stored, limit time.Time) bool {
		deadline, ok := parseDate(t.Deadline)
		return ok && !t.done() && deadline.Before(limit)
	}
	never := func(*stored) bool { return false }
	return map[string]func(*stored) bool{
		"all":            func(*stored) bool { return true },
		"active":         func(t *stored) bool { return !t.done() }, // Includes what rules have hidden.
		"active-visible": func(t *stored) bool { return !t.done() && !t.Hidden },
		"not-started":    func(t *stored) bool { return t.Status == statusNotStarted },
		"in-progress":    func(t *stored) bool { return t.Status == statusInProgress },
		"complete":       func(t *stored) bool { return t.done() },
		"auto-skipped":   func(t *stored) bool { return !t.Hidden }, // Works inverted.
		"overdue":        func(t *stored) bool { return before(t, now) },
		"due-soon":       func(t *stored) bool { return before(t, now.Add(dueSoon)) && !before(t, now) },
		"on-time":        func(t *stored) bool { return !t.done() && !before(t, now) },
		"has-problem":    func(t *stored) bool { return t.Issue },
		// The sandbox models neither of these.
		"stalled":         never,
		"has-improvement": never,
	}
}
