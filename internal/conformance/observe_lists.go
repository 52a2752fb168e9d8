// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// lists observes the filters and pages of the organization's list of tasks.
func lists() scenario {
	return scenario{name: "lists", see: (*observer).seeLists, observations: []Observation{
		{
			ID: "search", Section: "1.4", Question: "Does the parameter q find a one-off task by a word of its title?", How: "GET tasks with q",
		},
		{
			ID: "filter-complete", Section: "7.7", Question: "What does status=complete list, of one completed and one open task?", How: "GET tasks",
			Expected: []Expectation{says("the completed one", "[MEAS MCP]")},
		},
		{
			ID: "filter-completed", Section: "7.7", Question: "What does status=completed list, of one completed and one open task?", How: "GET tasks",
			Expected: []Expectation{says("both", "[MEAS MCP]"), says("the completed one", "[CODE N8N]")},
		},
		{
			ID: "filter-owners", Section: "1.4", Question: "What does owners list, of two tasks of the caller, for another user's ID?", How: "GET tasks with owners=0",
			Expected: []Expectation{says("neither", "[DOC]")},
		},
		{
			ID: "list-owners", Section: "7.11", Question: "How does a list show the users among the owners?", How: "GET tasks",
			Expected: []Expectation{says("objects", "[DOC, the pages on lists]"), says("integers", "[DOC get-task]")},
		},
		{
			ID: "list-links", Section: "7.13", Question: "What are the links of a list with one page?", How: "GET tasks",
			Expected: []Expectation{says("{}", "[DOC]"), says("[]", "[CODE CLI]"), says("absent", "[CODE CLI]")},
		},
		{
			ID: "page-size", Section: "1.4", Question: "How many tasks does a page have by default?", How: "GET tasks",
			Expected: []Expectation{says("10", "[MEAS] [SRC]")},
		},
		{
			ID: "page-maximum", Section: "1.4", Question: "How many tasks does a page have for per_page=101?", How: "GET tasks",
			Expected: []Expectation{says("100", "[CODE CLI]")},
		},
	}}
}

func (o *observer) seeLists(ctx context.Context) error {
	open, err := o.newTask(ctx, spec{purpose: "an open task in a list"})
	if err != nil {
		return err
	}
	done, err := o.newTask(ctx, spec{purpose: "a completed task in a list"})
	if err != nil {
		return err
	}
	completed, err := o.complete(ctx, done, nil)
	if err == nil {
		err = completed.mustBeOK()
	}
	if err != nil {
		return err
	}
	// A list may lag behind these writes.
	current := func(got reply) bool { return which(got, open, done) == "both" && completedIn(got, done) }
	_, all, err := o.until(ctx, func() (reply, bool, error) {
		got, err := o.ours(ctx, url.Values{"status": {"all"}})
		return got, current(got), err
	})
	if err != nil {
		return err
	}
	o.saw("search", "%s", map[bool]string{true: "yes", false: fmt.Sprintf("not in %d lists", lagAttempts)}[which(all, open, done) == "both"])
	for _, row := range all.rows() {
		if row["id"] == done.id {
			o.saw("list-owners", "%s", ownersKind(row))
		}
	}
	o.saw("list-links", "%s", absentOr(all.pagination(), "links"))
	for id, filters := range map[string]url.Values{
		"filter-complete":  {"status": {"complete"}},
		"filter-completed": {"status": {"completed"}},
		"filter-owners":    {"status": {"all"}, "owners": {"0"}},
	} {
		if !current(all) {
			o.results[id] = known(id).miss("the search does not show both tasks, or not yet as they are")
			continue
		}
		got, err := o.ours(ctx, filters)
		if err == nil {
			err = got.mustBeOK()
		}
		if err != nil {
			return err
		}
		o.saw(id, "%s", which(got, open, done))
	}
	for id, query := range map[string]url.Values{"page-size": {"q": {o.stamp}}, "page-maximum": {"q": {o.stamp}, "per_page": {"101"}}} {
		got, err := o.do(ctx, call{method: http.MethodGet, path: o.org(pathTasks), query: query})
		if err != nil {
			return err
		}
		size := got.pagination()["per_page"]
		if size == nil {
			size = got.outcome() + ", without per_page"
		}
		o.saw(id, "%v", size)
	}
	return nil
}

// which returns which of two tasks a list has.
func which(list reply, open, done *fixture) string {
	found := map[any]bool{}
	for _, row := range list.rows() {
		found[row["id"]] = true
	}
	switch {
	case !list.ok():
		return list.outcome()
	case found[open.id] && found[done.id]:
		return "both"
	case found[open.id]:
		return "the open one"
	case found[done.id]:
		return "the completed one"
	default:
		return "neither"
	}
}

// completedIn reports whether a list shows tasks as completed.
func completedIn(list reply, tasks ...*fixture) bool {
	done := map[any]bool{}
	for _, row := range list.rows() {
		done[row["id"]] = isDone(row)
	}
	return !slices.ContainsFunc(tasks, func(task *fixture) bool { return !done[task.id] })
}
