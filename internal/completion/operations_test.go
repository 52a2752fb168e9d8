// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// recorded completes the task in another apply, and empties the journal.
func (h *harness) recorded(want Desired) Record {
	h.Helper()
	record := h.create(want).Record
	h.restart()
	h.server.ResetJournal()
	return record
}

func TestReadRefreshes(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.server.Update(taskID, func(k *sandbox.Task) { k.Title = "Renamed"; k.CompletedAt = "2026-05-20T17:00:00Z" })
		known.CompletedAt = "2026-05-20T17:00:00.000Z"
		result, err := h.engine.Read(h.ctx, h.ref(), known)
		if err != nil || result.Reopened || result.Record.Title != "Renamed" {
			h.Errorf("got %+v, %v", result, err)
		}
		if result.Record.CompletedAt != known.CompletedAt || result.Record.TasksChangedByRules != known.TasksChangedByRules {
			h.Errorf("an unchanged record became %+v", result.Record)
		}
		h.wantRequests(get)
		h.wantWarnings(result)
	})
}

func TestReadSeesAReopenedTask(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.server.ReopenOutside(taskID)
		result, err := h.engine.Read(h.ctx, h.ref(), known)
		if err != nil || !result.Reopened {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantWarnings(result, "Task Was Reopened")
		h.wantRequests(get, get, get)
	})
}

func TestReadKeepsATaskThatCannotBeFound(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]*sandbox.Fault{
		"deleted":     nil,
		"no endpoint": {Status: 404, Body: `{"error":true,"message":"API endpoint not found","code":"ENDPOINT_NOT_FOUND"}`},
		"plain 404":   {Status: 404, Body: "<html>"},
		"405":         {Status: 405},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				known := h.recorded(h.want())
				if fault == nil {
					h.server.DeleteTask(taskID)
				} else {
					h.server.Inject(*fault)
				}
				result, err := h.engine.Read(h.ctx, h.ref(), known)
				if err != nil || result.Reopened || result.Record != known {
					h.Errorf("%s: got %+v, %v", name, result, err)
				}
				h.wantWarnings(result, "Completed Task Cannot Be Found")
				h.wantRequests(get)
			})
		})
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403, 302, 422, 500} {
		inBubble(t, today(), nil, func(h *harness) {
			known := h.recorded(h.want())
			h.server.Inject(sandbox.Fault{Method: get, Status: status, Times: -1})
			failure := h.failure(h.engine.Read(h.ctx, h.ref(), known))
			h.wantText(failure.Error(), "Task Could Not Be Read", "The state stays as it was", http.StatusText(status))
		})
	}
}

func TestUpdateOfSettingsSendsNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.wantValue("1"))
		result, err := h.engine.Update(h.ctx, known, h.wantValue("1"), h.wantValue("1"))
		if err != nil || result.Record != known {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantRequests()
	})
}

func TestUpdateReopensAndCompletes(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]func(*sandbox.Task){"process": nil, "one-off": oneOff} {
		inBubble(t, today(), kind, func(h *harness) {
			before, after := h.wantValue("vpc-1"), h.wantValue("vpc-2")
			if name == "one-off" {
				before.Task.Run, after.Task.Run = "", ""
			}
			known := h.recorded(before)
			result, err := h.engine.Update(h.ctx, known, before, after)
			if err != nil || result.Record.Status != "completed" {
				h.Errorf("%s: got %+v, %v", name, result, err)
			}
			h.wantRequests(get, del, put, post)
			h.wantWebhooks(2)
			if h.task().Taskdata[field] != "vpc-2" {
				h.Errorf("%s: holds %v", name, h.task().Taskdata)
			}
		})
	}
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(h *harness) {
		before, after := h.want(), h.want()
		before.IsApproved, after.IsApproved = new(true), new(false)
		known := h.recorded(before)
		result, err := h.engine.Update(h.ctx, known, before, after)
		if err != nil || *result.Record.IsApproved {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantRequests(get, del, post)
	})
	inBubble(t, today(), nil, func(h *harness) {
		before, after := h.want(), h.want()
		after.OverrideUser = new(int64(1002))
		known := h.recorded(before)
		result, err := h.engine.Update(h.ctx, known, before, after)
		if err != nil || result.Record.CompleterID != 1002 {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantRequests(get, del, post)
	})
	inBubble(t, sandbox.Config{HideTaskdata: true}, nil, func(h *harness) { // a value that is not shown does not count as saved
		known := h.recorded(h.wantValue("vpc-1"))
		if _, err := h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-1b")); err != nil {
			h.Error(err)
		}
		h.wantRequests(get, del, put, get, post)
	})
}

func TestUpdateSendsNothingIfTheTaskIsAlreadyAsConfigured(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-2")) // as after an update whose record was lost
		result, err := h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))
		if err != nil {
			h.Error(err)
		}
		h.wantRequests(get)
		h.wantWebhooks(1)
		h.wantWarnings(result, "Task Is Already as Configured")
		if result.Record.TasksChangedByRules != known.TasksChangedByRules || known.TasksChangedByRules == "" {
			h.Errorf("recorded %+v, known was %+v", result.Record, known)
		}
	})
	inBubble(t, today(), nil, func(h *harness) { // opened by someone else, so it need not be reopened
		known := h.recorded(h.wantValue("vpc-1"))
		h.server.ReopenOutside(taskID)
		if _, err := h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2")); err != nil {
			h.Error(err)
		}
		h.wantRequests(get, get, get, put, post) // a read right after the completion may lag
	})
}

func TestUpdateRefusesBeforeItReopens(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(h *harness) {
		before, after := h.wantValue("1"), h.wantValue("2")
		before.IsApproved = new(true)
		known := h.recorded(before)
		failure := h.failure(h.engine.Update(h.ctx, known, before, after))
		h.wantRequests(get)
		h.wantText(failure.Error(), "Approval Needs a Decision")
	})
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.wantValue("1"))
		h.server.Update(taskID, func(k *sandbox.Task) { k.Archived = true })
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("1"), h.wantValue("2")))
		h.wantRequests(get)
		h.wantText(failure.Error(), "Task Is Archived")
	})
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.wantValue("1"))
		h.server.Inject(sandbox.Fault{Method: del, Status: 403})
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("1"), h.wantValue("2")))
		h.wantRequests(get, del, get, get, get)
		h.wantText(failure.Error(), "Task Could Not Be Reopened", "the task is as it was")
	})
}

func TestUpdateThatFailsHalfwayReportsIt(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.wantValue("1"))
		h.server.Inject(sandbox.Fault{Method: put, Status: 422, Body: `{"message":"no"}`})
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("1"), h.wantValue("2")))
		h.wantRequests(get, del, put)
		h.wantText(failure.Error(), "Field Values Could Not Be Saved", "The task had been reopened for this change")
		// The next apply finds it open, removes it from the state, and completes it.
		read, err := h.engine.Read(h.ctx, h.ref(), known)
		if err != nil || !read.Reopened {
			h.Errorf("refreshed to %+v, %v", read, err)
		}
		h.create(h.wantValue("2"))
		h.wantWebhooks(2)
	})
}

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
		"answer lost":  {func(h *harness) { h.server.Inject(sandbox.Fault{Method: del, Handle: true, Drop: true}) }, []string{get, del, get}},
		"request lost": {func(h *harness) { h.server.Inject(sandbox.Fault{Method: del, Drop: true}) }, []string{get, del, get, get, get, del}},
		"empty answer": {func(h *harness) { h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204}) }, []string{get, del, get}},
		"busy":         {func(h *harness) { h.server.Inject(sandbox.Fault{Method: del, Status: 429}) }, []string{get, del, get, del}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				known := h.recorded(h.want())
				h.restart()
				c.happened(h)
				if _, err := h.destroy(h.ctx, known); err != nil {
					h.Errorf("%s: %v", name, err)
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

func TestImport(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(h *harness) {
		h.server.CompleteOutside(taskID, 1002, new(false))
		ref := h.ref()
		ref.Run = ""
		result, err := h.engine.Import(h.ctx, ref)
		if err != nil || result.Record.RunID != runID || result.Record.IsApproved == nil || *result.Record.IsApproved || result.Record.CompleterID != 1002 {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantRequests(get)
	})
	inBubble(t, today(), nil, func(h *harness) {
		failure := h.failure(h.engine.Import(h.ctx, h.ref()))
		h.wantText(failure.Error(), "Task Is Not Completed", "in-progress", "no completion to import")
		h.server.DeleteTask(taskID)
		failure = h.failure(h.engine.Import(h.ctx, h.ref()))
		h.wantText(failure.Error(), "Task Could Not Be Imported", "404", "Nothing was imported")
	})
}

// If no time is left to read the task again, the last read counts.
func TestReadWithoutTimeForAnother(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.server.ReopenOutside(taskID)
		ctx, cancel := context.WithTimeout(h.ctx, 500*time.Millisecond)
		defer cancel()
		result, err := h.engine.Read(ctx, h.ref(), known)
		if err != nil || !result.Reopened {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantRequests(get)
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

// A task is gone only if the DELETE and the read after it both return its 404. The 404 of a path,
// which the edge returns if a proxy removes the client's header, does not mean that.
func TestDeleteOfATaskThatMayBeGone(t *testing.T) {
	t.Parallel()
	missing := sandbox.Fault{Status: 404, Body: `{"code":"RESOURCE_NOT_FOUND"}`}
	edge := sandbox.Fault{Status: 404, Body: `{"message":"Not found. Error Code: apsh546."}`}
	denied := sandbox.Fault{Status: 403}
	for name, c := range map[string]struct {
		reopening, read sandbox.Fault
		says            []string // empty for a task that is gone
	}{
		"gone":                           {missing, missing, nil},
		"the edge":                       {edge, edge, []string{"Task Could Not Be Reopened", "X-Tallyfy-Client"}},
		"the edge, to the DELETE":        {edge, missing, []string{"Task Could Not Be Reopened", "X-Tallyfy-Client"}},
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
					return
				}
				h.wantText(h.failure(result, err).Error(), c.says...)
			})
		})
	}
}

// A read may lag behind a completion by seconds. More than one read is sent only for a recent
// completion.
func TestOpenTaskIsReadOnceIfItsCompletionIsOld(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		age  time.Duration
		sent []string
	}{
		"just completed": {0, []string{get, get, get}}, "almost old": {longestLag / 2, []string{get, get, get}}, "old": {longestLag, []string{get}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				known := h.recorded(h.want())
				time.Sleep(c.age)
				h.server.ReopenOutside(taskID)
				if result, err := h.engine.Read(h.ctx, h.ref(), known); err != nil || !result.Reopened {
					h.Errorf("got %+v, %v", result, err)
				}
				h.wantRequests(c.sent...)
			})
		})
	}
}
