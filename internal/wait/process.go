// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// process is the list of a process's tasks. All waits for its tasks poll it together: the first
// wait that needs a newer list reads it, and the others use the result.
type process struct {
	list tallyfy.List

	mu      sync.Mutex
	waiting map[string]int // the number of waits for each task, by idKey
	latest  listing
	polling chan struct{} // closed when the poll in flight has ended; nil if there is none
}

// listing is the result of a poll. The zero value means that there was none.
type listing struct {
	// at is when the poll ended; zero before the first.
	at time.Time
	// tasks are the listed tasks, in the order of the list.
	tasks []*tallyfy.Task
	// whole reports whether every page was read, so that the list has no other tasks. A wait that
	// searches for an alias needs such a list, and then uses the poll of the others.
	whole bool
	// pages is the number of pages that the first one reports.
	pages int
	err   error
}

// find returns a listed task by its ID; nil if it is not listed.
func (l listing) find(id string) *tallyfy.Task {
	for _, task := range l.tasks {
		if strings.EqualFold(task.ID, id) {
			return task
		}
	}
	return nil
}

// idKey returns an ID as a map key, because letter case does not distinguish IDs.
func idKey(id string) string { return strings.ToLower(id) }

// join adds a wait for a task.
func (p *process) join(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[idKey(id)]++
}

// leave removes a wait for a task.
func (p *process) leave(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting[idKey(id)]--; p.waiting[idKey(id)] == 0 {
		delete(p.waiting, idKey(id))
	}
}

// poll returns a list that is younger than the interval, and reads it if there is none. If whole is
// true, the list must be complete. If the context of the caller ends, the listing has the context's
// error.
func (p *process) poll(ctx context.Context, client reader, interval time.Duration, whole bool) listing {
	for {
		p.mu.Lock()
		l, polling := p.latest, p.polling
		fresh := !l.at.IsZero() && time.Since(l.at) < interval && (l.whole || l.err != nil || !whole)
		if !fresh && polling == nil && ctx.Err() == nil {
			return p.read(ctx, client, whole)
		}
		p.mu.Unlock()
		switch {
		case fresh:
			return l
		case ctx.Err() != nil:
			return listing{err: ctx.Err()}
		}
		select {
		case <-polling:
		case <-ctx.Done():
		}
	}
}

// read polls the list. The caller holds the lock, and read releases it. A poll that ended with the
// caller's context is not shared.
func (p *process) read(ctx context.Context, client reader, whole bool) listing {
	done := make(chan struct{})
	p.polling = done
	known, waiting := p.latest.pages, len(p.waiting)
	p.mu.Unlock()

	var l listing
	if whole {
		l = p.readAll(ctx, client)
	} else {
		l = p.readPages(ctx, client, known, waiting)
	}
	l.at = time.Now()

	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() == nil && !isHeldTooLong(l.err) {
		p.latest = l
	}
	p.polling = nil
	close(done)
	return l
}

// readAll reads all pages of the list. An incomplete list is an error.
func (p *process) readAll(ctx context.Context, client reader) listing {
	l := listing{whole: true}
	for task, err := range client.Tasks(ctx, p.list) {
		if err != nil {
			return listing{err: err}
		}
		l.tasks = append(l.tasks, task)
	}
	l.pages = (len(l.tasks) + pageSize - 1) / pageSize
	return l
}

// pageSize is the number of tasks on a page (API.md §1.4).
const pageSize = 100

// readPages reads pages as long as that takes fewer requests than reading the awaited tasks one by
// one. known is the number of pages at the last poll, waiting the number of awaited tasks.
func (p *process) readPages(ctx context.Context, client reader, known, waiting int) listing {
	if known > waiting {
		return listing{pages: known}
	}
	l := listing{pages: 1}
	for number := 1; number <= l.pages; number++ {
		page, err := client.TasksPage(ctx, p.list, number)
		if err != nil {
			return listing{err: err, pages: known}
		}
		l.tasks = append(l.tasks, page.Tasks...)
		l.pages = page.Of
		if l.pages-number > waiting {
			return l
		}
		l.whole = number == l.pages && page.Total == distinct(l.tasks) && page.Total == len(l.tasks)
	}
	return l
}

// distinct returns the number of different tasks in a list, which may shift while its pages are
// read.
func distinct(tasks []*tallyfy.Task) int {
	ids := map[string]bool{}
	for _, task := range tasks {
		ids[idKey(task.ID)] = true
	}
	return len(ids)
}
