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

// cleanUp archives everything that the suite created, the last first, and returns what it could not
// archive, in words and with IDs. It also finds tasks whose creation got no response.
func (a *account) cleanUp(ctx context.Context) (left []string) {
	a.findStrays(ctx)
	for _, f := range slices.Backward(a.created) {
		if f.removed {
			continue
		}
		if err := a.remove(ctx, f); err != nil {
			what := "the task"
			if f.isProcess {
				what = "the process"
			}
			left = append(left, fmt.Sprintf("%s %s %q: %v", what, f.id, f.title, err))
			continue
		}
		f.removed = true
	}
	return left
}

// remove archives a task or a process.
func (a *account) remove(ctx context.Context, f *fixture) error {
	parts := []string{pathTasks, f.id}
	if f.isProcess {
		parts = []string{pathRuns, f.id}
	}
	got, err := a.do(ctx, call{method: http.MethodDelete, path: a.org(parts...)})
	if err == nil {
		err = got.mustBeOK()
	}
	if err != nil && f.run != "" && !f.isProcess {
		return a.removeContainer(ctx, f, err)
	}
	return err
}

// removeContainer archives the process that Tallyfy made for a task, because a task of a process
// cannot be archived alone (API.md §1.6). It leaves a process that has a task of anyone else.
func (a *account) removeContainer(ctx context.Context, f *fixture, refusal error) error {
	got, err := a.do(ctx, call{method: http.MethodGet, path: a.org(pathRuns, f.run, pathTasks), query: url.Values{"per_page": {"100"}, "status": {"all"}}})
	if err == nil {
		err = got.mustBeOK()
	}
	if err != nil {
		return fmt.Errorf("%w; then %w", refusal, err)
	}
	for _, row := range got.rows() {
		if !a.isOurs(row) {
			return fmt.Errorf("%w; its process %s has other tasks too", refusal, f.run)
		}
	}
	return a.remove(ctx, &fixture{id: f.run, isProcess: true})
}

// findStrays adds tasks with the stamp that are not known, because the response to their creation
// was lost. A list that cannot be read shows none.
func (a *account) findStrays(ctx context.Context) {
	query := url.Values{"q": {a.stamp}, "status": {"all"}, "is_oneoff": {"true"}, "per_page": {"100"}}
	got, err := a.do(ctx, call{method: http.MethodGet, path: a.org(pathTasks), query: query})
	if err != nil {
		return
	}
	for _, row := range got.rows() {
		id, _ := row["id"].(string)
		known := slices.ContainsFunc(a.created, func(f *fixture) bool { return f.id == id })
		if a.isOurs(row) && !known && id != "" {
			run, _ := row["run_id"].(string)
			title, _ := row["title"].(string)
			a.created = append(a.created, &fixture{id: id, run: run, title: title})
		}
	}
}
