// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestJournal(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.expect(http.StatusOK, http.MethodGet, runTask+"?with=run", "")
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	c.expect(http.StatusNotFound, http.MethodGet, "/x", "")

	journal := c.Journal()
	if len(journal) != 3 {
		t.Fatalf("got %d entries", len(journal))
	}
	get, post := journal[0], journal[1]
	if get.N != 1 || get.Method != http.MethodGet || get.Path != "/api"+runTask || get.Query != "with=run" || get.Status != http.StatusOK {
		t.Errorf("got %+v", get)
	}
	if post.N != 2 || string(post.Body) != completion || post.Header.Get("Authorization") != "Bearer "+sandbox.DefaultToken {
		t.Errorf("got %+v", post)
	}
	post.Body[0], post.Header["Accept"][0] = 'X', "changed"
	if again := c.Journal()[1]; string(again.Body) != completion || again.Header.Get("Accept") == "changed" {
		t.Error("the journal can be changed from outside")
	}

	for _, test := range []struct {
		method, part string
		want         int
	}{
		{"", "", 3},
		{http.MethodGet, "", 2},
		{http.MethodPost, "completed-tasks", 1},
		{http.MethodGet, "completed-tasks", 0},
		{"", "with=run", 0}, // Of the path only.
	} {
		t.Run(test.method, func(t *testing.T) {
			if got := c.Count(test.method, test.part); got != test.want {
				t.Errorf("Count(%q, %q) = %d, want %d", test.method, test.part, got, test.want)
			}
		})
	}

	c.ResetJournal()
	got := c.expect(http.StatusOK, http.MethodGet, runTask, "")
	if journal := c.Journal(); len(journal) != 1 || journal[0].N != 1 {
		t.Errorf("after a reset: %+v", journal)
	}
	if got.header.Get("X-Request-Id") != "sandbox-000004" {
		t.Errorf("request id %s", got.header.Get("X-Request-Id"))
	}
}

func TestWriteJournal(t *testing.T) {
	var out strings.Builder
	entries := []sandbox.Entry{
		{
			N: 1, Method: "GET", Path: "/api/a", Query: "x=1", Status: 200, Note: "read: completed",
			Header: http.Header{"Authorization": {"Bearer hidden"}}, Body: []byte("hidden"),
		},
		{N: 12, Method: "DELETE", Path: "/api/abcdefghij"},
	}
	sandbox.WriteJournal(&out, entries)
	want := "" +
		"   1  GET     /api/a?x=1       200  read: completed\n" +
		"  12  DELETE  /api/abcdefghij    -\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}

	out.Reset()
	for _, entry := range entries {
		sandbox.WriteEntry(&out, entry)
	}
	first, second, _ := strings.Cut(out.String(), "\n")
	if strings.Index(first, "200") != strings.Index(second, "  -") {
		t.Errorf("lines written one at a time are not aligned:\n%s", out.String())
	}
}

func TestWriteJournalShowsTheOrganizationOnce(t *testing.T) {
	entries := []sandbox.Entry{
		{N: 1, Method: "GET", Path: "/api/organizations/o1/tasks/t", Status: 200, Note: "read: completed"},
		{N: 2, Method: "POST", Path: "/api/organizations/o1/completed-tasks", Status: 200},
	}
	want := "" +
		"Paths below /api/organizations/o1:\n" +
		"   1  GET     /tasks/t          200  read: completed\n" +
		"   2  POST    /completed-tasks  200\n"
	var out strings.Builder
	sandbox.WriteJournal(&out, entries)
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	if entries[0].Path != "/api/organizations/o1/tasks/t" {
		t.Error("it changes the entries that it is given")
	}

	for name, path := range map[string]string{
		"another organization": "/api/organizations/o11/completed-tasks",
		"another mount":        "/organizations/o1/completed-tasks",
		"no organization":      "/api/me",
	} {
		t.Run(name, func(t *testing.T) {
			mixed := []sandbox.Entry{entries[0], {N: 2, Method: "POST", Path: path}}
			var out strings.Builder
			sandbox.WriteJournal(&out, mixed)
			for _, part := range []string{" " + entries[0].Path + " ", " " + path + " "} {
				if !strings.Contains(out.String(), part) {
					t.Errorf("%q is not shown:\n%s", part, out.String())
				}
			}
		})
	}
}

// TestJournalContainsNoValues searches the notes for values in bodies and headers.
func TestJournalContainsNoValues(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.Update(task, func(t *sandbox.Task) {
		t.Fields = []sandbox.Field{{ID: field, Label: "Region", Type: "dropdown", Options: []string{"west"}}}
	})
	const secret = "hush-hush"
	for _, body := range []string{
		`{"taskdata":{"` + field + `":{"text":"` + secret + `"}}}`,
		`{"taskdata":{"` + field + `":{"text":"west","value":"` + secret + `"}}}`,
		`{"title":"` + secret + `","taskdata":{"` + secret + `":1}}`,
		`{"deadline":"` + secret + `","owners":{"users":["` + secret + `"]}}`,
	} {
		c.do(http.MethodPut, runTask, body)
	}
	c.do(http.MethodPost, runPost, `{"task_id":"`+secret+`"}`)
	var out strings.Builder
	sandbox.WriteJournal(&out, c.Journal())
	if strings.Contains(out.String(), secret) || strings.Contains(out.String(), sandbox.DefaultToken) {
		t.Errorf("the journal contains secrets:\n%s", out.String())
	}
	contains(t, out.String(), "refused: "+field)
}

func TestWatch(t *testing.T) {
	var mu sync.Mutex
	var notes []string
	c := start(t, sandbox.Config{Watch: func(e sandbox.Entry) {
		mu.Lock()
		defer mu.Unlock()
		notes = append(notes, e.Note)
	}}, processTask())
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	mu.Lock() // A received response has been watched.
	defer mu.Unlock()
	if len(notes) != 1 || notes[0] != "completed" {
		t.Errorf("got %q", notes)
	}
}

// TestConcurrentUse is for the race detector.
func TestConcurrentUse(t *testing.T) {
	added := processTask()
	added.Fields = []sandbox.Field{{ID: field, Type: "text"}}
	c := start(t, sandbox.Config{ListLag: 2}, added)
	c.Inject(sandbox.Fault{Method: http.MethodGet, Skip: 3, Times: 5, Drop: true})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				for _, r := range []*http.Request{
					c.request(http.MethodPost, runPost, completion),
					c.request(http.MethodDelete, runPost+"/"+task, ""),
					c.request(http.MethodPut, runTask, `{"position":1,"taskdata":{"`+field+`":"x"}}`),
					c.request(http.MethodGet, orgTasks+"?with=form_fields", ""),
				} {
					_, _ = c.try(r) // Some are dropped.
				}
			}
		})
		wg.Go(func() {
			for range 10 {
				c.CompleteOutside(task, 7, nil)
				c.Update(task, func(t *sandbox.Task) { t.Taskdata["n"] = 1 })
				c.ReopenOutside(task)
				_ = c.Journal()
				_ = c.Count("", "")
				got := c.state()
				got.Taskdata["m"] = 2
			}
		})
	}
	wg.Wait()
	if got := c.Count("", ""); got < 160 {
		t.Errorf("%d requests arrived", got)
	}
}
