// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// check plans a completion, as Terraform does right before it applies the plan.
func (h *harness) check(want Desired) {
	h.Helper()
	if f := h.engine.Preflight().Check(h.ctx, Planned{Desired: want}); f.Err != nil || len(f.Problems) > 0 {
		h.Fatalf("the check found %+v", f)
	}
}

// An operation rests on the read of its preflight check, for less than two seconds.
func TestOperationsShareTheReadOfTheirCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   func(*sandbox.Task)
		value    string
		wait     time.Duration
		requests []string // after the one of the check
	}{
		"create":             {nil, "", 0, []string{post}},
		"with a value":       {nil, "vpc-1", 0, []string{put, post}},
		"of a one-off task":  {func(k *sandbox.Task) { k.RunID = "" }, "vpc-1", 0, []string{put, post}},
		"of what is done":    {heldValue("vpc-1"), "vpc-1", 0, nil},
		"just in time":       {nil, "", recentReadLife - time.Nanosecond, []string{post}},
		"too late":           {nil, "", recentReadLife, []string{get, post}},
		"too late for a PUT": {nil, "vpc-1", recentReadLife, []string{get, put, post}},
		"of what was done":   {heldValue("vpc-1"), "vpc-1", recentReadLife, []string{get}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), c.change, func(h *harness) {
				want := h.want()
				if c.value != "" {
					want = h.wantValue(c.value)
				}
				want.Task.Run = h.task().RunID
				h.check(want)
				h.wantRequests(get)
				h.server.ResetJournal()
				time.Sleep(c.wait)
				result := h.create(want)
				h.wantRequests(c.requests...)
				h.wantWebhooks(map[bool]int{true: 1}[slices.Contains(c.requests, post)])
				if task := h.task(); result.Record.CompletedAt == "" || c.value != "" && task.Taskdata[field] != c.value {
					h.Errorf("recorded %+v of %+v", result.Record, task)
				}
			})
		})
	}
}

// An update rests on the read of its check too, unless that read may lag behind the recorded
// completion.
func TestUpdatesShareTheReadOfTheirCheck(t *testing.T) {
	t.Parallel()
	update := func(h *harness, known Record) {
		h.Helper()
		h.restart()
		before, want := h.wantValue("vpc-1"), h.wantValue("vpc-2")
		h.server.ResetJournal()
		if f := h.engine.Preflight().Check(h.ctx, Planned{Desired: want, Recorded: &before}); f.Err != nil || len(f.Problems) > 0 {
			h.Fatalf("the check found %+v", f)
		}
		if _, err := h.engine.Update(h.ctx, known, before, want); err != nil {
			h.Fatal(err)
		}
	}
	inBubble(t, today(), nil, func(h *harness) {
		known := h.create(h.wantValue("vpc-1")).Record
		time.Sleep(time.Minute)
		update(h, known)
		h.wantRequests(get, del, put, post)
		h.wantWebhooks(2)
	})
	inBubble(t, sandbox.Config{ReadLag: 3 * time.Second}, nil, func(h *harness) {
		known := h.create(h.wantValue("vpc-1")).Record
		update(h, known) // the check sees the task open
		if methods := h.methods(); methods[0] != get || methods[1] != get {
			h.Errorf("requests: %v", methods)
		}
		h.wantWebhooks(2)
		if h.task().Taskdata[field] != "vpc-2" {
			h.Errorf("the task holds %v", h.task().Taskdata)
		}
	})
}

// An operation reads the task itself unless its check has read it in the same way.
func TestOperationsThatShareNoRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before   func(*harness)
		requests []string
	}{
		"no check": {func(*harness) {}, []string{get, post}},
		"of a list": {func(h *harness) {
			h.listingPreflight().Check(h.ctx, Planned{Desired: h.want()})
		}, []string{get, get, post}},
		"of another path": {func(h *harness) {
			want := h.want()
			want.Task.Run = ""
			h.check(want)
		}, []string{get, get, post}},
		"of another process": {func(h *harness) {
			h.check(h.want())
			h.restart()
		}, []string{get, get, post}},
		"that found nothing": {func(h *harness) {
			h.server.Inject(sandbox.Fault{Method: get, Status: http.StatusForbidden, Times: 2})
			h.engine.Preflight().Check(h.ctx, Planned{Desired: h.want()})
		}, []string{get, get, get, post}},
		"used before": {func(h *harness) {
			h.check(h.want())
			h.server.Inject(atPost(sandbox.Fault{Status: http.StatusUnprocessableEntity}))
			h.wantText(h.refuse(h.want()).Error(), "422")
		}, []string{get, post, get, post}},
		"before a write of ours": {func(h *harness) {
			p := h.engine.Preflight()
			p.Check(h.ctx, Planned{Desired: h.want()})
			h.server.Inject(atPost(sandbox.Fault{Status: http.StatusUnprocessableEntity, Before: func(*http.Request) {
				h.engine.Preflight().Check(h.ctx, Planned{Desired: h.want()}) // of another block
			}}))
			h.wantText(h.refuse(h.want()).Error(), "422")
		}, []string{get, post, get, get, post}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				c.before(h)
				h.create(h.want())
				h.wantRequests(c.requests...)
				h.wantWebhooks(1)
			})
		})
	}
}

// A second block for a task that this process has just completed reads the task.
func TestSecondBlocksShareNoRead(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		p := h.engine.Preflight()
		for range 2 { // both blocks are planned before the first is applied
			p.Check(h.ctx, Planned{Desired: h.want()})
		}
		h.create(h.want())
		p.Check(h.ctx, Planned{Desired: h.want()})
		h.wantWarnings(h.create(h.want()), "Task Was Already Completed")
		h.wantRequests(get, post, get)
		h.wantWebhooks(1)
	})
	inBubble(t, today(), nil, func(h *harness) { // even if there is a read of it, which may lag
		h.create(h.want())
		h.server.ResetJournal()
		time.Sleep(time.Millisecond)
		read, err := h.client.GetTask(h.ctx, h.ref())
		if err != nil {
			h.Fatal(err)
		}
		h.engine.recent.add(h.ref(), read)
		h.create(h.want())
		h.wantRequests(get, get)
	})
	inBubble(t, today(), nil, func(h *harness) { // and so does one after a destroy that reopened it
		known := h.recorded(h.want())
		h.restart()
		h.check(h.want())
		if _, err := h.destroy(h.ctx, known); err != nil {
			h.Fatal(err)
		}
		h.server.ResetJournal()
		h.create(h.want())
		h.wantRequests(get, post)
		h.wantWebhooks(2)
	})
}

// A read whose GET was sent before the end of an operation on the task is not kept.
func TestReadsDuringAnOperationAreNotKept(t *testing.T) {
	t.Parallel()
	ref := tallyfy.TaskRef{Organization: "o", Run: "r", Task: "t"}
	inBubble(t, today(), nil, func(h *harness) {
		var r recentReads
		readNow := func() *tallyfy.Task { return &tallyfy.Task{Timing: tallyfy.Timing{Sent: time.Now()}} }
		read := readNow()
		r.add(ref, read)
		if task := r.take(tallyfy.TaskRef{Organization: "O", Run: "R", Task: "T"}); task != read {
			h.Errorf("got %v", task)
		}
		if r.take(ref) != nil {
			h.Error("a read was used twice")
		}
		r.add(ref, read)
		r.end(ref)
		if r.take(ref) != nil {
			h.Error("a read outlived an operation")
		}
		time.Sleep(time.Second) // between the response and add
		if r.add(ref, read); r.take(ref) != nil {
			h.Error("a read that an operation overtook was kept")
		}
		if r.add(ref, readNow()); r.take(ref) == nil {
			h.Error("a later read was not kept")
		}
	})
}

// What others do between the check and the write has the same result as between a read of the
// operation itself and the write.
func TestOthersActAfterTheSharedRead(t *testing.T) {
	t.Parallel()
	colleague := func(values map[string]any) func(*harness) {
		return func(h *harness) { h.server.CompleteOutsideWith(taskID, sandbox.SeedColleagueID, nil, values) }
	}
	for name, c := range map[string]struct {
		config sandbox.Config
		change func(*sandbox.Task)
		value  string
		act    func(*harness)
	}{
		"completes":                     {today(), nil, "", colleague(nil)},
		"completes, and it is rejected": {sandbox.Config{Vintage: sandbox.Legacy}, nil, "", colleague(nil)},
		"completes with another value":  {today(), nil, "vpc-1", colleague(map[string]any{field: "other"})},
		"reopens":                       {today(), heldValue("vpc-1"), "vpc-1", func(h *harness) { h.server.ReopenOutside(taskID) }},
		"changes the form": {today(), nil, "vpc-1", func(h *harness) {
			h.server.Update(taskID, func(k *sandbox.Task) { k.Fields[0].ID = "f1e1d0000000000000000000000000ff" })
		}},
		"archives":  {today(), nil, "", func(h *harness) { h.server.Update(taskID, func(k *sandbox.Task) { k.Archived = true }) }},
		"deletes":   {today(), nil, "", func(h *harness) { h.server.DeleteTask(taskID) }},
		"reassigns": {today(), func(k *sandbox.Task) { k.RunID = "" }, "vpc-1", func(h *harness) { h.server.RenameOutside(taskID, "Renamed") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcomes := map[bool]string{}
			for _, shared := range []bool{false, true} {
				inBubble(t, c.config, c.change, func(h *harness) {
					want := h.want()
					if c.value != "" {
						want = h.wantValue(c.value)
					}
					want.Task.Run = h.task().RunID
					switch {
					case shared:
						h.check(want)
						c.act(h)
					default:
						act := c.act
						h.server.Inject(sandbox.Fault{Method: get, Handle: true, Delay: time.Second, Before: func(*http.Request) {
							time.AfterFunc(time.Second/2, func() { act(h) }) // while the response is on its way
						}})
					}
					result, err := h.engine.Create(h.ctx, want)
					task, _ := h.server.Task(taskID)
					var writes []string
					for _, method := range h.methods() {
						if method != get {
							writes = append(writes, method)
						}
					}
					outcomes[shared] = fmt.Sprintf("%v: %d webhooks, %d requests, recorded by %d, warnings %q, error %v, holds %v",
						writes, h.server.Webhooks(taskID), len(h.methods()), result.Record.CompleterID, summaries(result.Warnings), err, task.Taskdata)
				})
			}
			if outcomes[true] != outcomes[false] {
				t.Errorf("after a shared read:\n%s\nafter a read of its own:\n%s", outcomes[true], outcomes[false])
			}
		})
	}
}

// After an unknown outcome of a completion that rests on a shared read, the task is read first.
func TestUnknownOutcomeAfterASharedRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault    sandbox.Fault
		requests []string
	}{
		"processed":     {sandbox.Fault{Handle: true, Drop: true}, []string{get, post, get}},
		"not processed": {sandbox.Fault{Drop: true}, []string{get, post, get, get, get, post}},
		"slow":          {sandbox.Fault{Handle: true, Delay: time.Hour}, []string{get, post, get}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				h.check(h.want())
				h.server.Inject(atPost(c.fault))
				h.create(h.want())
				h.wantRequests(c.requests...)
				h.wantWebhooks(1)
			})
		})
	}
}

// After an unknown outcome of saved values that rest on a shared read, the values are sent again as
// after a read of the operation itself, however long the first attempt took. The values from before
// that attempt show that Tallyfy stores them in another form.
func TestUnknownOutcomeOfValuesAfterASharedRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault    sandbox.Fault
		requests []string
	}{
		"slow":             {sandbox.Fault{Handle: true, Delay: time.Hour}, []string{get, put, put, get, post}},
		"dropped":          {sandbox.Fault{Handle: true, Drop: true, Times: 4}, []string{get, put, put, put, put, put, get, post}},
		"not Tallyfy's":    {sandbox.Fault{Handle: true, Delay: 10 * time.Second, Status: http.StatusOK, Body: "<html>"}, []string{get, put, get, put, get, post}},
		"rejected for now": {sandbox.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3"}}}, []string{get, put, get, put, get, post}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{Rewrite: rewriteText}, nil, func(h *harness) {
				h.check(h.wantValue("vpc-1"))
				c.fault.Method = put
				h.server.Inject(c.fault)
				h.wantWarnings(h.create(h.wantValue("vpc-1")), "Tallyfy Stores Field Values Differently")
				h.wantRequests(c.requests...)
				h.wantWebhooks(1)
			})
		})
	}
}

// A wait that makes the shared read too old ends with another read, in which the provider sees what
// others have done meanwhile.
func TestSharedReadsBecomeTooOldWhileWaiting(t *testing.T) {
	t.Parallel()
	limited := func(method string) sandbox.Fault {
		return sandbox.Fault{Method: method, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3"}}}
	}
	for name, c := range map[string]struct {
		value     string
		limit     func(*harness)
		requests  []string
		colleague bool // completes the task during the wait
	}{
		"of the completion":                  {"", func(h *harness) { h.server.Inject(limited(post)) }, []string{get, post, get, post}, false},
		"of the values":                      {"vpc-1", func(h *harness) { h.server.Inject(limited(put)) }, []string{get, put, get, put, post}, false},
		"of the completion after the values": {"vpc-1", func(h *harness) { h.server.Inject(limited(post)) }, []string{get, put, post, get, post}, false},
		"of another task":                    {"", otherTaskIsLimited, []string{get, get, get, post}, false},
		"while a colleague completes it":     {"", otherTaskIsLimited, []string{get, get, get}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				want := h.want()
				if c.value != "" {
					want = h.wantValue(c.value)
				}
				h.check(want)
				c.limit(h)
				if c.colleague {
					time.AfterFunc(time.Second, func() { h.server.CompleteOutside(taskID, sandbox.SeedColleagueID, nil) })
				}
				result := h.create(want)
				h.wantRequests(c.requests...)
				h.wantWebhooks(1)
				if c.colleague {
					h.wantWarnings(result, "Task Was Already Completed")
				}
			})
		})
	}
}

// otherTaskIsLimited makes all requests of the client wait for three seconds.
func otherTaskIsLimited(h *harness) {
	h.server.Inject(sandbox.Fault{Method: get, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3"}}})
	go func() { _, _ = h.client.WithoutRetries().GetTask(h.ctx, h.refTo("another")) }()
	time.Sleep(time.Millisecond)
}
