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
	maxListAge = time.Minute
	// moment is how long a look waits for others that are on their way before there are found to be too few for the rest of a
	// list. Terraform sends its looks side by side, so they come at once or not at all.
	batchWindow = 50 * time.Millisecond
)

// rosters are those of one client. They are safe for concurrent use.
type listCaches struct {
	mu     sync.Mutex
	byList map[tallyfy.List]*listCache
}

// of gives the roster of a list for a look at a task, and tells whether that is the first look it is asked for. Where there is
// none that serves the task, it is a new one.
func (caches *listCaches) get(list tallyfy.List, task string) (r *listCache, first bool) {
	caches.mu.Lock()
	defer caches.mu.Unlock()
	r = caches.byList[list]
	if r == nil || !r.accept(task) {
		r = &listCache{list: list, created: time.Now(), requested: map[string]bool{idKey(task): true}, tasks: map[string]*tallyfy.Task{}}
		if caches.byList == nil {
			caches.byList = map[tallyfy.List]*listCache{}
		}
		caches.byList[list] = r
		first = true
	}
	return r, first
}

// known gives the roster of a list where there is one that serves a look at a task; otherwise nil.
func (c *listCaches) existing(list tallyfy.List, task string) *listCache {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.byList[list]; r != nil && !r.hasFailed() && r.accept(task) {
		return r
	}
	return nil
}

// roster is one list, as far as it was read.
type listCache struct {
	list    tallyfy.List
	created time.Time

	mu        sync.Mutex
	requested map[string]bool          // the tasks of all looks that were asked for, by idKey
	tasks     map[string]*tallyfy.Task // by idKey
	pagesRead int                      // pages
	pageCount int                      // that there are; means nothing before one was read
	reading   chan struct{}            // closed when the page that is being read is there; nil while none is
	err       error
}

// admit tells whether the roster serves a look at a task, and counts it. Whoever looks at a task again wants to know what became of
// it since, but not to try a list again that has failed.
func (c *listCache) accept(task string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.created) > maxListAge || c.requested[idKey(task)] && c.err == nil {
		return false
	}
	c.requested[idKey(task)] = true
	return true
}

// idKey returns the form of an ID in which it is a key: letter case does not distinguish IDs.
func idKey(id string) string { return strings.ToLower(id) }

func (c *listCache) hasFailed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err != nil
}

// paging is a way to read a page of a list.
type pageReader func(ctx context.Context, of tallyfy.List, number int) (tallyfy.Page, error)

// look finds a task on the list, which is read on as far as that needs. task is nil where the list does not show it, or where the
// rest of it has as many pages as looks were asked for or more, since these then take no more requests one by one. Each page is
// read once, by whoever needs it first. Half of the time that ctx leaves is kept for a look at the task itself.
func (c *listCache) find(ctx context.Context, read pageReader, id string) (task *tallyfy.Task, err error) {
	ctx, cancel := withHalfTimeout(ctx)
	defer cancel()
	key := idKey(id)
	c.mu.Lock()
	defer c.mu.Unlock()
	for waited := false; ; {
		left := c.pageCount - c.pagesRead
		switch {
		case c.tasks[key] != nil:
			return c.tasks[key], nil
		case c.err != nil:
			return nil, c.err
		case c.reading != nil:
			err = c.wait(ctx, c.reading)
		case c.pagesRead == 0 || left > 0 && left < len(c.requested):
			c.readPage(ctx, read)
		case left > 0 && !waited:
			others, stop := context.WithTimeout(ctx, batchWindow)
			err, waited = c.wait(ctx, others.Done()), true
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
func (c *listCache) snapshot() (tasks []*tallyfy.Task, complete bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, task := range c.tasks {
		tasks = append(tasks, task)
	}
	return tasks, c.err == nil && c.pagesRead > 0 && c.pagesRead >= c.pageCount
}

// await waits without the lock.
func (c *listCache) wait(ctx context.Context, done <-chan struct{}) error {
	c.mu.Unlock()
	defer c.mu.Lock()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// turnPage reads the next page, without the lock while it is under way.
func (c *listCache) readPage(ctx context.Context, read pageReader) {
	turned, number := make(chan struct{}), c.pagesRead+1
	c.reading = turned
	c.mu.Unlock()
	page, err := read(ctx, c.list, number)
	c.mu.Lock()
	defer close(turned)
	c.reading = nil
	if err != nil {
		c.err = err
		return
	}
	before := len(c.tasks)
	for _, task := range page.Tasks {
		c.tasks[idKey(task.ID)] = task
	}
	c.pagesRead, c.pageCount = number, page.Of
	if len(c.tasks) == before { // a server that ignores the number of the page announces another one for ever
		c.pageCount = number
	}
}

// halfOf ends when half of the time is over that ctx leaves.
func withHalfTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/2)
}
