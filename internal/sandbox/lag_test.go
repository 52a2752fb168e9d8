// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// lag is how far single reads are behind in the tests here.
const lag = 10 * time.Second

// withLag runs a test on a sandbox whose single reads lag.
func withLag(t *testing.T, test func(*client)) {
	t.Helper()
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: lag}, test, processTask())
}

// expectSeen checks the status, and the title that the path shows.
func (c *client) expectSeen(path, status, title string) {
	c.t.Helper()
	got := c.expect(http.StatusOK, http.MethodGet, path, "")
	c.check(got, `"`+status+`"`, "data", "status")
	c.check(got, `"`+title+`"`, "data", "title")
}

func TestReadLagCompletion(t *testing.T) {
	withLag(t, func(c *client) {
		got := c.expect(http.StatusOK, http.MethodPost, runPost, completion)
		c.check(got, `"completed"`, "data", "status")
		time.Sleep(lag - time.Nanosecond)
		for _, path := range []string{runTask, orgTask} {
			c.expectSeen(path, "in-progress", "A task")
			if note := c.lastNote(); note != "read: in-progress, behind the latest write" {
				t.Errorf("note %q", note)
			}
		}
		if c.state().Status != "completed" || c.Webhooks(task) != 1 {
			t.Error("the test's own view lags")
		}
		time.Sleep(time.Nanosecond)
		for _, path := range []string{runTask, orgTask} {
			c.expectSeen(path, "completed", "A task")
			if note := c.lastNote(); note != "read: completed" {
				t.Errorf("note %q", note)
			}
		}
	})
}

func TestReadLagClock(t *testing.T) {
	t.Parallel()
	now := noon
	lagging := sandbox.Config{ReadLag: lag, Now: func() time.Time { return now }}
	inBubble(t, lagging, func(c *client) {
		c.CompleteOutside(task, 7, nil)
		time.Sleep(2 * lag) // Which the sandbox's own clock knows nothing of.
		c.expectSeen(runTask, "in-progress", "A task")
		now = now.Add(lag)
		c.expectSeen(runTask, "completed", "A task")
	}, processTask())
}

// TestReadLagEveryVersion writes faster than reads catch up.
func TestReadLagEveryVersion(t *testing.T) {
	withLag(t, func(c *client) {
		const interval = lag / 4
		titleAt := func(n int) string { return fmt.Sprintf("Title %d", max(n, 0)) }
		c.AddTask(sandbox.Task{ID: task, RunID: run, Title: titleAt(0)})
		for n := 1; n < 12; n++ {
			time.Sleep(interval)
			if n%2 == 0 {
				c.Update(task, func(t *sandbox.Task) { t.Title = titleAt(n) })
			} else {
				got := c.expect(http.StatusOK, http.MethodPut, runTask, `{"title":"`+titleAt(n)+`"}`)
				c.check(got, `"`+titleAt(n)+`"`, "data", "title")
			}
			c.expectSeen(runTask, "in-progress", titleAt(n-4))
		}
	})
}

// Writes apply to the current task, whatever a read shows.
func TestReadLagWritesAreCurrent(t *testing.T) {
	withLag(t, func(c *client) {
		c.CompleteOutside(task, 7, nil)
		c.expectSeen(runTask, "in-progress", "A task")
		c.expect(http.StatusUnprocessableEntity, http.MethodPut, runTask, `{"title":"x"}`)
		got := c.expect(http.StatusOK, http.MethodPost, runPost, completion)
		c.check(got, `7`, "data", "completer_id")

		time.Sleep(lag)
		got = c.expect(http.StatusOK, http.MethodDelete, runPost+"/"+task, "")
		c.check(got, `"in-progress"`, "data", "status")
		c.expectSeen(runTask, "completed", "A task")
		c.expect(http.StatusUnprocessableEntity, http.MethodDelete, runPost+"/"+task, "")
	})
}

func TestReadLagDeletion(t *testing.T) {
	withLag(t, func(c *client) {
		c.DeleteTask(task)
		c.expectSeen(runTask, "in-progress", "A task")
		c.expect(http.StatusNotFound, http.MethodPost, runPost, completion)
		time.Sleep(lag - time.Nanosecond)
		c.expectSeen(orgTask, "in-progress", "A task")
		time.Sleep(time.Nanosecond)
		c.expect(http.StatusNotFound, http.MethodGet, orgTask, "")
		c.expect(http.StatusNotFound, http.MethodGet, runTask, "")

		c.DeleteTask("unknown")
		c.expect(http.StatusNotFound, http.MethodGet, orgTasks+"/unknown", "")
	})
}

func TestReadLagShowsAddedTasks(t *testing.T) {
	withLag(t, func(c *client) {
		c.AddTask(sandbox.Task{ID: "new"})
		c.expect(http.StatusOK, http.MethodGet, orgTasks+"/new", "")

		c.Update(task, func(t *sandbox.Task) { t.Title = "Never seen" })
		replaced := processTask()
		replaced.Title = "Replaced"
		c.AddTask(replaced)
		c.expectSeen(runTask, "in-progress", "Replaced")
		c.DeleteTask(task)
		c.AddTask(processTask())
		c.expectSeen(runTask, "in-progress", "A task")
		time.Sleep(2 * lag)
		c.expectSeen(runTask, "in-progress", "A task")
	})
}

// Lists lag by writes, reads of single tasks by time.
func TestReadLagNotLists(t *testing.T) {
	withLag(t, func(c *client) {
		c.CompleteOutside(task, 7, nil)
		rows := c.expect(http.StatusOK, http.MethodGet, runTasks, "").rows()
		if len(rows) != 1 || rows[0]["status"] != "completed" {
			t.Errorf("the list shows %v", rows)
		}
	})
}
