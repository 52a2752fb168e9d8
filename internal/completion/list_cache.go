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

// This file holds the list cache. Concurrent reads of tasks share a paginated list of them, so that
// hundreds of reads take one request for each hundred tasks. A list may lag behind a write (API.md
// §1.4), so an entry of it never decides about a task alone.

const (
	// maxListAge is how long a list is used after its first read. A refresh of hundreds of tasks
	// takes seconds. A provider process that runs longer must see later changes.
	maxListAge = time.Minute
	// batchWindow is how long a read waits for concurrent reads before it decides that another page
	// is not worth a request. Terraform reads resources concurrently, so further reads come within
	// this time or not at all.
	batchWindow = 50 * time.Millisecond
)

// listCaches are the lists of one client. They are safe for concurrent use.
type listCaches struct {
	mu     sync.Mutex
	byList map[tallyfy.List]*listCache
}

// get returns the cache of a list for the read of a task, and reports whether it is new, so that
// this read is its first. A cache that does not accept the read is replaced.
func (c *listCaches) get(list tallyfy.List, task string) (cache *listCache, isNew bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cache = c.byList[list]
	if cache == nil || !cache.accept(task) {
		cache = &listCache{list: list, created: time.Now(), requested: map[string]bool{idKey(task): true}, tasks: map[string]*tallyfy.Task{}}
		if c.byList == nil {
			c.byList = map[tallyfy.List]*listCache{}
		}
		c.byList[list] = cache
		isNew = true
	}
	return cache, isNew
}

// existing returns the cache of a list if there is one that has not failed and accepts the read of
// a task; otherwise nil.
func (c *listCaches) existing(list tallyfy.List, task string) *listCache {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cache := c.byList[list]; cache != nil && !cache.hasFailed() && cache.accept(task) {
		return cache
	}
	return nil
}

// shows reports whether the pages of a list that were read show a task.
func (c *listCaches) shows(list tallyfy.List, task string) bool {
	c.mu.Lock()
	cache := c.byList[list]
	c.mu.Unlock()
	if cache == nil {
		return false
	}
	cache.mu.Lock()
	defer cache.mu.Unlock()
	return cache.tasks[idKey(task)] != nil
}

// listCache is one list, as far as its pages were read.
type listCache struct {
	list    tallyfy.List
	created time.Time

	mu        sync.Mutex
	requested map[string]bool          // the tasks whose reads were accepted, by idKey
	tasks     map[string]*tallyfy.Task // by idKey
	pagesRead int
	pageCount int           // zero before the first page was read
	reading   chan struct{} // closed when the request in flight has ended; nil if there is none
	err       error
}

// accept reports whether the list may serve the read of a task, and counts the read. A second read
// of a task needs a newer list, because the user wants to know what happened since. A list that has
// failed is not requested again.
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

// pageReader reads a page of a list.
type pageReader func(ctx context.Context, list tallyfy.List, number int) (tallyfy.Page, error)

// find returns a task from the list, and reads as many pages as necessary. The task is nil if the
// list does not show it, or if the list has as many unread pages as there were reads or more:
// single reads then take no more requests. Each page is read once, by the first caller who needs
// it. find uses at most half of the time that ctx leaves, and keeps the rest for a read of the task
// itself. The error is the client's, or that of ctx.
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

// snapshot returns the tasks that were read, and reports whether these are all tasks of the list.
func (c *listCache) snapshot() (tasks []*tallyfy.Task, complete bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, task := range c.tasks {
		tasks = append(tasks, task)
	}
	return tasks, c.err == nil && c.pagesRead > 0 && c.pagesRead >= c.pageCount
}

// wait waits for done without the lock. It returns the error of ctx.
func (c *listCache) wait(ctx context.Context, done <-chan struct{}) error {
	c.mu.Unlock()
	defer c.mu.Lock()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// readPage reads the next page, without the lock during the request.
func (c *listCache) readPage(ctx context.Context, read pageReader) {
	done, number := make(chan struct{}), c.pagesRead+1
	c.reading = done
	c.mu.Unlock()
	page, err := read(ctx, c.list, number)
	c.mu.Lock()
	defer close(done)
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
	if len(c.tasks) == before { // the server ignores the page number and always announces a further page
		c.pageCount = number
	}
}

// withHalfTimeout returns a context that ends after half of the time that ctx leaves.
func withHalfTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/2)
}
