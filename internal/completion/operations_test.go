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

// recorded completes the task in an apply of its own, and empties the journal.
func (b *bench) recorded(want Desired) Record {
	b.Helper()
	record := b.create(want).Record
	b.restart()
	b.server.ResetJournal()
	return record
}

func TestReadRefreshes(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.server.Update(taskID, func(k *sandbox.Task) { k.Title = "Renamed"; k.CompletedAt = "2026-05-20T17:00:00Z" })
		known.CompletedAt = "2026-05-20T17:00:00.000Z"
		result, err := b.engine.Read(b.ctx, b.ref(), known)
		if err != nil || result.Reopened || result.Record.Title != "Renamed" {
			b.Errorf("got %+v, %v", result, err)
		}
		if result.Record.CompletedAt != known.CompletedAt || result.Record.TasksChangedByRules != known.TasksChangedByRules {
			b.Errorf("what did not change became %+v", result.Record)
		}
		b.sent(get)
		b.warned(result)
	})
}

func TestReadSeesAReopenedTask(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.server.ReopenOutside(taskID)
		result, err := b.engine.Read(b.ctx, b.ref(), known)
		if err != nil || !result.Reopened {
			b.Errorf("got %+v, %v", result, err)
		}
		b.warned(result, "Task Was Reopened")
		b.sent(get, get, get)
	})
}

func TestReadKeepsWhatCannotBeFound(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]*sandbox.Fault{
		"deleted":     nil,
		"no endpoint": {Status: 404, Body: `{"error":true,"message":"API endpoint not found","code":"ENDPOINT_NOT_FOUND"}`},
		"plain 404":   {Status: 404, Body: "<html>"},
		"405":         {Status: 405},
	} {
		inBubble(t, today(), nil, func(b *bench) {
			known := b.recorded(b.want())
			if fault == nil {
				b.server.DeleteTask(taskID)
			} else {
				b.server.Inject(*fault)
			}
			result, err := b.engine.Read(b.ctx, b.ref(), known)
			if err != nil || result.Reopened || result.Record != known {
				b.Errorf("%s: got %+v, %v", name, result, err)
			}
			b.warned(result, "Completed Task Cannot Be Found")
			b.sent(get)
		})
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403, 302, 422, 500} {
		inBubble(t, today(), nil, func(b *bench) {
			known := b.recorded(b.want())
			b.server.Inject(sandbox.Fault{Method: get, Status: status, Times: -1})
			failure := b.failure(b.engine.Read(b.ctx, b.ref(), known))
			b.says(failure.Error(), "Task Could Not Be Read", "The state stays as it was", http.StatusText(status))
		})
	}
}

func TestUpdateOfSettingsSendsNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.wantValue("1"))
		result, err := b.engine.Update(b.ctx, known, b.wantValue("1"), b.wantValue("1"))
		if err != nil || result.Record != known {
			b.Errorf("got %+v, %v", result, err)
		}
		b.sent()
	})
}

func TestUpdateReopensAndCompletes(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]func(*sandbox.Task){"process": nil, "one-off": oneOff} {
		inBubble(t, today(), kind, func(b *bench) {
			before, after := b.wantValue("vpc-1"), b.wantValue("vpc-2")
			if name == "one-off" {
				before.Task.Run, after.Task.Run = "", ""
			}
			known := b.recorded(before)
			result, err := b.engine.Update(b.ctx, known, before, after)
			if err != nil || result.Record.Status != "completed" {
				b.Errorf("%s: got %+v, %v", name, result, err)
			}
			b.sent(get, del, put, post)
			b.fired(2)
			if b.task().Taskdata[field] != "vpc-2" {
				b.Errorf("%s: holds %v", name, b.task().Taskdata)
			}
		})
	}
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(b *bench) {
		before, after := b.want(), b.want()
		before.IsApproved, after.IsApproved = new(true), new(false)
		known := b.recorded(before)
		result, err := b.engine.Update(b.ctx, known, before, after)
		if err != nil || *result.Record.IsApproved {
			b.Errorf("got %+v, %v", result, err)
		}
		b.sent(get, del, post)
	})
	inBubble(t, today(), nil, func(b *bench) {
		before, after := b.want(), b.want()
		after.OverrideUser = new(int64(1002))
		known := b.recorded(before)
		result, err := b.engine.Update(b.ctx, known, before, after)
		if err != nil || result.Record.CompleterID != 1002 {
			b.Errorf("got %+v, %v", result, err)
		}
		b.sent(get, del, post)
	})
	inBubble(t, sandbox.Config{HideTaskdata: true}, nil, func(b *bench) { // not shown is not "already there"
		known := b.recorded(b.wantValue("vpc-1"))
		if _, err := b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-1b")); err != nil {
			b.Error(err)
		}
		b.sent(get, del, put, get, post)
	})
}

func TestUpdateSendsNothingThatIsThereAlready(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.wantValue("vpc-2")) // an update that was completed, and whose record was lost
		result, err := b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2"))
		if err != nil {
			b.Error(err)
		}
		b.sent(get)
		b.fired(1)
		b.warned(result, "Task Is Already as Configured")
		if result.Record.TasksChangedByRules != known.TasksChangedByRules || known.TasksChangedByRules == "" {
			b.Errorf("recorded %+v, known was %+v", result.Record, known)
		}
	})
	inBubble(t, today(), nil, func(b *bench) { // opened meanwhile: no need to reopen
		known := b.recorded(b.wantValue("vpc-1"))
		b.server.ReopenOutside(taskID)
		if _, err := b.engine.Update(b.ctx, known, b.wantValue("vpc-1"), b.wantValue("vpc-2")); err != nil {
			b.Error(err)
		}
		b.sent(get, get, get, put, post) // a read right after the completion may lag
	})
}

func TestUpdateRefusesBeforeItReopens(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(b *bench) {
		before, after := b.wantValue("1"), b.wantValue("2")
		before.IsApproved = new(true)
		known := b.recorded(before)
		failure := b.failure(b.engine.Update(b.ctx, known, before, after))
		b.sent(get)
		b.says(failure.Error(), "Approval Needs a Decision")
	})
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.wantValue("1"))
		b.server.Update(taskID, func(k *sandbox.Task) { k.Archived = true })
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("1"), b.wantValue("2")))
		b.sent(get)
		b.says(failure.Error(), "Task Is Archived")
	})
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.wantValue("1"))
		b.server.Inject(sandbox.Fault{Method: del, Status: 403})
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("1"), b.wantValue("2")))
		b.sent(get, del, get, get, get)
		b.says(failure.Error(), "Task Could Not Be Reopened", "the task is as it was")
	})
}

func TestUpdateThatFailsHalfwaySaysSo(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.wantValue("1"))
		b.server.Inject(sandbox.Fault{Method: put, Status: 422, Body: `{"message":"no"}`})
		failure := b.failure(b.engine.Update(b.ctx, known, b.wantValue("1"), b.wantValue("2")))
		b.sent(get, del, put)
		b.says(failure.Error(), "Field Values Could Not Be Saved", "The task had been reopened for this change")
		// The next run finds it open: first it falls out of the state, then it is completed.
		read, err := b.engine.Read(b.ctx, b.ref(), known)
		if err != nil || !read.Reopened {
			b.Errorf("refreshed to %+v, %v", read, err)
		}
		b.create(b.wantValue("2"))
		b.fired(2)
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.restart()
		if _, err := b.delete(b.ctx, known); err != nil {
			b.Error(err)
		}
		b.sent(get, del)
		if b.task().CompletedAt != "" || b.server.Reopens(taskID) != 1 {
			b.Error("the task was not reopened once")
		}
	})
	for name, c := range map[string]struct {
		happened func(*bench)
		sent     []string
	}{
		"open already": {func(b *bench) { b.server.ReopenOutside(taskID) }, []string{get, get, get}},
		"deleted":      {func(b *bench) { b.server.DeleteTask(taskID) }, []string{get, get}},
		"opened between the look and the request": {func(b *bench) {
			b.server.Inject(sandbox.Fault{Method: del, Before: func(*http.Request) { b.server.ReopenOutside(taskID) }, Handle: true})
		}, []string{get, del, get}},
		"answer lost":  {func(b *bench) { b.server.Inject(sandbox.Fault{Method: del, Handle: true, Drop: true}) }, []string{get, del, get}},
		"request lost": {func(b *bench) { b.server.Inject(sandbox.Fault{Method: del, Drop: true}) }, []string{get, del, get, get, get, del}},
		"empty answer": {func(b *bench) { b.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204}) }, []string{get, del, get}},
		"busy":         {func(b *bench) { b.server.Inject(sandbox.Fault{Method: del, Status: 429}) }, []string{get, del, get, del}},
	} {
		inBubble(t, today(), nil, func(b *bench) {
			known := b.recorded(b.want())
			b.restart()
			c.happened(b)
			if _, err := b.delete(b.ctx, known); err != nil {
				b.Errorf("%s: %v", name, err)
			}
			b.sent(c.sent...)
		})
	}
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.restart()
		b.server.Inject(sandbox.Fault{Method: del, Status: 403, Body: `{"message":"not yours"}`})
		failure := b.failure(b.delete(b.ctx, known))
		b.says(failure.Error(), "Task Could Not Be Reopened", "403", "not yours")
	})
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.restart()
		b.server.Inject(sandbox.Fault{Method: del, Drop: true, Times: -1})
		b.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 404, Times: -1})
		failure := b.failure(b.delete(b.ctx, known))
		b.says(failure.Error(), "It is not known whether the task is open now")
	})
}

func TestImport(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(b *bench) {
		b.server.CompleteOutside(taskID, 1002, new(false))
		ref := b.ref()
		ref.Run = ""
		result, err := b.engine.Import(b.ctx, ref)
		if err != nil || result.Record.RunID != runID || result.Record.IsApproved == nil || *result.Record.IsApproved || result.Record.CompleterID != 1002 {
			b.Errorf("got %+v, %v", result, err)
		}
		b.sent(get)
	})
	inBubble(t, today(), nil, func(b *bench) {
		failure := b.failure(b.engine.Import(b.ctx, b.ref()))
		b.says(failure.Error(), "Task Is Not Completed", "in-progress", "no completion to import")
		b.server.DeleteTask(taskID)
		failure = b.failure(b.engine.Import(b.ctx, b.ref()))
		b.says(failure.Error(), "Task Could Not Be Imported", "404", "Nothing was imported")
	})
}

// If the operation's time does not suffice to read the task again, the read that came counts.
func TestReadWithoutTimeForAnother(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		known := b.recorded(b.want())
		b.server.ReopenOutside(taskID)
		ctx, cancel := context.WithTimeout(b.ctx, 500*time.Millisecond)
		defer cancel()
		result, err := b.engine.Read(ctx, b.ref(), known)
		if err != nil || !result.Reopened {
			b.Errorf("got %+v, %v", result, err)
		}
		b.sent(get)
	})
}

// A task that Tallyfy twice says is not there is gone. Once may be an error, and so may what is not Tallyfy's own 404 be: then the DELETE
// has the last word.
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
			inBubble(t, today(), nil, func(b *bench) {
				known := b.recorded(b.want())
				b.restart()
				for _, fault := range c.reads {
					fault.Method = get
					b.server.Inject(fault)
				}
				result, err := b.delete(b.ctx, known)
				if err != nil {
					b.Error(err)
				}
				b.sent(c.sent...)
				if reopened := b.task().CompletedAt == ""; reopened != c.reopened {
					b.Errorf("the task was reopened: %t", reopened)
				}
				if c.reopened {
					b.warned(result)
					return
				}
				b.warned(result, "Task Was Not Reopened")
				b.says(result.Warnings[0].Detail, "404", "Nothing was sent", "removed from the state")
			})
		})
	}
}

// A task is gone only if Tallyfy says so twice: to the DELETE and to the read after it. The 404 of a path, which the edge answers if a
// proxy strips the client's header, says nothing about a task.
func TestDeleteOfATaskThatMayBeGone(t *testing.T) {
	t.Parallel()
	missing := sandbox.Fault{Status: 404, Body: `{"code":"RESOURCE_NOT_FOUND"}`}
	edge := sandbox.Fault{Status: 404, Body: `{"message":"Not found. Error Code: apsh546."}`}
	denied := sandbox.Fault{Status: 403}
	for name, c := range map[string]struct {
		reopening, read sandbox.Fault
		says            []string // nothing for a task that is gone
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
			inBubble(t, today(), nil, func(b *bench) {
				known := b.recorded(b.want())
				b.restart()
				c.reopening.Method, c.read.Method, c.read.Skip = del, get, 1
				b.server.Inject(c.reopening)
				b.server.Inject(c.read)
				result, err := b.delete(b.ctx, known)
				b.sent(get, del, get)
				if c.says == nil {
					if err != nil {
						b.Error(err)
					}
					return
				}
				b.says(b.failure(result, err).Error(), c.says...)
			})
		})
	}
}

// A read may lag behind a completion by seconds. It costs more than one only while it may.
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
			inBubble(t, today(), nil, func(b *bench) {
				known := b.recorded(b.want())
				time.Sleep(c.age)
				b.server.ReopenOutside(taskID)
				if result, err := b.engine.Read(b.ctx, b.ref(), known); err != nil || !result.Reopened {
					b.Errorf("got %+v, %v", result, err)
				}
				b.sent(c.sent...)
			})
		})
	}
}
