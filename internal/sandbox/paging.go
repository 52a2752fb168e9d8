// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Sizes of a page (API.md §1.4).
const (
	defaultPerPage = 10
	maxPerPage     = 100
)

// Paging is how lists report that there are more pages. The clients of Tallyfy
// disagree about which members are reliable.
type Paging int

const (
	// PagingDocumented has all documented members of meta.pagination.
	PagingDocumented Paging = iota

	// PagingLinks has links, but neither total nor total_pages.
	PagingLinks

	// PagingHasMore has has_more_pages, but neither links nor totals.
	PagingHasMore

	// PagingOneTotalPage has the right total, but total_pages is always 1, and
	// there are no links.
	PagingOneTotalPage

	// PagingFirstPage ignores the parameter page: every page is the first one,
	// and links to the second one if there are more rows.
	PagingFirstPage
)

// page is one page of a list, with the range of its rows.
type page struct {
	number, perPage, pages, total int
	from, to                      int
}

func newPage(query url.Values, total int, paging Paging) page {
	p := page{number: 1, perPage: defaultPerPage, total: total}
	if n, err := strconv.Atoi(query.Get("per_page")); err == nil && n > 0 {
		p.perPage = min(n, maxPerPage)
	}
	p.pages = max(1, (total+p.perPage-1)/p.perPage)
	if n, err := strconv.Atoi(query.Get("page")); err == nil && n > 0 && paging != PagingFirstPage {
		p.number = n
	}
	// A page beyond the last is empty, not an error.
	p.from = total
	if p.number <= p.pages {
		p.from = (p.number - 1) * p.perPage
	}
	p.to = min(p.from+p.perPage, total)
	return p
}

// wire returns meta.pagination.
func (p page) wire(self string, query url.Values, paging Paging) object {
	o := object{"count": p.to - p.from, "per_page": p.perPage, "current_page": p.number}
	switch paging {
	case PagingLinks:
		o["links"] = p.links(self, query)
	case PagingHasMore:
		o["has_more_pages"] = p.number < p.pages
	case PagingOneTotalPage:
		o["total"], o["total_pages"], o["links"] = p.total, 1, []any{}
	default:
		o["total"], o["total_pages"], o["links"] = p.total, p.pages, p.links(self, query)
	}
	return o
}

// links returns an empty list if there are no links (API.md §2).
func (p page) links(self string, query url.Values) any {
	link := func(number int) any {
		if number < 1 || number > p.pages {
			return nil
		}
		params := url.Values{}
		for name, values := range query {
			params[name] = values
		}
		params.Set("page", strconv.Itoa(number))
		return self + "?" + params.Encode()
	}
	previous, next := link(p.number-1), link(p.number+1)
	if previous == nil && next == nil {
		return []any{}
	}
	return object{"previous": previous, "next": next}
}

// paged returns the response with one page of a list, or the whole list if the
// request does not ask for pages.
func (s *Server) paged(c request, total int, noun string, row func(i int) any) response {
	rows := func(from, to int) []any {
		list := []any{}
		for i := from; i < to; i++ {
			list = append(list, row(i))
		}
		return list
	}
	if c.query.Get("without_pagination") == "true" {
		return response{
			status: http.StatusOK,
			body:   object{"data": rows(0, total)},
			note:   fmt.Sprintf("listed %d %s", total, noun),
		}
	}
	p := newPage(c.query, total, s.cfg.Paging)
	return response{
		status: http.StatusOK,
		body: object{
			"data": rows(p.from, p.to),
			"meta": object{"pagination": p.wire(c.self, c.query, s.cfg.Paging)},
		},
		note: fmt.Sprintf("listed %d of %d %s", p.to-p.from, total, noun),
	}
}
