// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

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

// An automation may hide a completed task (API.md §2.3). Nobody can complete it then, so that no
// plan may propose it.
func TestReadKeepsAHiddenTask(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		h.server.Update(taskID, func(k *sandbox.Task) { k.Hidden, k.Status, k.CompletedAt, k.CompleterID = true, "", "", 0 })
		result, err := h.engine.Read(h.ctx, h.ref(), known)
		if err != nil || result.Reopened || result.Changed || result.Record != known {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantWarnings(result, "Completed Task Is Hidden")
		h.server.Update(taskID, func(k *sandbox.Task) { k.Hidden = false })
		if result, err := h.engine.Read(h.ctx, h.ref(), known); err != nil || !result.Reopened {
			h.Errorf("shown again: got %+v, %v", result, err)
		}
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
					h.Errorf("got %+v, %v", result, err)
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
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				known := h.recorded(h.want())
				h.server.Inject(sandbox.Fault{Method: get, Status: status, Times: -1})
				failure := h.failure(h.engine.Read(h.ctx, h.ref(), known))
				h.wantText(failure.Error(), "Task Could Not Be Read", "The state stays as it was", http.StatusText(status))
			})
		})
	}
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
		failure = h.failure(h.engine.Move(h.ctx, h.ref()))
		h.wantText(failure.Error(), "Task Could Not Be Moved", "404", "to move it", "Nothing was moved")
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
