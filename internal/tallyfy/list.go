// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// perPage is Tallyfy's maximum for a page (API.md §1.4).
	perPage = 100
	// maxPages ends a list that the server never ends.
	maxPages = 1000
)

// StatusAll is the status filter that includes all tasks (API.md §1.4). The default filter is not
// documented for all lists.
const StatusAll = "all"

// StatusFilters are the filters of a list that Tallyfy applies in production (API.md §1.4), in its
// order.
var StatusFilters = []string{
	StatusAll, "active", "active-visible", "not-started", "in-progress", "complete", "overdue", "due-soon", "on-time",
	"has-problem", "has-improvement",
}

// CheckStatusFilter returns an error unless s is one of [StatusFilters]. Tallyfy ignores other
// filters without an error and lists every task. Among these are completed, although tasks report
// it as their status, and stalled, although Tallyfy's staging system applies it. The error
// completes a sentence that names the filter.
func CheckStatusFilter(s string) error {
	switch {
	case slices.Contains(StatusFilters, s):
		return nil
	case s == "completed":
		return errors.New(`Tallyfy ignores this filter and lists every task: use "complete"`) //nolint:staticcheck // a name begins it
	case s == "stalled":
		return fmt.Errorf("Tallyfy ignores this filter in production and lists every task: use one of %s", strings.Join(StatusFilters, ", ")) //nolint:staticcheck // a name begins it
	default:
		return fmt.Errorf("Tallyfy ignores this filter and lists every task: use one of %s", strings.Join(StatusFilters, ", ")) //nolint:staticcheck // a name begins it
	}
}

// List selects the tasks to list.
type List struct {
	Organization string
	// Run is the ID of the process whose tasks are listed; empty for those of the whole
	// organization.
	Run string
	// Status is one of [StatusFilters]; empty for the list's default.
	Status string
	// WithForm includes the forms of the tasks.
	WithForm bool
	// Archived includes archived tasks. The parameter is documented for the list of an
	// organization, and is also sent for the list of a process: there an unknown parameter has no
	// effect.
	Archived bool
	// OneOff lists only one-off tasks, including those attached to a process. The value of the
	// filter is not documented: if it has no effect, every task is listed.
	OneOff bool
}

// Tasks lists tasks and reads each page only when the caller needs it (API.md §1.4). It yields each
// task once. It does not yield entries without an ID. Lists may lag behind a write: to learn
// whether a task is completed, read the task.
//
// A list can change while its pages are read. If the number of tasks changes, or if the pages
// contain fewer tasks than the last page reports, Tasks reads the list once more from the start and
// yields what is new. If tasks are still missing, the last error wraps an [*IncompleteError]: a
// caller that chooses among the tasks must wait for the end of the sequence.
//
// The sequence ends after its first error, which is an [*Error] unless the request could not be
// written.
func (c *Client) Tasks(ctx context.Context, list List) iter.Seq2[*Task, error] {
	return func(yield func(*Task, error) bool) {
		yielded := map[string]bool{}
		for again := false; ; again = true {
			t := traversal{ids: map[string]bool{}}
			if !c.pages(ctx, list, &t, yielded, yield) {
				return
			}
			failure := t.incomplete(len(yielded) + t.unnamed)
			switch {
			case failure == nil && (again || t.first == t.total):
				return
			case again || t.endless:
				yield(nil, failure)
				return
			}
		}
	}
}

// pages reads a list from start to end, and yields the tasks that are not in yielded. It returns
// false if the sequence has ended, because the caller stopped or a request failed.
func (c *Client) pages(ctx context.Context, list List, t *traversal, yielded map[string]bool, yield func(*Task, error) bool) bool {
	for number := 1; number <= maxPages; number++ {
		page, err := c.TasksPage(ctx, list, number)
		if err != nil {
			yield(nil, err)
			return false
		}
		for _, task := range t.add(page, number) {
			id := strings.ToLower(task.ID)
			if yielded[id] {
				continue
			}
			yielded[id] = true
			if !yield(task, nil) {
				return false
			}
		}
		if t.ended {
			return true
		}
	}
	t.endless = true
	return true
}

// traversal is what one reading of a list from start to end has found.
type traversal struct {
	ids          map[string]bool // in lower case: letter case does not distinguish IDs
	unnamed      int             // entries without an ID
	first, total int             // what the first and the last page with a total report; 0 for none
	last         Page
	number       int  // of the last page
	ended        bool // by the last page
	endless      bool // there are more pages than are read
}

// add records a page and returns the tasks that no earlier page of this pass contains. A page
// without a new ID ends the list, because a server that ignores the parameter page returns the same
// tasks for ever.
func (t *traversal) add(page Page, number int) []*Task {
	t.last, t.number = page, number
	if page.Total > 0 {
		t.total = page.Total
		if t.first == 0 {
			t.first = page.Total
		}
	}
	var found []*Task
	unnamed := 0
	for _, task := range page.Tasks {
		id := strings.ToLower(task.ID)
		switch {
		case id == "":
			unnamed++
		case !t.ids[id]:
			t.ids[id] = true
			found = append(found, task)
		}
	}
	if len(found) > 0 || number == 1 {
		t.unnamed += unnamed
	}
	t.ended = len(found) == 0 || !page.open && t.total <= len(t.ids)+t.unnamed
	return found
}

// incomplete returns an error if the list has more entries than were read, and nil otherwise. If
// the list reports no total, an empty page is its end, and a page that repeats tasks and announces
// another page is not.
func (t *traversal) incomplete(read int) error {
	failure := &IncompleteError{Read: read, Total: t.total}
	switch {
	case t.endless:
		failure.reason = fmt.Sprintf("the list does not end within %d pages", maxPages)
	case t.total > read:
		failure.reason = fmt.Sprintf("the pages of the list contain %d of its %d tasks", read, t.total)
	case t.total == 0 && len(t.last.Tasks) > 0 && t.last.announced:
		failure.reason = fmt.Sprintf("page %d of the list contains no new task and announces another page", t.number)
	default:
		return nil
	}
	origin := t.last.origin
	origin.Cause = failure
	return &origin
}

// IncompleteError reports that a list has tasks that none of its pages contains, so that a choice
// among the others could miss one.
type IncompleteError struct {
	// Read is the number of entries that were read.
	Read int
	// Total is the number of entries that the list reports; 0 if it reports none.
	Total int

	reason string
}

// Error returns what the list reports and what its pages contain.
func (e *IncompleteError) Error() string { return e.reason }

// Page is a page of a list.
type Page struct {
	Tasks []*Task
	// Of is the number of pages in the list, as far as this page shows: the most that any evidence
	// says. If this page only announces another page, Of is the number of that page. If this page
	// is empty, it is beyond the last page.
	Of int
	// Total is the number of entries in the list that this page reports; 0 if it reports none.
	Total int

	announced bool // total_pages, links.next or has_more_pages announces another page
	open      bool // announced, or the page is full and nothing in it reports the end of the list
	origin    Error
}

// TasksPage reads one page of a list, of up to 100 tasks. Pages count from 1. The request is
// retried; the error is an [*Error].
func (c *Client) TasksPage(ctx context.Context, list List, number int) (Page, error) {
	got, err := c.doWithRetries(ctx, request{
		method: http.MethodGet,
		path:   append(TaskRef{Organization: list.Organization, Run: list.Run}.scope(), "tasks"),
		query:  list.query(number),
	})
	if err != nil {
		return Page{}, err
	}
	entries, ok := parseList(got.body)
	if !ok {
		failure := got.origin
		failure.Cause = errors.New("the response is not a list of tasks")
		return Page{}, &failure
	}
	page := paged(got.body, number, len(entries))
	page.origin = got.origin
	for _, raw := range entries {
		f, _ := parseObject(raw)
		task := taskFrom(f)
		task.Ref = TaskRef{Organization: list.Organization, Run: list.Run, Task: task.ID}
		page.Tasks = append(page.Tasks, task)
	}
	return page, nil
}

func (l List) query(page int) url.Values {
	query := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
	if l.Status != "" {
		query.Set("status", l.Status)
	}
	if l.WithForm {
		query.Set("with", "form_fields")
	}
	if l.Archived {
		query.Set("archived", "true")
	}
	if l.OneOff {
		query.Set("is_oneoff", "true")
	}
	return query
}

// paged derives the number of pages of a list from the page with this number and this many entries
// (API.md §2). The sources disagree about which evidence exists, and total_pages may refer to
// another page size, so the evidence for the most pages counts.
func paged(body []byte, number, entries int) Page {
	outer, _ := parseObject(body)
	meta, _ := parseObject(outer["meta"])
	pagination, _ := parseObject(meta["pagination"])
	count := func(name string) int { return int(min(max(0, pagination.integer(name)), math.MaxInt32)) }
	page := Page{Total: count("total")}
	if entries == 0 {
		page.Of = number - 1
		return page
	}
	pages := count("total_pages")
	next, reported := nextPage(pagination)
	page.announced = pages > number || next
	unknown := entries >= perPage && !reported && pages == 0 && page.Total == 0
	page.open = page.announced || unknown

	page.Of = max(pages, number)
	if next || unknown {
		page.Of = max(page.Of, number+1)
	}
	size := perPage
	if n := count("per_page"); n > 0 {
		size = n
	}
	if ends := pages == number && page.Total <= (number-1)*size+entries; !ends {
		page.Of = max(page.Of, (page.Total+entries-1)/entries)
	}
	page.Of = min(page.Of, maxPages+1)
	return page
}

// nextPage reports whether the pagination announces another page, and whether it reports on that at
// all.
func nextPage(pagination jsonObject) (next, reported bool) {
	links, _ := parseObject(pagination["links"])
	_, reported = links["next"]
	switch links.value("next") {
	case nil, "", false:
	default:
		next = true
	}
	if more := pagination.boolean("has_more_pages"); more != nil {
		next, reported = next || *more, true
	}
	return next, reported
}
