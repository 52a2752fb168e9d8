// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"slices"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// oneOffValues returns two desired states of a one-off task that differ in the value of a field.
func oneOffValues(h *harness) (before, after Desired) {
	return h.oneOffValue("vpc-1"), h.oneOffValue("vpc-2")
}

// Saving values replaces the owners of a one-off task. An update that cannot read them stops while
// the task is still completed.
func TestUpdateOfAOneOffTaskWithoutItsOwners(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		before, after := oneOffValues(h)
		known := h.recorded(before)
		h.server.Update(taskID, func(k *sandbox.Task) { k.Extra = map[string]any{"owners": nil} })
		failure := h.failure(h.engine.Update(h.ctx, known, before, after))
		h.wantText(failure.Error(), "One-off Task Cannot Be Saved", "does not show its owners", "Nothing was sent; the task is as it was")
		h.wantRequests(get)
		if h.task().CompletedAt == "" {
			h.Error("the task is open")
		}
	})
}

// The response to the DELETE shows the owners, which the first GET did not, so the values are saved
// with them.
func TestUpdateOfAOneOffTaskThatIsShownLate(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		before, after := oneOffValues(h)
		known := h.recorded(before)
		owners := h.task().Owners
		h.server.Inject(sandbox.Fault{Method: get, Status: 404})
		result, err := h.engine.Update(h.ctx, known, before, after)
		if err != nil || result.Record.Status != "completed" {
			h.Fatalf("got %+v, %v", result, err)
		}
		h.wantRequests(get, del, put, post)
		h.wantWarnings(result)
		h.wantWebhooks(2)
		got := h.task()
		if got.Taskdata[field] != "vpc-2" || got.Title != "Provision the VPC" || got.Deadline != deadline ||
			!slices.Equal(got.Owners.Users, owners.Users) || !slices.Equal(got.Owners.Guests, owners.Guests) || !slices.Equal(got.Owners.Groups, owners.Groups) {
			h.Errorf("it is now %+v", got)
		}
	})
}

// If the task is not shown, the values are sent with the completion and not saved before, and a
// warning reports that.
func TestUpdateOfAOneOffTaskThatIsNeverShown(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		before, after := oneOffValues(h)
		known := h.recorded(before)
		h.server.Inject(sandbox.Fault{Method: get, Status: 404, Times: -1})
		h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: 204})
		result, err := h.engine.Update(h.ctx, known, before, after)
		if err != nil {
			h.Fatal(err)
		}
		h.wantRequests(get, del, get, post)
		h.wantWarnings(result, "Field Values Not Confirmed")
		h.wantWebhooks(2)
		if got := h.task(); len(got.Owners.Users) != 1 || len(got.Owners.Guests) != 1 || len(got.Owners.Groups) != 1 {
			h.Errorf("the owners are now %+v", got.Owners)
		}
	})
}

// A field that became required after the completion would keep the task from being completed again.
func TestUpdateRefusesAnEmptyRequiredField(t *testing.T) {
	t.Parallel()
	const other = "f1e1d000000000000000000000000043"
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-1"))
		h.server.Update(taskID, func(k *sandbox.Task) {
			k.Fields = append(k.Fields, sandbox.Field{ID: other, Label: "Account", Type: "text", Required: true})
		})
		failure := h.failure(h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2")))
		h.wantText(failure.Error(), "Required Field Is Empty", `"Account"`, "Nothing was sent")
		h.wantRequests(get)
	})
}

// The tasks that automations changed belong to one completion. An update that finds a colleague's
// completion does not keep them.
func TestUpdateAdoptsAnotherCompletion(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), func(k *sandbox.Task) { k.ChangedByRules = map[string]any{"x": 1} }, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-1"))
		time.Sleep(time.Minute)
		h.server.ReopenOutside(taskID)
		h.server.CompleteOutsideWith(taskID, 1005, nil, map[string]any{field: "vpc-2"})
		result, err := h.engine.Update(h.ctx, known, h.wantValue("vpc-1"), h.wantValue("vpc-2"))
		if err != nil || result.Record.CompleterID != 1005 || result.Record.TasksChangedByRules != "" || known.TasksChangedByRules == "" {
			h.Errorf("got %+v, %v; known was %+v", result, err, known)
		}
		h.wantRequests(get)
	})
}

// The read after an empty response may still show the completion that was reopened. Its facts are
// not recorded as those of the new one.
func TestUpdateWithAnEmptyResponseWhileReadsLag(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 8 * time.Second}, nil, func(h *harness) {
		known := h.recorded(h.want())
		time.Sleep(time.Minute)
		h.server.Inject(atPost(sandbox.Fault{Handle: true, Status: 204}))
		after := h.want()
		after.OverrideUser = new(int64(1002))
		result, err := h.engine.Update(h.ctx, known, h.want(), after)
		if err != nil || result.Record.CompletedAt != "" || result.Record.CompleterID != 0 {
			h.Errorf("got %+v, %v", result, err)
		}
		h.wantWarnings(result, "Completion Accepted, Details Unknown")
		h.wantText(details(result), "still shows the completion that was reopened")
	})
}

// What Tallyfy says about a write-only value is redacted in an update too.
func TestUpdateRedactsSecrets(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		known := h.recorded(h.want())
		after := h.want()
		after.SecretTaskdata, after.SecretTaskdataVersion = map[string]any{field: "s3cr3t-db-password"}, new(int64(1))
		h.server.Inject(sandbox.Fault{Method: put, Status: 422, Body: `{"errors":{"x":["The value 's3cr3t-db-password' is too long."]}}`})
		failure := h.failure(h.engine.Update(h.ctx, known, h.want(), after))
		h.wantText(failure.Error(), "Field Values Could Not Be Saved", "The value '(write-only value)' is too long")
	})
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
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), kind, func(h *harness) {
				before, after := h.wantValue("vpc-1"), h.wantValue("vpc-2")
				if name == "one-off" {
					before.Task.Run, after.Task.Run = "", ""
				}
				known := h.recorded(before)
				result, err := h.engine.Update(h.ctx, known, before, after)
				if err != nil || result.Record.Status != "completed" {
					h.Errorf("got %+v, %v", result, err)
				}
				h.wantRequests(get, del, put, post)
				h.wantWebhooks(2)
				if h.task().Taskdata[field] != "vpc-2" {
					h.Errorf("the field holds %v", h.task().Taskdata)
				}
			})
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
