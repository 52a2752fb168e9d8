// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// pageOf is a page of a list with these members of meta.pagination.
func pageOf(pagination string, ids ...string) reply {
	var entries []string
	for _, id := range ids {
		entries = append(entries, fmt.Sprintf(`{"id":%q}`, id))
	}
	return ok(`{"data":[` + strings.Join(entries, ",") + `],"meta":{"pagination":{` + pagination + `}}}`)
}

// full returns the IDs of a full page.
func full(prefix string) []string {
	var ids []string
	for n := range perPage {
		ids = append(ids, fmt.Sprintf("%s%d", prefix, n))
	}
	return ids
}

// A list ends with the last page, whichever evidence the server sends.
func TestListsEndWithTheServer(t *testing.T) {
	t.Parallel()
	const next = `"links":{"next":"https://e.test/?page=2"}`
	for name, c := range map[string]struct {
		replies []reply
		tasks   int
		pages   int    // that are read
		fails   string // a part of the error; empty for none
	}{
		"links.next only":               {[]reply{pageOf(next, "a", "b"), pageOf(`"links":{"next":null}`, "c")}, 3, 2, ""},
		"has_more_pages only":           {[]reply{pageOf(`"has_more_pages":true`, "a"), pageOf(`"has_more_pages":false`, "b")}, 2, 2, ""},
		"total against total_pages":     {[]reply{pageOf(`"total":4,"count":2,"total_pages":1`, "a", "b"), pageOf(`"total":4,"count":2,"total_pages":1`, "c", "d")}, 4, 2, ""},
		"total_pages only":              {[]reply{pageOf(`"total_pages":2`, "a"), pageOf(`"total_pages":2`, "b")}, 2, 2, ""},
		"no pagination, a short page":   {[]reply{pageOf("", "a")}, 1, 1, ""},
		"no pagination, a full page":    {[]reply{pageOf("", full("a")...), pageOf("", "b")}, perPage + 1, 2, ""},
		"an empty page":                 {[]reply{pageOf(next, "a"), pageOf(next)}, 1, 2, ""},
		"page is ignored, with a total": {[]reply{pageOf(`"total":2,"total_pages":2`, "a"), pageOf(`"total":2,"total_pages":2`, "a"), pageOf(`"total":2,"total_pages":2`, "a"), pageOf(`"total":2,"total_pages":2`, "a")}, 1, 4, "contain 1 of its 2 tasks"},
		"page is ignored, with links":   {[]reply{pageOf(next, "a"), pageOf(next, "A"), pageOf(next, "a"), pageOf(next, "a")}, 1, 4, "no new task and announces another page"},
		"fewer than the total":          {[]reply{pageOf(`"total":4,"total_pages":1`, "a", "b"), pageOf(`"total":4`), pageOf(`"total":4,"total_pages":1`, "a", "b"), pageOf(`"total":4`)}, 2, 4, "contain 2 of its 4 tasks"},
		"missed at first":               {[]reply{pageOf(`"total":3,"total_pages":2`, "a", "b"), pageOf(`"total":3,"total_pages":2`, "b"), pageOf(`"total":3,"total_pages":2`, "a", "b"), pageOf(`"total":3,"total_pages":2`, "c")}, 3, 4, ""},
		"changed between the pages":     {[]reply{pageOf(`"total":4,"total_pages":2`, "a", "b"), pageOf(`"total":3,"total_pages":2`, "d"), pageOf(`"total":3,"total_pages":2`, "A", "c"), pageOf(`"total":3,"total_pages":2`, "d")}, 4, 4, ""},
		"entries without an ID":         {[]reply{pageOf(`"total":2,"total_pages":1`, "a", "")}, 1, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, w := newScriptedClient(t, 0, c.replies...)
			tasks, failed := 0, error(nil)
			for task, err := range client.Tasks(t.Context(), List{Organization: org, Run: run}) {
				if err != nil {
					failed = err
					continue
				}
				if task.ID == "" {
					t.Error("an entry without an ID is a task")
				}
				tasks++
			}
			if tasks != c.tasks || len(w.requests) != c.pages {
				t.Errorf("%d tasks of %d pages, want %d of %d", tasks, len(w.requests), c.tasks, c.pages)
			}
			incomplete := errors.As(failed, new(*IncompleteError))
			if incomplete != (c.fails != "") || c.fails == "" && failed != nil || c.fails != "" && !strings.Contains(failed.Error(), c.fails) {
				t.Errorf("the error is %v", failed)
			}
		})
	}
}

// The number of pages that one page shows is that of the evidence for the most pages.
func TestPageOf(t *testing.T) {
	t.Parallel()
	for pagination, want := range map[string]int{
		`"total_pages":3`: 3, `"links":{"next":"x"}`: 2, `"links":{"next":null}`: 1, `"links":[]`: 1, `"has_more_pages":true`: 2,
		`"total":5,"total_pages":1`: 3, `"total":2,"total_pages":1`: 1, `"total":250,"total_pages":3,"per_page":100`: 125, ``: 1,
	} {
		t.Run(pagination, func(t *testing.T) {
			t.Parallel()
			client, _ := newScriptedClient(t, 0, pageOf(pagination, "a", "b"))
			page, err := client.TasksPage(t.Context(), List{Organization: org}, 1)
			if err != nil || page.Of != want {
				t.Errorf("of %d pages, want %d (%v)", page.Of, want, err)
			}
		})
	}
}

// A full page that reports neither a total nor a number of pages may have a next one, unless it
// reports that it has none.
func TestPageOfAFullPage(t *testing.T) {
	t.Parallel()
	for pagination, want := range map[string]int{
		``: 2, `"links":[]`: 2, `"links":{"next":"x"}`: 2, `"links":{"next":null}`: 1, `"has_more_pages":false`: 1, `"total_pages":1`: 1, `"total":100`: 1,
	} {
		t.Run(pagination, func(t *testing.T) {
			t.Parallel()
			ids := make([]string, perPage)
			for n := range ids {
				ids[n] = fmt.Sprint("t", n)
			}
			client, _ := newScriptedClient(t, 0, pageOf(pagination, ids...))
			page, err := client.TasksPage(t.Context(), List{Organization: org}, 1)
			if err != nil || page.Of != want {
				t.Errorf("of %d pages, want %d (%v)", page.Of, want, err)
			}
		})
	}
}

// endlessList announces another page on every page, each with a new task.
type endlessList struct{ pages int }

// RoundTrip returns a page.
func (e *endlessList) RoundTrip(r *http.Request) (*http.Response, error) {
	e.pages++
	body := fmt.Sprintf(`{"data":[{"id":"t%d"}],"meta":{"pagination":{"links":{"next":"x"}}}}`, e.pages)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// A list that does not end is read once up to a limit, and is an error.
func TestEndlessList(t *testing.T) {
	t.Parallel()
	e := &endlessList{}
	client, err := New(Config{BaseURL: "https://tallyfy.test/api", AccessToken: testToken, Transport: e})
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	for _, err := range client.Tasks(t.Context(), List{Organization: org}) {
		failed = err
	}
	if !errors.As(failed, new(*IncompleteError)) || !strings.Contains(failed.Error(), "does not end within 1000 pages") || e.pages != maxPages {
		t.Errorf("%d pages were read, and the error is %v", e.pages, failed)
	}
}
