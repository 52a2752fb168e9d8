// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"net/http"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.restart()
		if _, err := h.destroy(h.ctx, known); err != nil {
			h.Error(err)
		}
		h.wantRequests(get, del)
		if h.task().CompletedAt != "" || h.server.Reopens(taskID) != 1 {
			h.Error("the task was not reopened once")
		}
	})
	for name, c := range map[string]struct {
		happened func(*harness)
		sent     []string
	}{
		"open already": {func(h *harness) { h.server.ReopenOutside(taskID) }, []string{get, get, get}},
		"deleted":      {func(h *harness) { h.server.DeleteTask(taskID) }, []string{get, get}},
		"opened between the look and the request": {func(h *harness) {
			h.server.Inject(sandbox.Fault{Method: del, Before: func(*http.Request) { h.server.ReopenOutside(taskID) }, Handle: true})
		}, []string{get, del, get}},
		"response lost":  {func(h *harness) { h.server.Inject(sandbox.Fault{Method: del, Handle: true, Drop: true}) }, []string{get, del, get}},
		"request lost":   {func(h *harness) { h.server.Inject(sandbox.Fault{Method: del, Drop: true}) }, []string{get, del, get, get, get, del}},
		"empty response": {func(h *harness) { h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204}) }, []string{get, del, get}},
		"busy":           {func(h *harness) { h.server.Inject(sandbox.Fault{Method: del, Status: 429}) }, []string{get, del, get, del}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				known := h.recorded(h.want())
				h.restart()
				c.happened(h)
				if _, err := h.destroy(h.ctx, known); err != nil {
					h.Errorf("%v", err)
				}
				h.wantRequests(c.sent...)
			})
		})
	}
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.restart()
		h.server.Inject(sandbox.Fault{Method: del, Status: 403, Body: `{"message":"not yours"}`})
		failure := h.failure(h.destroy(h.ctx, known))
		h.wantText(failure.Error(), "Task Could Not Be Reopened", "403", "not yours")
	})
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.restart()
		h.server.Inject(sandbox.Fault{Method: del, Drop: true, Times: -1})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 404, Times: -1})
		failure := h.failure(h.destroy(h.ctx, known))
		h.wantText(failure.Error(), "It is not known whether the task is open now")
	})
}

// A task that two reads do not find does not exist. A single 404, or one that is not Tallyfy's own,
// may be an error: then the DELETE is sent.
func TestDeleteReadsAMissingTaskTwice(t *testing.T) {
	t.Parallel()
	missing := sandbox.Fault{Status: 404, Body: `{"code":"RESOURCE_NOT_FOUND"}`}
	for name, c := range map[string]struct {
		reads    []sandbox.Fault
		sent     []string
		reopened bool
	}{
		"missing twice":          {[]sandbox.Fault{missing, missing}, []string{get, get}, false},
		"missing once":           {[]sandbox.Fault{missing}, []string{get, get, del}, true},
		"missing, then an error": {[]sandbox.Fault{missing, {Status: 403}}, []string{get, get, del}, true},
		"a page":                 {[]sandbox.Fault{{Status: 404, Body: "<html>"}, {Status: 404, Body: "<html>"}}, []string{get, get, del}, true},
		"no such path":           {[]sandbox.Fault{{Status: 404, Body: `{"code":"ENDPOINT_NOT_FOUND"}`}, {Status: 405}}, []string{get, get, del}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				known := h.recorded(h.want())
				h.restart()
				for _, fault := range c.reads {
					fault.Method = get
					h.server.Inject(fault)
				}
				result, err := h.destroy(h.ctx, known)
				if err != nil {
					h.Error(err)
				}
				h.wantRequests(c.sent...)
				if reopened := h.task().CompletedAt == ""; reopened != c.reopened {
					h.Errorf("the task was reopened: %t", reopened)
				}
				if c.reopened {
					h.wantWarnings(result)
					return
				}
				h.wantWarnings(result, "Task Was Not Reopened")
				h.wantText(result.Warnings[0].Detail, "404", "Nothing was sent", "removed from the state")
			})
		})
	}
}

// A task is gone only if the DELETE and the read after it both return its 404, and then a warning
// says so. The 404 of a path, which the edge returns if a proxy removes the client's header, and
// that of a proxy do not mean that.
func TestDeleteOfATaskThatMayBeGone(t *testing.T) {
	t.Parallel()
	missing := sandbox.Fault{Status: 404, Body: `{"code":"RESOURCE_NOT_FOUND"}`}
	edge := sandbox.Fault{Status: 404, Body: `{"message":"Not found. Error Code: apsh546."}`}
	page := sandbox.Fault{Status: 404, Body: "<html><title>No such site</title>"}
	plain := sandbox.Fault{Status: 404, Body: `{"message":"Not found"}`}
	denied := sandbox.Fault{Status: 403}
	for name, c := range map[string]struct {
		reopening, read sandbox.Fault
		says            []string // empty for a task that is gone
	}{
		"gone":                           {missing, missing, nil},
		"the edge":                       {edge, edge, []string{"Task Could Not Be Reopened", "X-Tallyfy-Client"}},
		"the edge, to the DELETE":        {edge, missing, []string{"Task Could Not Be Reopened", "X-Tallyfy-Client"}},
		"a page":                         {page, page, []string{"Task Could Not Be Reopened", "No such site", "remove the resource from the state"}},
		"a page, to the read":            {missing, page, []string{"Task Could Not Be Reopened", "404"}},
		"no code":                        {plain, plain, []string{"Task Could Not Be Reopened", "remove the resource from the state"}},
		"the edge, to the read":          {missing, edge, []string{"Task Could Not Be Reopened"}},
		"not to be reopened, and hidden": {denied, missing, []string{"Task Could Not Be Reopened", "403"}},
		"not to be read":                 {missing, denied, []string{"Task Could Not Be Reopened", "404"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				known := h.recorded(h.want())
				h.restart()
				c.reopening.Method, c.read.Method, c.read.Skip = del, get, 1
				h.server.Inject(c.reopening)
				h.server.Inject(c.read)
				result, err := h.destroy(h.ctx, known)
				h.wantRequests(get, del, get)
				if c.says == nil {
					if err != nil {
						h.Error(err)
					}
					h.wantWarnings(result, "Task Was Not Reopened")
					h.wantText(result.Warnings[0].Detail, "Reopening task", "404", "Tallyfy rejected the reopening. The completion is removed from the state.", "deleted or archived")
					return
				}
				h.wantText(h.failure(result, err).Error(), c.says...)
			})
		})
	}
}
