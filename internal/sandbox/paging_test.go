// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestPaging reads both pages of three tasks from servers that page differently.
func TestPaging(t *testing.T) {
	const totals = `"count":2,"current_page":1,"links":`
	for _, test := range []struct {
		name           string
		paging         sandbox.Paging
		first          string // meta.pagination of page 1, with LINK for the URL of page 2
		second, beyond string // IDs on page 2 and on page 3
	}{
		{"documented", sandbox.PagingDocumented, `{` + totals + `LINK,"per_page":2,"total":3,"total_pages":2}`, "c", ""},
		{"links", sandbox.PagingLinks, `{` + totals + `LINK,"per_page":2}`, "c", ""},
		{"has more", sandbox.PagingHasMore, `{"count":2,"current_page":1,"has_more_pages":true,"per_page":2}`, "c", ""},
		{"one total page", sandbox.PagingOneTotalPage, `{` + totals + `[],"per_page":2,"total":3,"total_pages":1}`, "c", ""},
		{"first page", sandbox.PagingFirstPage, `{` + totals + `LINK,"per_page":2,"total":3,"total_pages":2}`, "a b", "a b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, sandbox.Config{Paging: test.paging},
				sandbox.Task{ID: "a"}, sandbox.Task{ID: "b"}, sandbox.Task{ID: "c"})
			first := c.expect(http.StatusOK, http.MethodGet, orgTasks+"?per_page=2", "")
			link := `{"next":"` + c.base + orgTasks + `?page=2\u0026per_page=2","previous":null}`
			c.check(first, strings.Replace(test.first, "LINK", link, 1), "meta", "pagination")
			for page, want := range map[string]string{"1": "a b", "2": test.second, "3": test.beyond} {
				t.Run(page, func(t *testing.T) {
					if got := ids(c.expect(http.StatusOK, http.MethodGet, orgTasks+"?per_page=2&page="+page, "")); got != want {
						t.Errorf("page %s: got %q, want %q", page, got, want)
					}
				})
			}
		})
	}
	c := start(t, sandbox.Config{Paging: sandbox.PagingHasMore}, sandbox.Task{ID: "a"})
	c.check(c.expect(http.StatusOK, http.MethodGet, orgTasks, ""), `false`, "meta", "pagination", "has_more_pages")
}
