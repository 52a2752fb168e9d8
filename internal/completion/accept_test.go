// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// details returns the details of a result's warnings.
func details(result Result) string {
	var all []string
	for _, warning := range result.Warnings {
		all = append(all, warning.Detail)
	}
	return strings.Join(all, "\n")
}

// A completion that is found after a lost response has the configured completer, or it may be
// someone else's.
func TestLostResponseAndAnotherCompleter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sandbox.Fault
		warns []string
	}{
		"ours":           {sandbox.Fault{Handle: true, Drop: true}, nil},
		"someone else's": {sandbox.Fault{Drop: true}, []string{"Completion May Be Someone Else's"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				if !c.fault.Handle {
					c.fault.Before = func(*http.Request) { h.server.CompleteOutside(taskID, 1002, nil) }
				}
				h.server.Inject(atPost(c.fault))
				want := h.want()
				want.OverrideUser = new(int64(7))
				result := h.create(want)
				h.wantRequests(get, post, get)
				h.wantWarnings(result, c.warns...)
				if held := h.task().CompleterID; result.Record.CompleterID != held {
					h.Errorf("recorded completer %d; the task has %d", result.Record.CompleterID, held)
				}
			})
		})
	}
}

// After an empty response the task is read, and that read shows who completed it.
func TestAcceptedWithAnotherCompleterInTheRead(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 204, Before: func(*http.Request) {
			h.server.CompleteOutside(taskID, 1002, nil)
		}}))
		want := h.want()
		want.OverrideUser = new(int64(7))
		result := h.create(want)
		h.wantRequests(get, post, get)
		h.wantWarnings(result, "Tallyfy Recorded Another Completer")
		h.wantText(details(result), "user 1002", "not user 7")
	})
}

// The values in the response to the completion count, not those in the response to the save before
// it.
func TestResponseShowsOtherValues(t *testing.T) {
	t.Parallel()
	respond := func(taskdata string) sandbox.Fault {
		return atPost(sandbox.Fault{Handle: true, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"completed","taskdata":` + taskdata + `}}`})
	}
	for name, c := range map[string]struct {
		taskdata string
		says     []string
	}{
		"another value": {`{"` + field + `":"vpc-of-another"}`, []string{"Field Values Not Confirmed", "holds another value"}},
		"no value":      {`{"` + field + `":null}`, []string{"Field Values Not Confirmed", "is empty or not part of the task's form"}},
		"the value":     {`{"` + field + `":"vpc-1"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(respond(c.taskdata))
				result := h.create(h.wantValue("vpc-1"))
				h.wantRequests(get, put, post)
				if c.says == nil {
					h.wantWarnings(result)
					return
				}
				h.wantWarnings(result, c.says[0])
				h.wantText(details(result), c.says[1:]...)
				h.wantText(details(result), field)
				if containsAny(details(result), "vpc-1", "vpc-of-another") {
					h.Errorf("the warning holds values: %s", details(result))
				}
			})
		})
	}
}

// An empty taskdata in the response does not show whether the values are there: the form does.
func TestResponseWithAnEmptyTaskdata(t *testing.T) {
	t.Parallel()
	const response = `{"data":{"id":"` + taskID + `","status":"completed","completed_at":"2000-01-01T00:00:00Z","taskdata":[]}}`
	for name, c := range map[string]struct {
		held   any
		hidden bool // the read after it
		says   []string
	}{
		"the value":   {held: "vpc-1"},
		"no value":    {held: nil, says: []string{"Field Values Not Confirmed"}},
		"cannot read": {held: "vpc-1", hidden: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(atPost(sandbox.Fault{Status: 200, Body: response, Before: func(*http.Request) {
					h.server.CompleteOutsideWith(taskID, sandbox.CallerID, nil, map[string]any{field: c.held})
				}}))
				if c.hidden {
					h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 403, Times: -1})
				}
				result := h.create(h.wantValue("vpc-1"))
				h.wantRequests(get, put, post, get)
				h.wantWarnings(result, c.says...)
				if !result.Record.saysCompleted() {
					h.Errorf("recorded %+v", result.Record)
				}
			})
		})
	}
}

// The read after an empty response shows the values only with the form.
func TestReadAfterTheCompletionShowsOtherValues(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 204, Before: func(*http.Request) {
			h.server.CompleteOutsideWith(taskID, 1002, nil, map[string]any{field: "vpc-of-another"})
		}}))
		result := h.create(h.wantValue("vpc-1"))
		h.wantRequests(get, put, post, get)
		h.wantWarnings(result, "Field Values Not Confirmed")
		h.wantText(details(result), "holds another value")
	})
}

// After a rejection, a completion that is found is someone else's, even if it is as configured.
func TestCompletionFoundAfterARejection(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Status: 429, Before: func(*http.Request) { h.server.CompleteOutside(taskID, 1002, nil) }}))
		result := h.create(h.want())
		h.wantRequests(get, post, get)
		h.wantWarnings(result, "Task Was Already Completed")
		h.wantText(details(result), "user 1002", "rejected the completion that this apply sent")
	})
}

// Values that differ after a lost response may be the provider's own.
func TestValuesThatDifferAfterALostResponse(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Vintage: sandbox.Legacy, Rewrite: rewriteText}, nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: get, Status: http.StatusNotFound})
		h.server.Inject(sandbox.Fault{Method: put, Status: http.StatusMethodNotAllowed})
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true}))
		h.wantText(h.refuse(h.wantValue("vpc-1")).Error(), "Task Was Completed Differently", "or Tallyfy processed the request of this apply")
	})
}

// An open task proves nothing while a read may lag. If the task cannot be read for that long,
// nothing is sent again.
func TestReadsAfterALostResponseThatBreakOff(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 3 * time.Second}, nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true}))
		h.server.Inject(sandbox.Fault{Method: get, Skip: 2, Status: 403})
		h.wantText(h.refuse(h.want()).Error(), "Completion May Have Gone Through", "403")
		h.wantRequests(get, post, get, get)
	})
}

// A completion was made before the request if the server's own clock shows that, beyond the
// rounding to seconds.
func TestCompletedBefore(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 20, 17, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		completedAt string
		timing      tallyfy.Timing
		want        bool
	}{
		"in the same second":        {"2026-05-20T17:00:00Z", tallyfy.Timing{Date: at}, false},
		"clocks that are apart":     {"2026-05-20T16:59:58Z", tallyfy.Timing{Date: at}, false},
		"before":                    {"2026-05-20T16:59:57Z", tallyfy.Timing{Date: at}, true},
		"during a slow request":     {"2026-05-20T16:59:51Z", tallyfy.Timing{Date: at, Took: 8 * time.Second}, false},
		"before a slow request":     {"2026-05-20T16:59:49Z", tallyfy.Timing{Date: at, Took: 8 * time.Second}, true},
		"later, by another clock":   {"2026-05-20T17:00:05Z", tallyfy.Timing{Date: at}, false},
		"without a Date":            {"2020-01-01T00:00:00Z", tallyfy.Timing{}, false},
		"without a completion time": {"", tallyfy.Timing{Date: at}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			task := &tallyfy.Task{ID: "t", Title: "T", Status: "completed", CompletedAt: c.completedAt, Timing: c.timing}
			if got := len(completedBefore(task, Resource)) > 0; got != c.want {
				t.Errorf("has a warning: %t", got)
			}
			began := time.Now().Add(-c.timing.Took)
			if got := (attempt{began: began}).isBefore(task); got != c.want {
				t.Errorf("isBefore is %t", got)
			}
		})
	}
}

// A completion that Tallyfy accepts and shows with another decision is recorded with Tallyfy's,
// with a warning that says what was sent, who decided, and what follows. The next refresh shows the
// decision as drift, and an update overrules it.
// A response may have an empty taskdata, which is [], although the form has values: then the form
// decides (API.md §1.3, §2).
func TestEmptyTaskdataBesideAForm(t *testing.T) {
	t.Parallel()
	config := sandbox.Config{ShowTaskdata: true}
	inBubble(t, config, func(k *sandbox.Task) { k.Extra = map[string]any{"taskdata": []any{}} }, func(h *harness) {
		known := h.create(h.wantValue("vpc-1"))
		h.wantWarnings(known)
		h.wantRequests(get, put, get, post, get)
		h.restart()
		h.wantWarnings(h.create(h.wantValue("vpc-1")), "Task Was Already Completed")
		h.wantText(h.refuse(h.wantValue("vpc-2")).Error(), "Task Is Already Completed Differently", "holds another value")
		h.restart()
		problems, warnings, err := checkNew(h.listingPreflight(), h, h.wantValue("vpc-1"))
		if err != nil || len(problems) > 0 || len(warnings) != 1 || !strings.HasPrefix(warnings[0].Summary, "Task Is Already Completed: ") {
			h.Errorf("the plan says %+v, %+v, %v", problems, warnings, err)
		}
		h.wantWebhooks(1)
	})
}

func TestAcceptedWithAnotherDecision(t *testing.T) {
	t.Parallel()
	for name, response := range map[string]sandbox.Fault{
		"in the response":                                 {},
		"in the read after 204":                           {Handle: true, Status: http.StatusNoContent},
		"in the read after a response that shows it open": {Handle: true, Status: http.StatusOK, Body: `{"data":{"id":"` + taskID + `","status":"in-progress"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), approvalTask, func(h *harness) {
				response.Method = post
				response.Before = func(*http.Request) { h.server.CompleteOutside(taskID, sandbox.SeedColleagueID, new(false)) }
				h.server.Inject(response)
				yes, _ := decisions(h)
				result := h.create(yes)
				h.wantWarnings(result, "Tallyfy Recorded Another Decision")
				detail := result.Warnings[0].Detail
				h.wantText(detail, "sent with is_approved = true", "rejected by user 1002", "The next plan", "is_approved = false")
				if containsAny(detail, "accepted as") {
					h.Errorf("it says %s", detail)
				}
				if result.Record.IsApproved == nil || *result.Record.IsApproved {
					h.Errorf("recorded %+v", result.Record)
				}
				time.Sleep(time.Minute)
				h.restart()
				known := yes
				known.IsApproved = result.Record.IsApproved
				again, err := h.engine.Update(h.ctx, result.Record, known, yes)
				if err != nil || !*again.Record.IsApproved || !*h.task().IsApproved {
					h.Errorf("got %+v, %v", again, err)
				}
			})
		})
	}
}

func TestAcceptedButUnreadableIsRead(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"empty": "", "html": "<html>", "truncated": `{"data":{"id":"`, "other JSON": `{"ok":true}`, "another task": `{"data":{"id":"x","status":"in-progress"}}`} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 200, Body: body}))
				result := h.create(h.want())
				h.wantRequests(get, post, get)
				h.wantWebhooks(1)
				h.wantWarnings(result)
				if result.Record.Status != "completed" {
					h.Errorf("recorded %+v", result.Record)
				}
			})
		})
	}
	// If the task cannot be read either, the completion is still recorded, because an error would
	// complete the task again.
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 204}))
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 502, Times: maxAttempts})
		result := h.create(h.want())
		h.wantWebhooks(1)
		h.wantWarnings(result, "Completion Accepted, Details Unknown")
		if r := result.Record; r.Title != "Provision the VPC" || r.RunID != runID || r.Status == "completed" {
			h.Errorf("recorded %+v", r)
		}
		// The next refresh fills in the rest.
		read, err := h.engine.Read(h.ctx, h.ref(), result.Record)
		if err != nil || read.Record.Status != "completed" || read.Record.CompletedAt == "" {
			h.Errorf("refreshed to %+v, %v", read, err)
		}
	})
}

func TestAcceptedAndStillOpen(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.EveryoneMustComplete = 2 }, func(h *harness) {
		result := h.create(h.want())
		h.wantRequests(get, post, get)
		h.wantWarnings(result, "Completion Accepted, Task Still Open")
		h.wantText(result.Warnings[0].Detail, "Everyone who is assigned must complete this task", `"in-progress"`)
		if result.Record.Status != "in-progress" || result.Record.CompletedAt != "" {
			h.Errorf("recorded %+v", result.Record)
		}
		// It stays recorded, and nothing more is sent for it.
		read, err := h.engine.Read(h.ctx, h.ref(), result.Record)
		if err != nil || read.Reopened || read.Record.Status != "in-progress" {
			h.Errorf("refreshed to %+v, %v", read, err)
		}
		h.server.CompleteOutside(taskID, 1002, nil)
		if read, err = h.engine.Read(h.ctx, h.ref(), read.Record); err != nil || read.Record.Status != "completed" {
			h.Errorf("refreshed to %+v, %v", read, err)
		}
	})
	inBubble(t, today(), func(k *sandbox.Task) { k.ReopenedByAutomation = true }, func(h *harness) {
		h.wantWarnings(h.create(h.want()), "Completion Accepted, Task Still Open")
		h.wantRequests(get, post, get, get, get)
		h.wantWebhooks(1)
	})
	inBubble(t, today(), func(k *sandbox.Task) { k.Hidden = true }, func(h *harness) { // UNK what a completion of a hidden task returns
		h.server.Inject(atPost(sandbox.Fault{Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"auto-skipped","completed_at":null}}`}))
		result := h.create(h.want())
		h.wantWarnings(result, "Completion Accepted, Task Still Open")
		h.wantText(result.Warnings[0].Detail, "An automation hides it.")
	})
	// The response came from a replica that lags.
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"in-progress","tasks_changed_by_rules":{"x":1}}}`}))
		result := h.create(h.want())
		h.wantWarnings(result)
		if result.Record.Status != "completed" || result.Record.TasksChangedByRules != `{"x":1}` {
			h.Errorf("recorded %+v", result.Record)
		}
	})
}

func TestAcceptedDifferently(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"completed","is_approved":false,"completer_id":9}}`}))
		want := h.want()
		want.IsApproved, want.OverrideUser = new(true), new(int64(7))
		h.wantWarnings(h.create(want), "Tallyfy Recorded Another Decision", "Tallyfy Recorded Another Completer")
	})
	inBubble(t, today(), nil, func(h *harness) {
		want := h.want()
		want.OverrideUser = new(int64(7))
		result := h.create(want)
		h.wantWarnings(result)
		if result.Record.CompleterID != 7 {
			h.Errorf("recorded completer %d", result.Record.CompleterID)
		}
	})
}
