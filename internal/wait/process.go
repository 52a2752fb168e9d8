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

// process is the list of a process's tasks, which all waits for one of them poll together: whoever needs a newer list first reads it,
// and the others take what came of that.
type process struct {
	list tallyfy.List

	mu      sync.Mutex
	waiting map[string]int // how many waits there are for a task, by idKey
	latest  listing
	polling chan struct{} // closed when the poll under way has ended; nil while there is none
}

// listing is what a poll of a list brought. The zero value is that of no poll.
type listing struct {
	// at is when the poll ended; zero before the first.
	at time.Time
	// tasks are those that were listed, in the order of the list.
	tasks []*tallyfy.Task
	// whole reports whether every page was read, so that the list has no other tasks.
	whole bool
	// pages is how many pages there are, as far as the first one shows.
	pages int
	err   error
}

// find returns a task that was listed, or nil.
func (l listing) find(id string) *tallyfy.Task {
	for _, task := range l.tasks {
		if strings.EqualFold(task.ID, id) {
			return task
		}
	}
	return nil
}

// idKey returns the form of an ID in which it is a key: letter case does not distinguish IDs.
func idKey(id string) string { return strings.ToLower(id) }

// join counts a wait for a task.
func (p *process) join(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[idKey(id)]++
}

// leave takes a wait off the count.
func (p *process) leave(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting[idKey(id)]--; p.waiting[idKey(id)] == 0 {
		delete(p.waiting, idKey(id))
	}
}

// poll returns a list that is younger than the interval, and reads one if there is none. whole says that no task may be missing in
// it. A caller whose context ends gets a listing with the context's error.
func (p *process) poll(ctx context.Context, client reader, interval time.Duration, whole bool) listing {
	for {
		p.mu.Lock()
		l, under := p.latest, p.polling
		fresh := !l.at.IsZero() && time.Since(l.at) < interval && (l.whole || l.err != nil || !whole)
		if !fresh && under == nil && ctx.Err() == nil {
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
		case <-under:
		case <-ctx.Done():
		}
	}
}

// read polls the list. The caller holds the lock, which read releases. A poll that ended because of the caller's time is of no use to
// others.
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

// readAll reads the whole list. One that lacks tasks is an error.
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

// pageSize is how many tasks are on a page (API.md §1.4).
const pageSize = 100

// readPages reads the list while that takes fewer requests than to read the tasks that are waited for one by one. known is the number
// of pages of the last poll, and waiting the number of these tasks.
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
	}
	return l
}
