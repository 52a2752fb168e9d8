// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// A one-off task can only be saved with its title, deadline and owners. If one of them is not
// known, an update is refused before it reopens the task, a create before it sends anything, and a
// plan says so.
func TestOneOffTaskThatCannotBeSaved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lacks func(*sandbox.Task)
		says  string
	}{
		"no title":    {func(k *sandbox.Task) { k.Extra = map[string]any{"title": nil} }, "its title"},
		"no deadline": {func(k *sandbox.Task) { k.Deadline = "" }, "its deadline"},
		"no owners":   {func(k *sandbox.Task) { k.Extra = map[string]any{"owners": nil} }, "its owners"},
		"some owners": {func(k *sandbox.Task) { k.Extra = map[string]any{"owners": map[string]any{"users": []int{1}}} }, "its owners"},
		"neither":     {func(k *sandbox.Task) { k.Deadline, k.Extra = "", map[string]any{"owners": nil} }, "its deadline and its owners"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), oneOff, func(h *harness) {
				before, after := h.wantValue("vpc-1"), h.wantValue("vpc-2")
				before.Task.Run, after.Task.Run = "", ""
				known := h.recorded(before)
				time.Sleep(time.Minute)
				h.restart()
				h.server.Update(taskID, c.lacks)
				failure := h.failure(h.engine.Update(h.ctx, known, before, after))
				h.wantRequests(get)
				h.wantText(failure.Error(), "One-off Task Cannot Be Saved", c.says, "Nothing was sent")
				if h.task().CompletedAt == "" {
					h.Error("the task was reopened")
				}
				h.server.ReopenOutside(taskID)
				h.server.ResetJournal()
				h.wantText(h.refuse(after).Error(), "One-off Task Cannot Be Saved", c.says)
				problems, _, err := checkNew(h.engine.Preflight(), h, after)
				if got := summaries(problems); err != nil || got != "One-off Task Cannot Be Saved" {
					h.Errorf("the plan says %q, %v", got, err)
				}
				h.wantRequests(get, get)
				after.Taskdata = nil // without values there is nothing to save
				h.create(after)
			})
		})
	}
}

// If a read does not find a task and the response to its reopening does not show what must be sent
// with its values, the values go with the completion: the task must not stay open for them.
func TestUpdateOfAOneOffTaskThatIsNotShown(t *testing.T) {
	t.Parallel()
	for name, response := range map[string]string{
		"shown in part": `{"data":{"id":"` + taskID + `","title":"T","status":"in-progress","completed_at":null}}`,
		"not shown":     ``,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{Vintage: sandbox.Legacy}, oneOff, func(h *harness) {
				before, after := h.wantValue("vpc-1"), h.wantValue("vpc-2")
				before.Task.Run, after.Task.Run = "", ""
				known := h.recorded(before)
				h.restart()
				h.server.Inject(sandbox.Fault{Method: get, Status: http.StatusNotFound, Times: -1})
				h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: http.StatusOK, Body: response})
				result, err := h.engine.Update(h.ctx, known, before, after)
				if err != nil {
					h.Fatal(err)
				}
				h.notLost(result, err)
				h.wantWarnings(result, "Field Values Not Confirmed")
				if held := h.task().Taskdata[field]; held != "vpc-2" {
					h.Errorf("it holds %v", held)
				}
			})
		})
	}
}

// If the response to the reopening shows only a part of what must be sent with the values, the rest
// is sent as it was read before.
func TestUpdateOfAOneOffTaskThatIsShownInPartAfterwards(t *testing.T) {
	t.Parallel()
	for name, shown := range map[string]string{
		"owners":   `"owners":{"users":[1003],"guests":[],"groups":[]}`,
		"title":    `"title":"Renamed"`,
		"deadline": `"deadline":"2035-07-04T17:00:00Z"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), oneOff, func(h *harness) {
				before, after := oneOffValues(h)
				known := h.recorded(before)
				h.server.Inject(sandbox.Fault{Method: del, Handle: true, Status: http.StatusOK, Body: `{"data":{"id":"` + taskID + `","status":"in-progress",` + shown + `}}`})
				result, err := h.engine.Update(h.ctx, known, before, after)
				if err != nil {
					h.Fatal(err)
				}
				h.notLost(result, err)
				body := h.bodyOf(put, 1)
				want := map[string]any{"title": "Provision the VPC", "deadline": deadline, "owners": map[string]any{"users": []any{1001.0}, "guests": []any{"auditor@example.com"}, "groups": []any{"96"}}}
				for part, value := range map[string]any{"owners": map[string]any{"users": []any{1003.0}, "guests": []any{}, "groups": []any{}}, "title": "Renamed", "deadline": "2035-07-04T17:00:00Z"} {
					if part == name {
						want[part] = value
					}
				}
				for part, value := range want {
					if !reflect.DeepEqual(body[part], value) {
						h.Errorf("%s: it sent %v, want %v", part, body[part], value)
					}
				}
			})
		})
	}
}
