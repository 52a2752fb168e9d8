// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// A failed poll ends a wait only if the next poll fails in the same way.
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
					h.schedule(10*time.Second, h.decide(taskID, true))
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
				h.schedule(20*time.Second, func() { fault.Times = -1; h.server.Inject(fault) })
				h.failed(h.wait(h.Context(), h.want()), 30*time.Second, "Task Could Not Be Read", `Waiting for task "Approve the change"`, "Tallyfy returned "+fmt.Sprint(fault.Status),
					`status is "in-progress"`, "Nothing is recorded", "The next apply waits again")
				if h.Failed() {
					h.Log(name)
				}
			})
		})
	}
}

// A refusal of the list alone does not end a wait, because the task may be shown.
func TestUntilTheListIsRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []int{401, 403, 404} {
		inBubble(t, sandbox.Config{}, nil, func(h *harness) {
			h.server.Inject(sandbox.Fault{PathPart: "/tasks/" + taskID, Times: -1}) // no fault
			h.server.Inject(sandbox.Fault{Status: code, Body: "{}", Times: -1})
			h.schedule(20*time.Second, h.decide(taskID, true))
			h.completed(h.wait(h.Context(), h.want()), 30*time.Second)
			h.wantRequests(3, 3)
		})
	}
}

// Tallyfy may ask for a pause beyond the timeout of a wait. The wait fails then, because it cannot
// poll again. A wait with a longer timeout continues.
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
		h.schedule(time.Minute, h.decide(taskID, true))
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

// A pause beyond the timeout of one wait does not fail another wait of the process.
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
		h.schedule(time.Minute, h.decide(taskID, true))
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
