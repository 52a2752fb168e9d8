// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// perPage is the most that Tallyfy puts on a page (tallyfy-api §1.4).
	perPage = 100
	// maxPages ends a list whose server never says that it is over.
	maxPages = 1000
)

// StatusFilters are the filters of a list that really filter (tallyfy-api §1.4), in its order.
var StatusFilters = []string{
	"all", "active", "active-visible", "not-started", "in-progress", "complete", "overdue", "stalled", "due-soon", "on-time",
	"has-problem", "has-improvement",
}

// CheckStatusFilter tells whether s is one of [StatusFilters]. Tallyfy answers others with every task, as if they were not
// there, the word completed of the tasks themselves among them. The error is a sentence's end that names what is wrong.
func CheckStatusFilter(s string) error {
	switch {
	case slices.Contains(StatusFilters, s):
		return nil
	case s == "completed":
		return errors.New(`Tallyfy ignores this filter and lists every task: use "complete"`) //nolint:staticcheck // a name begins it
	default:
		return fmt.Errorf("Tallyfy ignores this filter and lists every task: use one of %s", strings.Join(StatusFilters, ", ")) //nolint:staticcheck // a name begins it
	}
}

// List says which tasks are listed.
type List struct {
	Organization string
	// Run is the process whose tasks are listed; empty for those of the whole organization.
	Run string
	// Status is one of [StatusFilters]; empty for the list's own choice.
	Status string
	// WithForm includes the forms of the tasks.
	WithForm bool
	// Archived includes archived tasks, which are left out otherwise. That is documented for the list of an organization, and
	// sent for that of a run too: a parameter that is not known there has no effect.
	Archived bool
	// OneOff lists one-off tasks only, those attached to a run among them. Which word the filter takes is not documented: where it
	// has no effect, every task is listed.
	OneOff bool
}

// Tasks lists tasks, page by page as they are asked for (tallyfy-api §1.4). Lists may lag behind a write: to learn whether a
// task is completed, read the task. The sequence ends after its first error.
func (c *Client) Tasks(ctx context.Context, of List) iter.Seq2[*Task, error] {
	return func(yield func(*Task, error) bool) {
		for number := 1; number <= maxPages; number++ {
			page, err := c.TasksPage(ctx, of, number)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, task := range page.Tasks {
				if !yield(task, nil) {
					return
				}
			}
			if number >= page.Of {
				return
			}
		}
		yield(nil, fmt.Errorf("the list of tasks has more than %d pages", maxPages))
	}
}

// Page is a page of a list.
type Page struct {
	Tasks []*Task
	// Of is the number of pages that the list has, as this one tells it; an empty page is taken for one beyond the last.
	Of int
}

// TasksPage reads one page of a list, of up to 100 tasks. Pages count from 1. It is repeated where that can help; the error is
// an [*Error].
func (c *Client) TasksPage(ctx context.Context, of List, number int) (Page, error) {
	got, err := c.repeat(ctx, call{
		method: http.MethodGet,
		path:   append(TaskRef{Organization: of.Organization, Run: of.Run}.scope(), "tasks"),
		query:  of.query(number),
	})
	if err != nil {
		return Page{}, err
	}
	entries, ok := list(got.body)
	if !ok {
		failure := got.about
		failure.Cause = errors.New("the answer is not a list of tasks")
		return Page{}, &failure
	}
	page := Page{Of: lastPage(got.body)}
	if len(entries) == 0 {
		page.Of = number - 1
	}
	for _, raw := range entries {
		f, _ := object(raw)
		page.Tasks = append(page.Tasks, taskFrom(f))
	}
	return page, nil
}

func (of List) query(page int) url.Values {
	query := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
	if of.Status != "" {
		query.Set("status", of.Status)
	}
	if of.WithForm {
		query.Set("with", "form_fields")
	}
	if of.Archived {
		query.Set("archived", "true")
	}
	if of.OneOff {
		query.Set("is_oneoff", "true")
	}
	return query
}

// lastPage reads the number of pages, as far as they are counted; 1 where the answer has none to tell.
func lastPage(body []byte) int {
	outer, _ := object(body)
	meta, _ := object(outer["meta"])
	pagination, _ := object(meta["pagination"])
	return int(min(max(1, pagination.whole("total_pages")), maxPages+1))
}
