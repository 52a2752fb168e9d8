// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// A roster is a list of tasks that all share who look at one of them, so that hundreds of looks take one request for each hundred
// tasks. Lists may be behind (tallyfy-api §1.4): what one shows is never the last word on a task.

const (
	// freshFor is how long a roster serves, from its first look on. A refresh of hundreds takes seconds; a process that lives
	// longer must hear of what people do meanwhile.
	freshFor = time.Minute
	// moment is how long a look waits for others that are on their way before there are found to be too few for the rest of a
	// list. Terraform sends its looks side by side, so they come at once or not at all.
	moment = 50 * time.Millisecond
)

// rosters are those of one client. They are safe for concurrent use.
type rosters struct {
	mu   sync.Mutex
	each map[tallyfy.List]*roster
}

// of gives the roster of a list for a look at a task, and tells whether that is the first look it is asked for. Where there is
// none that serves the task, it is a new one.
func (s *rosters) of(list tallyfy.List, task string) (r *roster, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r = s.each[list]
	if r == nil || !r.admit(task) {
		r = &roster{list: list, since: time.Now(), asked: map[string]bool{idKey(task): true}, tasks: map[string]*tallyfy.Task{}}
		if s.each == nil {
			s.each = map[tallyfy.List]*roster{}
		}
		s.each[list] = r
		first = true
	}
	return r, first
}

// known gives the roster of a list where there is one that serves a look at a task; otherwise nil.
func (s *rosters) known(list tallyfy.List, task string) *roster {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.each[list]; r != nil && !r.hasFailed() && r.admit(task) {
		return r
	}
	return nil
}

// roster is one list, as far as it was read.
type roster struct {
	list  tallyfy.List
	since time.Time

	mu     sync.Mutex
	asked  map[string]bool          // the tasks of all looks that were asked for, by idKey
	tasks  map[string]*tallyfy.Task // by idKey
	read   int                      // pages
	pages  int                      // that there are; means nothing before one was read
	turn   chan struct{}            // closed when the page that is being read is there; nil while none is
	failed error
}

// admit tells whether the roster serves a look at a task, and counts it. Whoever looks at a task again wants to know what became of
// it since, but not to try a list again that has failed.
func (r *roster) admit(task string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.since) > freshFor || r.asked[idKey(task)] && r.failed == nil {
		return false
	}
	r.asked[idKey(task)] = true
	return true
}

// idKey returns the form of an ID in which it is a key: letter case does not distinguish IDs.
func idKey(id string) string { return strings.ToLower(id) }

func (r *roster) hasFailed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed != nil
}

// paging is a way to read a page of a list.
type paging func(ctx context.Context, of tallyfy.List, number int) (tallyfy.Page, error)

// look finds a task on the list, which is read on as far as that needs. task is nil where the list does not show it, or where the
// rest of it has as many pages as looks were asked for or more, since these then take no more requests one by one. Each page is
// read once, by whoever needs it first. Half of the time that ctx leaves is kept for a look at the task itself.
func (r *roster) look(ctx context.Context, read paging, id string) (task *tallyfy.Task, err error) {
	ctx, cancel := halfOf(ctx)
	defer cancel()
	key := idKey(id)
	r.mu.Lock()
	defer r.mu.Unlock()
	for waited := false; ; {
		left := r.pages - r.read
		switch {
		case r.tasks[key] != nil:
			return r.tasks[key], nil
		case r.failed != nil:
			return nil, r.failed
		case r.turn != nil:
			err = r.await(ctx, r.turn)
		case r.read == 0 || left > 0 && left < len(r.asked):
			r.turnPage(ctx, read)
		case left > 0 && !waited:
			others, stop := context.WithTimeout(ctx, moment)
			err, waited = r.await(ctx, others.Done()), true
			stop()
		default:
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// shown returns the tasks that were read, and whether they are all of the list.
func (r *roster) shown() (tasks []*tallyfy.Task, complete bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, task := range r.tasks {
		tasks = append(tasks, task)
	}
	return tasks, r.failed == nil && r.read > 0 && r.read >= r.pages
}

// await waits without the lock.
func (r *roster) await(ctx context.Context, done <-chan struct{}) error {
	r.mu.Unlock()
	defer r.mu.Lock()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// turnPage reads the next page, without the lock while it is under way.
func (r *roster) turnPage(ctx context.Context, read paging) {
	turned, number := make(chan struct{}), r.read+1
	r.turn = turned
	r.mu.Unlock()
	page, err := read(ctx, r.list, number)
	r.mu.Lock()
	defer close(turned)
	r.turn = nil
	if err != nil {
		r.failed = err
		return
	}
	before := len(r.tasks)
	for _, task := range page.Tasks {
		r.tasks[idKey(task.ID)] = task
	}
	r.read, r.pages = number, page.Of
	if len(r.tasks) == before { // a server that ignores the number of the page announces another one for ever
		r.pages = number
	}
}

// halfOf ends when half of the time is over that ctx leaves.
func halfOf(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/2)
}
