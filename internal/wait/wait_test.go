// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestUntilSomeoneApproves(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.after(100*time.Second, h.decide(taskID, true))
		o := h.wait(h.Context(), h.want())
		h.completed(o, 105*time.Second)
		h.sent(8, 1) // at 0, 15, …, 105 seconds, and the task
		if o.task.IsApproved == nil || !*o.task.IsApproved || o.task.CompleterID != person {
			h.Errorf("got %+v", o.task)
		}
		h.says(strings.Join(h.log, "\n"), "waiting for a Tallyfy task", "Approve the change", "in-progress", "assigned_to:user 1002, guest auditor@example.com, group 96 ", "the wait for a Tallyfy task is over")
		if len(h.log) != 3 { // open, completed, over: a poll that brings nothing new is not logged
			h.Errorf("there are %d lines:\n%s", len(h.log), strings.Join(h.log, "\n"))
		}
	})
}

func TestUntilOfACompletedTask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.decide(taskID, true)()
		h.completed(h.wait(h.Context(), h.want()), 0)
		h.sent(1, 1)
	})
}

// A rejection must not pass a gate, whenever it comes and whatever the list shows of it.
func TestUntilSomeoneRejects(t *testing.T) {
	t.Parallel()
	for _, when := range []time.Duration{0, 40 * time.Second} {
		inBubble(t, sandbox.Config{}, nil, func(h *harness) {
			h.after(when, h.decide(taskID, false))
			o := h.wait(h.Context(), h.want())
			if at := o.at; at != 0 && at != 15*time.Second && at != 45*time.Second {
				h.Errorf("it took %s", at)
			}
			h.failed(o, o.at, "Approval Was Rejected", `Task "Approve the change" (`+taskID+`)`, "rejected by user 1002 at ", `status is "completed"`,
				"assigned to user 1002, guest auditor@example.com, group 96", "Nothing is recorded", "The next apply reads the task again, and fails as long as it is rejected")
		})
		inBubble(t, sandbox.Config{}, nil, func(h *harness) {
			h.after(when, h.decide(taskID, false))
			want := h.want()
			want.FailOnRejection = false
			if o := h.wait(h.Context(), want); o.err != nil || o.task.IsApproved == nil || *o.task.IsApproved {
				h.Errorf("a rejection that is accepted: got %+v, %v", o.task, o.err)
			}
		})
	}
}

// Fifty waits of a process take one request an interval, and one more for each task that is finished.
func TestWaitsOfAProcessShareItsPolls(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: 50 * time.Millisecond}, nil, func(h *harness) {
		const n = 50
		var all []*outcome
		for i := range n {
			id := fmt.Sprintf("7a5c%028d", 1000+i)
			h.server.AddTask(sandbox.Task{ID: id, RunID: runID, Type: tallyfy.TypeApproval})
			want := h.want()
			want.Task = id
			time.Sleep(time.Millisecond) // they start soon after each other, and not in the same instant
			all = append(all, h.start(want))
			h.after(time.Minute+time.Duration(i)*3*time.Second, h.decide(id, true))
		}
		h.over.Wait()
		for _, o := range all {
			if o.err != nil || !o.task.Completed() {
				h.Errorf("got %+v, %v", o.task, o.err)
			}
		}
		pages, tasks := h.requests()
		if most := int(time.Since(h.began)/interval) + 1; pages > most || tasks != n {
			h.Errorf("%d pages and %d tasks were read in %s, want %d and %d", pages, tasks, time.Since(h.began), most, n)
		}
	})
}

// A wait that searches for an alias uses the polls of the others, in each order.
func TestWaitsForIDsAndAliasesShareTheirPolls(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]bool{"aliases first": {true, true, false, false}, "IDs first": {false, false, true, true}, "in turns": {false, true, false, true}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sandbox.Config{Latency: 50 * time.Millisecond}, nil, func(h *harness) {
				for _, byAlias := range order {
					want := h.want()
					if byAlias {
						want.Task, want.Alias = "", "late"
					}
					h.start(want)
					time.Sleep(time.Second)
				}
				const late = "7a5c00000000000000000000000000cc"
				h.after(40*time.Second, func() { h.server.AddTask(sandbox.Task{ID: late, RunID: runID, Alias: "late"}) })
				h.after(100*time.Second, h.decide(late, true))
				h.after(100*time.Second, h.decide(taskID, true))
				h.over.Wait()
				pages, tasks := h.requests()
				if most := int(time.Since(h.began)/interval) + 1; pages > most || tasks != len(order) {
					h.Errorf("%d pages and %d tasks were read in %s, want at most %d and %d", pages, tasks, time.Since(h.began), most, len(order))
				}
			})
		})
	}
}

// Each wait polls at its own interval, and uses what another has read within it.
func TestWaitsWithIntervalsOfTheirOwn(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		for _, every := range []time.Duration{10 * time.Second, time.Minute} {
			want := h.want()
			want.Interval = every
			h.start(want)
		}
		h.after(305*time.Second, h.decide(taskID, true))
		h.over.Wait()
		pages, tasks := h.requests()
		if pages > 32+1 || tasks != 2 {
			h.Errorf("%d pages and %d tasks were read", pages, tasks)
		}
	})
}

// Waits of different processes do not share anything, nor does one for a task without a process, which is read itself.
func TestWaitsOfOtherProcesses(t *testing.T) {
	t.Parallel()
	const other, oneOff = "7a5c00000000000000000000000000aa", "7a5c00000000000000000000000000bb"
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.AddTask(sandbox.Task{ID: other, RunID: "5eed00000000000000000000000000aa"})
		h.server.AddTask(sandbox.Task{ID: oneOff, Title: "Rotate the key"})
		for _, ref := range []tallyfy.TaskRef{{Run: runID, Task: taskID}, {Run: "5eed00000000000000000000000000aa", Task: other}, {Task: oneOff}} {
			want := h.want()
			ref.Organization = want.Organization
			want.TaskRef = ref
			h.start(want)
		}
		for _, id := range []string{taskID, other, oneOff} {
			h.after(50*time.Second, h.decide(id, true))
		}
		h.over.Wait()
		h.sent(2*5, 2+5) // the polls at 0, 15, 30, 45 and 60 seconds
	})
}

// Without its run, a task is read once to learn it.
func TestUntilLearnsTheProcess(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		want := h.want()
		want.Run = ""
		h.after(50*time.Second, h.decide(taskID, true))
		o := h.wait(h.Context(), want)
		h.completed(o, time.Minute)
		h.sent(4, 2)
		if o.task.RunID != runID {
			h.Errorf("got the run %q", o.task.RunID)
		}
	})
}

// In a process with more pages of tasks than there are waits, each task is read by itself.
func TestUntilInALongProcess(t *testing.T) {
	t.Parallel()
	for waits, want := range map[int][2]int{1: {1, 5}, 3: {3 * 5, 3}} { // pages and tasks of 5 polls, the last one being at the end
		inBubble(t, sandbox.Config{}, nil, func(h *harness) {
			for i := range 299 {
				h.server.AddTask(sandbox.Task{ID: fmt.Sprintf("7a5c%028d", 2000+i), RunID: runID})
			}
			for i := range waits {
				id := fmt.Sprintf("7a5c%028d", 2290+i)
				wanted := h.want()
				wanted.Task = id
				h.start(wanted)
				h.after(50*time.Second, h.decide(id, true))
			}
			h.over.Wait()
			pages, tasks := h.requests()
			if pages > want[0]+waits || tasks > want[1]+waits {
				h.Errorf("%d waits: %d pages and %d tasks were read, want about %v", waits, pages, tasks, want)
			}
		})
	}
}

// A list that lags does not show the task as completed. The task itself does, at the latest when the time is over.
func TestUntilOnAListThatLags(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ListLag: 1}, nil, func(h *harness) {
		h.after(20*time.Second, h.decide(taskID, true))
		h.after(50*time.Second, func() { h.server.RenameOutside(taskID, "Approve the change now") }) // the next write shows the one before
		h.completed(h.wait(h.Context(), h.want()), time.Minute)
		h.sent(5, 1)
	})
	for approved, summary := range map[bool]string{true: "", false: "Approval Was Rejected"} {
		inBubble(t, sandbox.Config{ListLag: 100}, nil, func(h *harness) {
			h.after(20*time.Second, h.decide(taskID, approved))
			want := h.want()
			want.Timeout = 10 * time.Minute
			if o := h.wait(h.Context(), want); approved {
				h.completed(o, want.Timeout)
			} else {
				h.failed(o, want.Timeout, summary)
			}
			h.sent(40, 1)
		})
	}
}

// A list that shows a completion does not end a wait: the task itself does, when it shows the completion too.
func TestUntilTheTaskItselfShowsIt(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: 40 * time.Second}, nil, func(h *harness) {
		h.after(20*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), h.want()), time.Minute)
		h.sent(5, 3) // at 30, 45 and 60 seconds
	})
}

// A list that does not show the task at all says nothing of it.
func TestUntilOfATaskThatIsNotListed(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{PathPart: "/tasks/" + taskID, Times: -1}) // as it is
		h.server.Inject(sandbox.Fault{PathPart: "/tasks", Times: -1, Status: http.StatusOK, Body: `{"data":[]}`})
		h.after(50*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), h.want()), time.Minute)
		h.sent(5, 5)
	})
}

func TestUntilTimesOut(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, func(task *sandbox.Task) { task.EveryoneMustComplete = 2 }, func(h *harness) {
		want := h.want()
		want.Timeout = 20 * time.Minute
		h.failed(h.wait(h.Context(), want), 20*time.Minute, "Wait Timed Out", "Waited 20m0s (timeouts.create) for task \"Approve the change\"", `its status is "in-progress"`,
			"assigned to user 1002, guest auditor@example.com, group 96", "Everyone who is assigned must complete it", "Nothing is recorded",
			"The next apply waits again, and records the task if it is completed by then. Raise timeouts.create")
		h.sent(80, 1)
	})
}

// An interrupt ends a wait at once, whatever it is doing, and nothing more is sent.
func TestUntilInterrupted(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]sandbox.Config{"between two polls": {Latency: time.Second}, "in a poll": {Latency: 20 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, config, nil, func(h *harness) {
				ctx, cancel := context.WithCancel(h.Context())
				h.after(75*time.Second, cancel)
				o := h.wait(ctx, h.want())
				before := len(h.server.Journal())
				h.failed(o, 75*time.Second, "Wait Was Interrupted", `waited for task "Approve the change" (`+taskID+`)`, `status is "in-progress"`,
					"assigned to user 1002", "Nothing is recorded", "The next apply waits again")
				time.Sleep(time.Hour)
				if after := len(h.server.Journal()); after != before {
					h.Errorf("%s: %d requests were sent afterwards", name, after-before)
				}
			})
		})
	}
}

// The poll of a wait whose time is over or that was cancelled does not count for the others.
func TestPollOfAnotherWaitThatEnds(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{Latency: 8 * time.Second}, nil, func(h *harness) {
		short := h.want()
		short.Timeout = 5 * time.Second
		first := h.start(short)
		time.Sleep(time.Second)
		second := h.start(h.want())
		h.after(2*time.Second, h.decide(taskID, true))
		h.over.Wait()
		if second.err != nil || second.at > 30*time.Second {
			h.Errorf("after %s: got %v", second.at, second.err)
		}
		if first.err != nil { // its last read shows the task
			h.Errorf("after %s: got %v", first.at, first.err)
		}
	})
}

// Only what the next poll cannot change ends a wait. Everything else passes by itself.
func TestUntilThroughFaults(t *testing.T) {
	t.Parallel()
	status := func(code int, body string, header ...string) sandbox.Fault {
		f := sandbox.Fault{Status: code, Body: body, Times: 2, Header: http.Header{}}
		if len(header) > 0 {
			f.Header.Set(header[0], header[1])
		}
		return f
	}
	passing := map[string]sandbox.Fault{
		"dropped":                {Drop: true, Times: 2},
		"time-out":               {Delay: time.Hour, Times: 2},
		"408":                    status(408, "{}"),
		"425":                    status(425, "{}"),
		"429":                    status(429, "{}"),
		"429 for a while":        status(429, "{}", "Retry-After", "120"),
		"409":                    status(409, "{}"),
		"500":                    status(500, "{}"),
		"501":                    status(501, "{}"),
		"502":                    status(502, "<html></html>"),
		"503 for a while":        status(503, "{}", "Retry-After", "120"),
		"520":                    status(520, "<html></html>"),
		"200 with a page":        status(200, "<html><title>Maintenance</title></html>"),
		"200, empty":             status(200, ""),
		"200 with another thing": status(200, `{"error":true,"message":"Later."}`),
		"cut":                    {Raw: []byte("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":[{"), Times: 2},
		"404 of the task":        status(404, `{"error":true,"code":"RESOURCE_NOT_FOUND"}`),
	}
	for name, fault := range passing {
		t.Run(name, func(t *testing.T) {
			for _, what := range []string{"the list", "the task"} {
				inBubble(t, sandbox.Config{}, nil, func(h *harness) {
					if what == "the list" {
						fault.PathPart = ""
					} else {
						fault.PathPart = "/tasks/" + taskID
						h.decide(taskID, true)()
					}
					h.server.Inject(fault)
					h.after(10*time.Second, h.decide(taskID, true))
					o := h.wait(h.Context(), h.want())
					if o.err != nil || !o.task.Completed() || o.at > 10*time.Minute {
						h.Errorf("%s, of %s: after %s got %+v, %v", name, what, o.at, o.task, o.err)
					}
				})
			}
		})
	}
	ending := map[string]sandbox.Fault{
		"401":             status(401, "Unauthorized."),
		"403":             status(403, `{"message":"No."}`),
		"404 of the path": status(404, `{"error":true,"code":"ENDPOINT_NOT_FOUND"}`),
		"404 of the edge": status(404, `{"message":"Not found. Error Code: apsh546."}`),
		"405":             status(405, "{}"),
		"302":             status(302, "", "Location", "https://elsewhere.test/"),
		"422":             status(422, "{}"),
	}
	for name, fault := range ending {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sandbox.Config{}, nil, func(h *harness) {
				h.after(20*time.Second, func() { fault.Times = -1; h.server.Inject(fault) })
				h.failed(h.wait(h.Context(), h.want()), 30*time.Second, "Task Could Not Be Read", `Waiting for task "Approve the change"`, "Tallyfy returned "+fmt.Sprint(fault.Status),
					`status is "in-progress"`, "Nothing is recorded", "The next apply waits again")
				if h.Failed() {
					h.Log(name)
				}
			})
		})
	}
}

// A refusal of the list alone does not end a wait: the task itself decides.
func TestUntilTheListIsRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []int{401, 403, 404} {
		inBubble(t, sandbox.Config{}, nil, func(h *harness) {
			h.server.Inject(sandbox.Fault{PathPart: "/tasks/" + taskID, Times: -1}) // as it is
			h.server.Inject(sandbox.Fault{Status: code, Body: "{}", Times: -1})
			h.after(20*time.Second, h.decide(taskID, true))
			h.completed(h.wait(h.Context(), h.want()), 30*time.Second)
			h.sent(3, 3)
		})
	}
}

// A task may appear only a moment after its process was launched. One that does not appear within a minute is not there.
func TestUntilATaskAppears(t *testing.T) {
	t.Parallel()
	const late = "7a5c00000000000000000000000000cc"
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		want := h.want()
		want.Task = late
		h.after(40*time.Second, func() { h.server.AddTask(sandbox.Task{ID: late, RunID: runID, Title: "Late"}) })
		h.after(80*time.Second, h.decide(late, true))
		h.completed(h.wait(h.Context(), want), 90*time.Second)
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		want := h.want()
		want.Task = late
		h.failed(h.wait(h.Context(), want), time.Minute, "Task Could Not Be Read", "Waiting for task "+late+" of process "+runID+": Tallyfy returned 404",
			"for at least 1m0s", "Check organization_id, run_id and task_id", "The next apply waits again")
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) { // it is deleted while someone waits for it
		h.after(20*time.Second, func() { h.server.DeleteTask(taskID) })
		h.failed(h.wait(h.Context(), h.want()), 90*time.Second, "Task Could Not Be Read", `task "Approve the change"`, "assigned to user 1002")
	})
}

func TestUntilByAlias(t *testing.T) {
	t.Parallel()
	byAlias := func(h *harness, alias string) Wanted {
		want := h.want()
		want.Task, want.Alias = "", alias
		return want
	}
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.after(50*time.Second, h.decide(taskID, true))
		for range 3 {
			h.start(byAlias(h, "approve-the-change"))
		}
		h.over.Wait()
		h.sent(5, 3) // the list that finds the task is the first poll too
	})
	inBubble(t, sandbox.Config{}, func(task *sandbox.Task) { task.Alias = "" }, func(h *harness) { // it is listed a moment later
		h.after(20*time.Second, func() { h.server.Update(taskID, func(task *sandbox.Task) { task.Alias = "approve-the-change" }) })
		h.after(50*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), byAlias(h, "approve-the-change")), time.Minute)
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.failed(h.wait(h.Context(), byAlias(h, "approve-the-chagne")), time.Minute, "No Task Matches", `Did you mean "approve-the-change"?`)
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.AddTask(sandbox.Task{ID: "7a5c00000000000000000000000000dd", RunID: runID, Alias: "approve-the-change"})
		h.failed(h.wait(h.Context(), byAlias(h, "approve-the-change")), 0, "Several Tasks Match")
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) { // the list fails until the time is over
		h.server.Inject(sandbox.Fault{Status: 502, Body: "<html></html>", Times: -1})
		h.failed(h.wait(h.Context(), byAlias(h, "approve-the-change")), timeout, "Wait Timed Out",
			`the task with the alias "approve-the-change" of process `+runID, "The last poll failed: Tallyfy returned 502")
	})
}

// Archived tasks cannot be completed: nobody waits for one.
func TestUntilOfAnArchivedTask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.after(20*time.Second, func() { h.server.Update(taskID, func(task *sandbox.Task) { task.Archived = true }) })
		h.failed(h.wait(h.Context(), h.want()), 30*time.Second, "Task Is Archived", "Restore the task")
	})
}

// A task that a rule hides may be shown by another: it is waited for.
func TestUntilOfAHiddenTask(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, func(task *sandbox.Task) { task.Hidden = true }, func(h *harness) {
		h.after(20*time.Second, func() { h.server.Update(taskID, func(task *sandbox.Task) { task.Hidden = false }) })
		h.after(50*time.Second, h.decide(taskID, true))
		h.completed(h.wait(h.Context(), h.want()), time.Minute)
	})
}

// Tallyfy may ask to wait longer than the wait may take. No poll can be sent then. A wait that has the time for it goes on.
func TestUntilHeldTooLong(t *testing.T) {
	t.Parallel()
	forAges := sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"864000"}}, Body: "{}"}
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.Inject(forAges)
		h.failed(h.wait(h.Context(), h.want()), 15*time.Second, "Task Could Not Be Read", "Tallyfy asks to wait", "only 59m45s of the operation's timeout is left",
			"Apply again when Tallyfy accepts requests, or raise timeouts.create")
		if n := len(h.server.Journal()); n != 1 {
			h.Errorf("%d requests were sent", n)
		}
	})
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.Inject(forAges)
		want := h.want()
		want.Timeout = 300 * time.Hour
		impatient, patient := h.start(h.want()), h.start(want)
		h.after(time.Minute, h.decide(taskID, true))
		h.over.Wait()
		if impatient.err == nil || strings.Contains(impatient.err.Error(), "only 10s") {
			h.Errorf("after %s: got %v", impatient.at, impatient.err)
		}
		if patient.err != nil || patient.at < 240*time.Hour {
			h.Errorf("after %s: got %v", patient.at, patient.err)
		}
		if n := len(h.server.Journal()); n != 3 {
			h.Errorf("%d requests were sent", n)
		}
	})
}

// What one wait has no time for is not a failure of another, which would find its task by the same list.
func TestUntilByAliasHeldTooLongForAnother(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Status: 429, Header: http.Header{"Retry-After": {"864000"}}, Body: "{}"})
		short := h.want()
		short.Task, short.Alias = "", "approve-the-change"
		long := short
		long.Timeout, long.Interval = 300*time.Hour, 20*time.Second
		impatient := h.start(short)
		time.Sleep(time.Second)
		patient := h.start(long)
		h.after(time.Minute, h.decide(taskID, true))
		h.over.Wait()
		h.failed(*impatient, 15*time.Second, "Task Could Not Be Read", "Tallyfy asks to wait")
		if patient.err != nil || patient.at < 240*time.Hour {
			h.Errorf("after %s: got %v", patient.at, patient.err)
		}
	})
}

func TestUntilUnreachable(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{}, nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Drop: true, Times: -1})
		h.failed(h.wait(h.Context(), h.want()), timeout, "Wait Timed Out", "task "+taskID+" of process "+runID, "Tallyfy did not show the task", "The last poll failed: the connection was closed")
	})
}
