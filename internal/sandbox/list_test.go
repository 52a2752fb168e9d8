// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func ids(r reply) string {
	var all []string
	for _, row := range r.rows() {
		all = append(all, fmt.Sprint(row["id"]))
	}
	return strings.Join(all, " ")
}

func TestListPages(t *testing.T) {
	c := start(t, sandbox.Config{})
	for i := range 123 {
		c.AddTask(sandbox.Task{ID: fmt.Sprintf("%03d", i), RunID: run})
	}
	for query, want := range map[string]struct{ from, count, perPage, page, pages int }{
		"":                       {0, 10, 10, 1, 13},
		"?page=2":                {10, 10, 10, 2, 13},
		"?page=13":               {120, 3, 10, 13, 13},
		"?page=14":               {0, 0, 10, 14, 13},
		"?per_page=50&page=3":    {100, 23, 50, 3, 3},
		"?per_page=1000":         {0, 100, 100, 1, 2},
		"?per_page=0&page=-1":    {0, 10, 10, 1, 13},
		"?per_page=a&page=b&x=1": {0, 10, 10, 1, 13},
	} {
		t.Run(query, func(t *testing.T) {
			got := c.expect(http.StatusOK, http.MethodGet, runTasks+query, "")
			rows := got.rows()
			if len(rows) != want.count || (want.count > 0 && rows[0]["id"] != fmt.Sprintf("%03d", want.from)) {
				t.Errorf("got %d rows: %s", len(rows), ids(got))
			}
			for key, value := range map[string]int{
				"total": 123, "count": want.count, "per_page": want.perPage, "current_page": want.page, "total_pages": want.pages,
			} {
				c.check(got, fmt.Sprint(value), "meta", "pagination", key)
			}
		})
	}
	got := c.expect(http.StatusOK, http.MethodGet, runTasks+"?without_pagination=true", "")
	if len(got.rows()) != 123 || got.at("meta") != "absent" {
		t.Errorf("got %d rows, meta %s", len(got.rows()), got.at("meta"))
	}
}

func TestListLinks(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	empty := c.expect(http.StatusOK, http.MethodGet, runTasks, "")
	c.check(empty, `[]`, "meta", "pagination", "links")

	c.AddTask(sandbox.Task{ID: "second", RunID: run})
	first := c.expect(http.StatusOK, http.MethodGet, runTasks+"?per_page=1&status=all", "")
	c.check(first, `null`, "meta", "pagination", "links", "previous")
	var link string
	if err := json.Unmarshal([]byte(first.at("meta", "pagination", "links", "next")), &link); err != nil {
		t.Fatal(err)
	}
	next, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	second := c.expect(http.StatusOK, http.MethodGet, strings.TrimPrefix(next.RequestURI(), "/api"), "")
	if ids(second) != "second" || next.Query().Get("status") != "all" {
		t.Errorf("%s leads to %s", next, ids(second))
	}
	c.check(second, `null`, "meta", "pagination", "links", "next")
}

func TestListRows(t *testing.T) {
	added := processTask()
	added.Owners.Users = []int64{7}
	c := start(t, sandbox.Config{}, added, sandbox.Task{ID: "oneoff", Title: "Rotate"})
	got := c.expect(http.StatusOK, http.MethodGet, orgTasks+"?with=form_fields", "")
	if ids(got) != task+" oneoff" {
		t.Fatalf("got %s", ids(got))
	}
	row := reply{body: got.rows()[0]}
	c.check(row, `{"groups":[],"guests":[],"users":[{"full_name":"User 7","id":7}]}`, "owners")
	c.check(row, `"`+run+`"`, "run_id")
	c.check(row, `{"data":[]}`, "form_fields")

	if got := ids(c.expect(http.StatusOK, http.MethodGet, runTasks, "")); got != task {
		t.Errorf("the run lists %s", got)
	}
	if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?q=ROT", "")); got != "oneoff" {
		t.Errorf("the search lists %s", got)
	}
}

func TestListStatusFilter(t *testing.T) {
	at := func(d time.Duration) string { return noon.Add(d).Format(time.RFC3339) }
	c := start(t, sandbox.Config{},
		sandbox.Task{ID: "open"},
		sandbox.Task{ID: "new", Status: "not-started"},
		sandbox.Task{ID: "late", Deadline: at(-time.Hour)},
		sandbox.Task{ID: "soon", Deadline: at(time.Hour)},
		sandbox.Task{ID: "issue", Issue: true},
		sandbox.Task{ID: "hidden", Hidden: true},
		sandbox.Task{ID: "done", Status: "completed"},
		sandbox.Task{ID: "old", Archived: true},
	)
	const everything = "open new late soon issue hidden done"
	for status, want := range map[string]string{
		"all":                everything,
		"active":             "open new late soon issue hidden",
		"active-visible":     "open new late soon issue",
		"not-started":        "new",
		"in-progress":        "open late soon issue",
		"complete":           "done",
		"overdue":            "late",
		"due-soon":           "soon",
		"on-time":            "open new soon issue hidden",
		"has-problem":        "issue",
		"stalled":            everything, // Production ignores it.
		"has-improvement":    "",
		"not-started,%20all": everything,
		"overdue,complete":   "late done",
		"auto-skipped":       "open new late soon issue done", // Inverted.
		"completed":          everything,                      // Ignored, as everything unknown is.
		"due_soon":           everything,
		"completed,complete": "done",
	} {
		t.Run(status, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?status="+status, "")); got != want {
				t.Errorf("status=%s: got %q, want %q", status, got, want)
			}
		})
	}
	for archived, want := range map[string]string{"true": everything + " old", "only": "old", "no": everything} {
		t.Run(archived, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?archived="+archived, "")); got != want {
				t.Errorf("archived=%s: got %q, want %q", archived, got, want)
			}
		})
	}
}

func TestListOneOff(t *testing.T) {
	c := start(t, sandbox.Config{}, sandbox.Task{ID: "process", RunID: run}, sandbox.Task{ID: "attached", RunID: run, OneOff: true}, sandbox.Task{ID: "alone"})
	for query, want := range map[string]string{"?is_oneoff=true": "attached alone", "?is_oneoff=perhaps": "process attached alone", "": "process attached alone"} {
		t.Run(query, func(t *testing.T) {
			if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+query, "")); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	if got := ids(c.expect(http.StatusOK, http.MethodGet, runTasks+"?is_oneoff=true", "")); got != "process attached" {
		t.Errorf("the list of a run, which has no such filter: got %q", got)
	}
}

// TestListLag compares what lists and single reads say.
func TestListLag(t *testing.T) {
	c := start(t, sandbox.Config{ListLag: 1}, processTask(), sandbox.Task{ID: "second", RunID: run})
	statuses := func() string {
		var all []string
		for _, row := range c.expect(http.StatusOK, http.MethodGet, runTasks, "").rows() {
			all = append(all, fmt.Sprint(row["status"]))
		}
		return strings.Join(all, " ")
	}
	if got := statuses(); got != "in-progress in-progress" {
		t.Fatalf("before: %s", got)
	}
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	if got := statuses(); got != "in-progress in-progress" {
		t.Errorf("the list already knows: %s", got)
	}
	c.check(c.expect(http.StatusOK, http.MethodGet, runTask, ""), `"completed"`, "data", "status")

	c.CompleteOutside("second", 7, nil) // The next write pushes the first through.
	if got := statuses(); got != "completed in-progress" {
		t.Errorf("after another write: %s", got)
	}
	c.DeleteTask("second")
	if got := statuses(); got != "completed completed" {
		t.Errorf("after a deletion: %s", got)
	}
	c.ReopenOutside(task)
	if got := statuses(); got != "completed" {
		t.Errorf("after a reopening: %s", got)
	}
	c.AddTask(processTask()) // Setting up is not a write that lags.
	c.AddTask(sandbox.Task{ID: "third", RunID: run, Status: "not-started"})
	if got := statuses(); got != "in-progress not-started" {
		t.Errorf("after adding: %s", got)
	}
}

func TestListOrder(t *testing.T) {
	c := start(t, sandbox.Config{}, sandbox.Task{ID: "b"}, sandbox.Task{ID: "a"}, sandbox.Task{ID: "c"})
	c.DeleteTask("b")
	c.AddTask(sandbox.Task{ID: "b"})
	c.AddTask(sandbox.Task{ID: "a", Title: "again"})
	got := strings.Fields(ids(c.expect(http.StatusOK, http.MethodGet, orgTasks, "")))
	if !slices.Equal(got, []string{"a", "c", "b"}) {
		t.Errorf("got %v", got)
	}
}
