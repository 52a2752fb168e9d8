// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// ignored is a save that Tallyfy accepts with 200 and does not carry out, so the field keeps its
// value.
func ignored(held string, times int) sandbox.Fault {
	return sandbox.Fault{Method: put, Status: 200, Times: times, Body: `{"data":{"id":"` + taskID + `","status":"in-progress","taskdata":{"` + field + `":` + held + `}}}`}
}

func holding(kind string, value any, columns ...string) func(*sandbox.Task) {
	return func(k *sandbox.Task) {
		k.Fields[0].Type, k.Fields[0].Columns = kind, columns
		k.Taskdata = map[string]any{field: value}
	}
}

// The earlier value of a field is compared by the field's type, so that another order of a stored
// selection does not count as a new value.
func TestSaveOutcomeByType(t *testing.T) {
	t.Parallel()
	a := map[string]any{"id": "1", "text": "a", "selected": true}
	b := map[string]any{"id": "2", "text": "b", "selected": false}
	want := Desired{
		Taskdata: map[string]any{"f": []any{map[string]any{"id": "2", "text": "b", "selected": true}}},
		form:     []tallyfy.Field{{ID: "f", Type: "multiselect"}},
	}
	if got := saveOutcomeOf(want, map[string]any{"f": []any{a, b}}, map[string]any{"f": []any{b, a}}); !reflect.DeepEqual(got.unchanged, []string{"f"}) || len(got.rewritten) > 0 {
		t.Errorf("got %+v", got)
	}
}

// A field that keeps its value whatever is saved prevents the completion.
func TestFieldThatAcceptsNoValue(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), holding("text", "old"), func(h *harness) {
		h.server.Inject(ignored(`"old"`, -1))
		h.wantText(h.refuse(h.wantValue("new")).Error(), "Field Values Did Not Arrive", "holds another value")
		if puts, posts := h.server.Count(put, ""), h.server.Count(post, ""); puts != 3 || posts != 0 {
			h.Errorf("%d saves and %d completions were sent", puts, posts)
		}
	})
	// It is the same if the task could not be read before, because then the earlier value is
	// unknown.
	inBubble(t, today(), holding("text", "old"), func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: get, Status: 404})
		h.server.Inject(ignored(`"old"`, -1))
		h.wantText(h.refuse(h.wantValue("new")).Error(), "Field Values Did Not Arrive", "holds another value")
		if posts := h.server.Count(post, ""); posts != 0 {
			h.Errorf("%d completions were sent", posts)
		}
	})
}

// A table cannot be cleared, so a placeholder is saved in each column to empty it.
func TestTableIsEmptiedByPlaceholders(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), holding("table", []any{"a", "10.0.0.0/8"}, "Zone", "CIDR"), func(h *harness) {
		h.server.Inject(ignored(`["a","10.0.0.0/8"]`, 2))
		h.wantWarnings(h.create(h.wantValue([]any{"b", "10.0.0.0/16"})))
		if sent := h.bodyOf(put, 3)["taskdata"]; !reflect.DeepEqual(sent, map[string]any{field: []any{"-", "-"}}) {
			h.Errorf("the table was emptied by %v", sent)
		}
		if held := h.task().Taskdata[field]; !reflect.DeepEqual(held, []any{"b", "10.0.0.0/16"}) {
			h.Errorf("it holds %v", held)
		}
	})
}

// From the moment a field is emptied, an interrupt no longer stops the values from being saved.
func TestInterruptWhileAFieldIsEmpty(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), holding("text", "old"), func(h *harness) {
		ctx, cancel := context.WithCancel(h.ctx)
		h.server.Inject(ignored(`"old"`, 2))
		h.server.Inject(sandbox.Fault{Method: put, Handle: true, Before: func(*http.Request) { cancel() }})
		h.wantText(h.failure(h.engine.Create(ctx, h.wantValue("new"))).Error(), "Task Was Not Completed", "the operation was cancelled")
		if held := h.task().Taskdata[field]; held != "new" {
			h.Errorf("the field holds %v", held)
		}
	})
}

func TestSaveThatFailsWhileAFieldIsEmpty(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), holding("text", "old"), func(h *harness) {
		h.server.Inject(ignored(`"old"`, 2))
		h.server.Inject(sandbox.Fault{Method: put, Skip: 1, Status: 422})
		h.wantText(h.refuse(h.wantValue("new")).Error(), "Field Values Could Not Be Saved", "422", "These fields were emptied in between", field)
		if posts := h.server.Count(post, ""); posts != 0 {
			h.Errorf("%d completions were sent", posts)
		}
	})
}

// A field that was emptied gets its value back even if no read shows that it is empty, or if
// another field cannot be emptied.
func TestEmptiedFieldGetsItsValueBack(t *testing.T) {
	t.Parallel()
	t.Run("the read is refused", func(t *testing.T) {
		inBubble(t, today(), holding("text", "old"), func(h *harness) {
			h.server.Inject(ignored(`"old"`, 2))
			h.server.Inject(sandbox.Fault{Method: put, Handle: true, Status: 204})
			h.server.Inject(sandbox.Fault{Method: get, Skip: 7, Status: 403})
			h.wantText(h.refuse(h.wantValue("new")).Error(), "Field Values Could Not Be Saved", "403", "The completion was not sent")
			if held := h.task().Taskdata[field]; held != "new" {
				h.Errorf("the field holds %v", held)
			}
			if posts := h.server.Count(post, ""); posts != 0 {
				h.Errorf("%d completions were sent", posts)
			}
		})
	})
	t.Run("another field keeps its value", func(t *testing.T) {
		const other = "f1e1d0000000000000000000000000aa"
		twoFields := func(k *sandbox.Task) {
			k.Fields = append(k.Fields, sandbox.Field{ID: other, Label: "Notes", Type: "text"})
			k.Taskdata = map[string]any{field: "old", other: "kept"}
		}
		inBubble(t, today(), twoFields, func(h *harness) {
			none := `{"data":{"id":"` + taskID + `","status":"in-progress"}}`
			h.server.Inject(sandbox.Fault{Method: put, Status: 200, Times: 2, Body: none})
			h.server.Inject(sandbox.Fault{Method: put, Status: 200, Body: none, Before: func(*http.Request) { // it empties only one field
				h.server.Update(taskID, func(k *sandbox.Task) { k.Taskdata = map[string]any{field: nil, other: "kept"} })
			}})
			want := h.wantValue("new")
			want.Taskdata[other] = "more"
			h.wantText(h.refuse(want).Error(), "Field Values Did Not Arrive", "The completion was not sent")
			if held := h.task().Taskdata[field]; held != "new" {
				h.Errorf("the field holds %v", held)
			}
		})
	})
	// A save that empties the field and gets no response may have emptied it.
	t.Run("no response", func(t *testing.T) {
		inBubble(t, today(), holding("text", "old"), func(h *harness) {
			h.server.Inject(ignored(`"old"`, 2))
			h.server.Inject(sandbox.Fault{Method: put, Handle: true, Drop: true, Times: -1})
			h.wantText(h.refuse(h.wantValue("new")).Error(), "Field Values Could Not Be Saved", "These fields were emptied in between, and may be empty now", field)
		})
	})
	t.Run("refused", func(t *testing.T) {
		inBubble(t, today(), holding("text", "old"), func(h *harness) {
			h.server.Inject(ignored(`"old"`, 2))
			h.server.Inject(sandbox.Fault{Method: put, Status: 422})
			if text := h.refuse(h.wantValue("new")).Error(); strings.Contains(text, "emptied") {
				h.Error(text)
			}
		})
	})
}

// A save whose response shows no values is confirmed by a read. If that is refused, the completion
// is not sent.
func TestSaveThatCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: put, Handle: true, Status: 204})
		h.server.Inject(sandbox.Fault{Method: get, Skip: 1, Status: 403})
		h.wantText(h.refuse(h.wantValue("vpc-1")).Error(), "Field Values Could Not Be Saved", "403", "The completion was not sent")
		h.wantRequests(get, put, get)
	})
}

// A value that Tallyfy keeps in another form is recognized in a completion whose response was lost.
func TestLostResponseWithARewrittenValue(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Rewrite: rewriteText}, nil, func(h *harness) {
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Drop: true}))
		h.wantWarnings(h.create(h.wantValue("vpc-1")), "Tallyfy Stores Field Values Differently")
		h.wantWebhooks(1)
	})
}

// A page instead of a response may follow a save that was carried out. The task is read, so that
// the values are not saved twice.
func TestSaveWithAPageAsResponse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handled bool
		sent    []string
	}{"handled": {true, []string{get, put, get, post}}, "not handled": {false, []string{get, put, get, put, post}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(sandbox.Fault{Method: put, Handle: c.handled, Status: 200, Body: "<html><title>Sign in</title></html>"})
				h.wantWarnings(h.create(h.wantValue("vpc-1")))
				h.wantRequests(c.sent...)
				if held := h.task().Taskdata[field]; held != "vpc-1" {
					h.Errorf("the field holds %v", held)
				}
			})
		})
	}
}

// oneOffValue returns the completion of a one-off task with this value.
func (h *harness) oneOffValue(value any) Desired {
	want := h.wantValue(value)
	want.Task.Run = ""
	return want
}

// Tallyfy moves deadlines to working days, even a deadline that a save only repeats. A deadline in
// another notation was not moved.
func TestDeadlineThatTallyfyMoves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		deadline string
		warns    []string
	}{
		"moved":               {"2035-06-05T17:00:00Z", []string{"Deadline of the Task Was Moved"}},
		"written differently": {"2035-06-04T17:00:00.000Z", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), oneOff, func(h *harness) {
				h.server.Inject(sandbox.Fault{
					Method: put, Handle: true, Status: 200,
					Body: `{"data":{"id":"` + taskID + `","status":"in-progress","deadline":"` + c.deadline + `","taskdata":{"` + field + `":"vpc-1"}}}`,
				})
				result := h.create(h.oneOffValue("vpc-1"))
				h.wantWarnings(result, c.warns...)
				if c.warns != nil {
					h.wantText(details(result), deadline, c.deadline)
				}
			})
		})
	}
}

// A save of a one-off task replaces its owners, so a save whose response was lost is not repeated
// if it was carried out.
func TestLostSaveOfAOneOffTaskIsNotRepeated(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: put, Handle: true, Drop: true})
		h.wantWarnings(h.create(h.oneOffValue("vpc-1")))
		h.wantRequests(get, put, get, post)
	})
}

// If Tallyfy no longer shows the owners when the values must be saved again, nothing is saved.
func TestOwnersThatAreHiddenBeforeARepeatedSave(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: put, Status: 429, Before: func(*http.Request) {
			h.server.Update(taskID, func(k *sandbox.Task) { k.Extra = map[string]any{"owners": nil} })
		}})
		h.wantText(h.refuse(h.oneOffValue("vpc-1")).Error(), "One-off Task Cannot Be Saved", "The completion was not sent")
		h.wantRequests(get, put, get)
	})
}

// rename changes a one-off task as a colleague does, during a request.
func (h *harness) rename(*http.Request) {
	h.server.Update(taskID, func(k *sandbox.Task) {
		k.Title, k.Deadline, k.Owners.Users = "Renamed", "2035-07-02T17:00:00Z", []int64{1002}
	})
}

// wantRenamed fails the test unless the colleague's change is still there.
func (h *harness) wantRenamed() {
	h.Helper()
	if got := h.task(); got.Title != "Renamed" || got.Deadline != "2035-07-02T17:00:00Z" || got.Owners.Users[0] != 1002 {
		h.Errorf("a colleague's change was undone: %+v", got)
	}
}

// Each request that repeats title, deadline and owners repeats those of the last read.
func TestEchoIsOfTheLastRead(t *testing.T) {
	t.Parallel()
	t.Run("saved again", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), func(k *sandbox.Task) {
			oneOff(k)
			holding("text", "old")(k)
		}, func(h *harness) {
			fault := ignored(`"old"`, 1)
			fault.Before = h.rename
			h.server.Inject(fault)
			h.wantWarnings(h.create(h.oneOffValue("new")))
			h.wantRenamed()
		})
	})
	t.Run("reopened", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), oneOff, func(h *harness) {
			known := h.recorded(h.oneOffValue("vpc-1"))
			h.server.Inject(sandbox.Fault{Method: del, Before: h.rename})
			if _, err := h.engine.Update(h.ctx, known, h.oneOffValue("vpc-1"), h.oneOffValue("vpc-2")); err != nil {
				h.Fatal(err)
			}
			h.wantRequests(get, del, put, post)
			h.wantRenamed()
		})
	})
	// If the response to the DELETE does not show the owners, those of the earlier read are sent.
	t.Run("reopened, not shown", func(t *testing.T) {
		t.Parallel()
		inBubble(t, today(), oneOff, func(h *harness) {
			known := h.recorded(h.oneOffValue("vpc-1"))
			before := h.task()
			h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"in-progress"}}`})
			if _, err := h.engine.Update(h.ctx, known, h.oneOffValue("vpc-1"), h.oneOffValue("vpc-2")); err != nil {
				h.Fatal(err)
			}
			h.wantRequests(get, del, put, post)
			if got := h.task(); got.Title != before.Title || got.Deadline != before.Deadline || !reflect.DeepEqual(got.Owners, before.Owners) {
				h.Errorf("%+v begot %+v", before, got)
			}
		})
	})
}
