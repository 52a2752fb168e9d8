// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// cleanUp archives everything that the suite created, the last first, and returns what it could not
// archive, in words and with IDs. It also searches for what was created without a response.
func (a *account) cleanUp(ctx context.Context) (left []string) {
	a.findLost(ctx)
	for _, f := range slices.Backward(a.created) {
		switch {
		case f.removed:
		case f.id == "":
			left = append(left, fmt.Sprintf("%s %q: its creation got no response, and a search does not find it, so it may not exist", f.noun(), f.title))
		default:
			if err := a.remove(ctx, f); err != nil {
				left = append(left, fmt.Sprintf("%s %s %q: %v", f.noun(), f.id, f.title, err))
				continue
			}
			f.removed = true
		}
	}
	return left
}

// remove archives a task or a process, unless it is archived already.
func (a *account) remove(ctx context.Context, f *fixture) error {
	got, err := a.do(ctx, call{method: http.MethodDelete, path: a.org(f.path()...)})
	if err == nil {
		err = got.mustBeOK()
	}
	if err == nil {
		return nil
	}
	now, failed := a.get(ctx, "", f.path()...)
	if failed != nil {
		return fmt.Errorf("%w; then %w", err, failed)
	}
	if isArchived(now.data()) {
		return nil
	}
	run, _ := now.data()["run_id"].(string)
	if run = cmp.Or(f.run, run); run == "" || f.isProcess {
		return err
	}
	return a.removeContainer(ctx, f, run, err)
}

// isArchived reports whether a task or a process is archived.
func isArchived(o object) bool { return o["archived_at"] != nil || o["status"] == "archived" }

// removeContainer archives the process that Tallyfy made for a task, because a task of a process
// cannot be archived alone (API.md §1.6). It leaves a process unless a list shows all its tasks,
// and all are the suite's.
func (a *account) removeContainer(ctx context.Context, f *fixture, run string, refusal error) error {
	query := url.Values{"per_page": {"100"}, "status": {"all"}}
	// A list may lag behind the creation of the task.
	_, got, err := a.until(ctx, func() (reply, bool, error) {
		got, err := a.do(ctx, call{method: http.MethodGet, path: a.org(pathRuns, run, pathTasks), query: query})
		return got, !got.ok() || got.hasRow(f.id), err
	})
	if err == nil {
		err = got.mustBeOK()
	}
	if err != nil {
		return fmt.Errorf("%w; then %w", refusal, err)
	}
	if !got.hasRow(f.id) || !got.isWhole() {
		return fmt.Errorf("%w; a list does not show all tasks of its process %s", refusal, run)
	}
	for _, row := range got.rows() {
		if !a.isOurs(row) {
			return fmt.Errorf("%w; its process %s has other tasks too", refusal, run)
		}
	}
	return a.remove(ctx, &fixture{id: run, isProcess: true})
}

// findLost searches the tasks and processes whose creation got no response. A list that cannot be
// read finds none.
func (a *account) findLost(ctx context.Context) {
	for _, f := range a.created {
		if f.id != "" {
			continue
		}
		query := url.Values{"q": {a.stamp}, "per_page": {"100"}}
		path := pathRuns
		if !f.isProcess {
			path = pathTasks
			query.Set("status", "all")
			query.Set("is_oneoff", "true")
		}
		// A list may lag behind the creation.
		_, _, _ = a.until(ctx, func() (reply, bool, error) {
			got, err := a.do(ctx, call{method: http.MethodGet, path: a.org(path), query: query})
			for _, row := range got.rows() {
				if id, _ := row["id"].(string); id != "" && !a.knows(id) && titleOf(row) == f.title {
					f.id = id
					f.run, _ = row["run_id"].(string)
					break
				}
			}
			return got, !got.ok() || f.id != "", err
		})
	}
}

// knows reports whether the suite has a task or a process with this ID.
func (a *account) knows(id string) bool {
	return slices.ContainsFunc(a.created, func(f *fixture) bool { return f.id == id })
}

// others returns the titles of tasks of other runs of the suite that a search finds. It does not
// touch them: a run may be under way, and a person may have made one.
func (a *account) others(ctx context.Context) (titles []string) {
	query := url.Values{"q": {titlePrefix}, "is_oneoff": {"true"}, "per_page": {"100"}}
	got, err := a.do(ctx, call{method: http.MethodGet, path: a.org(pathTasks), query: query})
	if err != nil {
		return nil
	}
	for _, row := range got.rows() {
		if title := titleOf(row); strings.HasPrefix(title, titlePrefix) && !a.isOurs(row) && !isArchived(row) {
			titles = append(titles, title)
		}
	}
	return titles
}
