// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func today() sandbox.Config { return sandbox.Config{} }

func TestCreateSendsOneGetAndOnePost(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		result := h.create(h.want())
		h.wantRequests(get, post)
		h.wantWebhooks(1)
		h.wantWarnings(result)
		r := result.Record
		if r.Status != "completed" || r.RunID != runID || r.Title != "Provision the VPC" || r.TaskType != "task" ||
			r.CompletedAt == "" || r.CompleterID != sandbox.CallerID || r.IsApproved != nil || r.TasksChangedByRules == "" {
			h.Errorf("recorded %+v", r)
		}
		if body := h.bodyOf(post, 1); len(body) != 1 || body["task_id"] != taskID {
			h.Errorf("the completion held %v", body)
		}
	})
}

func TestCreateFindsTheRun(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		want := h.want()
		want.Task.Run = ""
		if result := h.create(want); result.Record.RunID != runID {
			h.Errorf("recorded run %q", result.Record.RunID)
		}
		h.wantRequests(get, post)
		if h.server.Count(post, "/runs/"+runID+"/completed-tasks") != 1 {
			h.Error("the completion did not go to the run")
		}
	})
	// A one-off task that is attached to a run is completed there, because the run decides and not
	// is_oneoff_task.
	inBubble(t, today(), func(task *sandbox.Task) { task.OneOff = true }, func(h *harness) {
		want := h.wantValue("vpc-1")
		want.Task.Run = ""
		h.create(want)
		h.wantRequests(get, put, post)
		if h.server.Count("", "/runs/"+runID) != 2 {
			h.Error("the values and the completion did not go to the run")
		}
	})
}

func oneOff(task *sandbox.Task) { task.RunID = "" }

func TestCreateOfAOneOffTaskKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		before := h.task()
		want := h.wantValue("vpc-1")
		want.Task.Run = ""
		result := h.create(want)
		h.wantRequests(get, put, post)
		h.wantWarnings(result)
		after := h.task()
		if after.Title != before.Title || after.Deadline != before.Deadline || len(after.Owners.Users) != 1 || len(after.Owners.Guests) != 1 || len(after.Owners.Groups) != 1 {
			h.Errorf("saving changed the task: %+v became %+v", before, after)
		}
		if after.Taskdata[field] != "vpc-1" || result.Record.RunID != "" {
			h.Errorf("holds %v, recorded %+v", after.Taskdata, result.Record)
		}
	})
	inBubble(t, today(), func(task *sandbox.Task) {
		oneOff(task)
		task.Extra = map[string]any{"owners": nil}
	}, func(h *harness) {
		want := h.wantValue("vpc-1")
		want.Task.Run = ""
		failure := h.refuse(want)
		h.wantRequests(get)
		h.wantText(failure.Error(), "One-off Task Cannot Be Saved", "its owners", "Nothing was sent")
	})
}

func TestCreateSavesValuesFirst(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]sandbox.Config{"today": {}, "legacy": {Vintage: sandbox.Legacy}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, config, func(task *sandbox.Task) { task.Fields[0].Required = true }, func(h *harness) {
				result := h.create(h.wantValue("vpc-1"))
				h.wantRequests(get, put, post)
				h.wantWebhooks(1)
				h.wantWarnings(result)
				if got := h.task().Taskdata[field]; got != "vpc-1" {
					h.Errorf("the field holds %v", got)
				}
				if held, ok := h.bodyOf(post, 1)["taskdata"].(map[string]any); !ok || held[field] != "vpc-1" {
					h.Errorf("the completion carries %v", held)
				}
			})
		})
	}
}

func TestCreateStopsWhenValuesDoNotArrive(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		want := h.want()
		want.Taskdata = map[string]any{field: "vpc-1", "0000dead": "private"}
		failure := h.refuse(want)
		h.wantRequests(get)
		h.wantWebhooks(0)
		if failure.Attribute != attrTaskdata {
			h.Errorf("it is about %q", failure.Attribute)
		}
		h.wantText(failure.Error(), "Unknown Form Field", `has no field with the ID "0000dead"`, "would drop its value")
		if text := failure.Error(); len(text) == 0 || containsAny(text, "private", "vpc-1") {
			h.Errorf("the error names values: %s", text)
		}
	})
	inBubble(t, today(), nil, func(h *harness) { // 200, and nothing is saved
		h.server.Inject(sandbox.Fault{Method: put, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"in-progress","taskdata":[]}}`})
		failure := h.refuse(h.wantValue("vpc-1"))
		h.wantRequests(get, put, get, get, get)
		h.wantText(failure.Error(), "Field Values Did Not Arrive", field, "is empty or not part of the task's form", "has not completed the task", "drops others")
	})
	// The response to the save may be outdated. The form is read before a value counts as lost.
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: put, Handle: true, Status: 200, Body: `{"data":{"id":"` + taskID + `","taskdata":[]}}`})
		h.create(h.wantValue("vpc-1"))
		h.wantRequests(get, put, get, post)
	})
	// If Tallyfy does not show values, they are not compared, and the completion is sent.
	inBubble(t, sandbox.Config{HideTaskdata: true}, nil, func(h *harness) {
		h.wantWarnings(h.create(h.wantValue("vpc-1")))
		h.wantRequests(get, put, get, post)
	})
}

func TestCreateReportsRefusedValues(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		failure := h.refuse(h.wantValue(strings.Repeat("x", 201)))
		h.wantRequests(get, put)
		h.wantText(failure.Error(), "Field Values Could Not Be Saved", "422", "must not be greater than 200 characters", "has not completed the task", "Request ID: ")
	})
	inBubble(t, today(), func(task *sandbox.Task) {
		task.Fields[0] = sandbox.Field{ID: field, Type: "dropdown", Options: []string{"a"}}
	}, func(h *harness) {
		failure := h.refuse(h.wantValue(map[string]any{"id": json.Number("1"), "text": "b"}))
		h.wantRequests(get)
		h.wantText(failure.Error(), "Invalid Form Value", "has no option with this ID and this text", `{ id = 1, text = "a" }`)
	})
}

func TestCreateDecides(t *testing.T) {
	t.Parallel()
	for _, approved := range []bool{true, false} {
		t.Run(fmt.Sprintf("approved %t", approved), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), func(task *sandbox.Task) { task.Type = "approval" }, func(h *harness) {
				want := h.want()
				want.IsApproved = &approved
				result := h.create(want)
				h.wantRequests(get, post)
				h.wantWarnings(result)
				if held := h.task().IsApproved; held == nil || *held != approved || result.Record.IsApproved == nil || *result.Record.IsApproved != approved {
					h.Errorf("decided %v: the task holds %v, the record %v", approved, held, result.Record.IsApproved)
				}
			})
		})
	}
}

func TestCreateRefusesBeforeAnyWrite(t *testing.T) {
	t.Parallel()
	yes := true
	for name, c := range map[string]struct {
		change    func(*sandbox.Task)
		decision  *bool
		attribute string
		says      string
	}{
		"approval without a decision":  {func(k *sandbox.Task) { k.Type = "approval" }, nil, attrIsApproved, "Approval Needs a Decision"},
		"archived":                     {func(k *sandbox.Task) { k.Archived = true }, nil, attrTaskID, "Task Is Archived"},
		"decision on an expiring task": {func(k *sandbox.Task) { k.Type = "expiring" }, &yes, attrIsApproved, "Expiring Task Cannot Be Decided"},
		"decision on an expired email": {func(k *sandbox.Task) { k.Type = "expiring_email" }, new(false), attrIsApproved, "Expiring Task Cannot Be Decided"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), c.change, func(h *harness) {
				want := h.wantValue("vpc-1")
				want.IsApproved = c.decision
				failure := h.refuse(want)
				h.wantRequests(get)
				h.wantText(failure.Error(), c.says, "Nothing was sent")
				if failure.Attribute != c.attribute {
					h.Errorf("it is about %q", failure.Attribute)
				}
			})
		})
	}
}

func TestCreateSendsADecisionThatHasNoEffect(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"task", "email"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), func(task *sandbox.Task) { task.Type = kind }, func(h *harness) {
				want := h.want()
				want.IsApproved = new(true)
				h.wantWarnings(h.create(want), "Decision Has No Effect on This Task")
				h.wantRequests(get, post)
				if h.bodyOf(post, 1)["is_approved"] != true {
					h.Error("the decision was not sent as configured")
				}
			})
		})
	}
}

func TestCreateReportsWhatTallyfyRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*sandbox.Task)
		says   []string
	}{
		"required field": {func(k *sandbox.Task) { k.Fields[0].Required = true }, []string{"422", "required"}},
		"open issue":     {func(k *sandbox.Task) { k.Issue = true }, []string{"422", "issue"}},
		"not assigned":   {func(k *sandbox.Task) { k.AssigneesOnly, k.Owners = true, sandbox.Owners{Users: []int64{5}} }, []string{"403"}},
		"hidden":         {func(k *sandbox.Task) { k.Hidden = true }, []string{"422"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), c.change, func(h *harness) {
				failure := h.refuse(h.want())
				h.wantRequests(get, post)
				h.wantWebhooks(0)
				h.wantText(failure.Error(), append(c.says, "Task Was Not Completed", "Tallyfy said: ", "Request: POST /organizations/")...)
			})
		})
	}
	inBubble(t, today(), nil, func(h *harness) {
		want := h.want()
		want.Task.Run = "5eed000000000000000000000000dead" // not the task's run
		h.wantText(h.refuse(want).Error(), "404 Not Found", "A task of a process is completed with its run_id")
		h.wantRequests(get, post)
	})
}

func TestCreateRecordsACompletedTask(t *testing.T) {
	t.Parallel()
	done := func(k *sandbox.Task) { k.Taskdata = map[string]any{field: "vpc-1"} }
	inBubble(t, today(), done, func(h *harness) {
		h.server.CompleteOutside(taskID, 1002, nil)
		result := h.create(h.wantValue(" vpc-1 ")) // Tallyfy trims
		h.wantRequests(get)
		h.wantWebhooks(1) // by the person who completed it
		h.wantWarnings(result, "Task Was Already Completed")
		h.wantText(result.Warnings[0].Detail, "user 1002 at 20", "no completion was sent")
		if result.Record.CompleterID != 1002 || result.Record.Status != "completed" {
			h.Errorf("recorded %+v", result.Record)
		}
	})
	inBubble(t, today(), done, func(h *harness) {
		h.server.CompleteOutside(taskID, 1002, nil)
		failure := h.refuse(h.wantValue("vpc-2"))
		h.wantRequests(get)
		h.wantText(failure.Error(), "Already Completed Differently", field, "holds another value", "import the task")
		if containsAny(failure.Error(), "vpc-1", "vpc-2") {
			h.Errorf("the error holds values: %v", failure)
		}
	})
	inBubble(t, sandbox.Config{HideTaskdata: true}, done, func(h *harness) {
		h.server.CompleteOutside(taskID, 1002, nil)
		h.wantText(h.refuse(h.wantValue("vpc-2")).Error(), "Already Completed Differently", "holds another value") // the form shows it
		h.wantWarnings(h.create(h.wantValue("vpc-1")), "Task Was Already Completed")
		h.wantRequests(get, get)
	})
	for _, decided := range []bool{true, false} {
		t.Run(fmt.Sprintf("decided %t", decided), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(h *harness) {
				h.server.CompleteOutside(taskID, 1002, &decided)
				want := h.want()
				want.IsApproved = new(true)
				if decided {
					h.wantWarnings(h.create(want), "Task Was Already Completed")
				} else {
					h.wantText(h.refuse(want).Error(), "the task was rejected, and the configuration says approved")
				}
				want.IsApproved = nil
				h.wantWarnings(h.create(want), "Task Was Already Completed")
				h.wantRequests(get, get)
			})
		})
	}
}

func TestCreateOnAServerThatOnlyCompletes(t *testing.T) {
	t.Parallel()
	only := sandbox.Config{CompletionOnly: true}
	inBubble(t, only, nil, func(h *harness) {
		result := h.create(h.want())
		h.wantRequests(get, post)
		h.wantWarnings(result)
		if result.Record.Status != "completed" || result.Record.RunID != runID {
			h.Errorf("recorded %+v", result.Record)
		}
	})
	inBubble(t, sandbox.Config{CompletionOnly: true, Vintage: sandbox.Legacy, ShowTaskdata: true}, nil, func(h *harness) {
		h.wantWarnings(h.create(h.wantValue("vpc-1")))
		h.wantRequests(get, put, post)
		if h.task().Taskdata[field] != "vpc-1" {
			h.Error("the value did not arrive with the completion")
		}
	})
	inBubble(t, sandbox.Config{CompletionOnly: true, ShowTaskdata: true}, nil, func(h *harness) { // today's API ignores the values in a completion, and its response shows that
		result := h.create(h.wantValue("vpc-1"))
		h.wantWarnings(result, "Field Values Not Confirmed")
		h.wantText(result.Warnings[0].Detail, field)
	})
	inBubble(t, only, oneOff, func(h *harness) { // the save would have to repeat unknown members
		want := h.wantValue("vpc-1")
		want.Task.Run = ""
		h.wantWarnings(h.create(want), "Field Values Not Confirmed")
		h.wantRequests(get, post)
	})
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: get, Status: http.StatusMethodNotAllowed, Times: -1})
		h.create(h.want())
		h.wantRequests(get, post)
	})
}

func TestCreateFailsIfTheFirstReadFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sandbox.Fault
		gets  int
		says  string
	}{
		"401":  {sandbox.Fault{Status: 401, Body: "Unauthorized."}, 1, "Check the access token"},
		"403":  {sandbox.Fault{Status: 403}, 1, "may complete this task"},
		"302":  {sandbox.Fault{Status: 302, Header: http.Header{"Location": {"https://login.test"}}}, 1, "Redirects are not followed"},
		"502":  {sandbox.Fault{Status: 502, Times: -1}, maxAttempts, gaveUp},
		"html": {sandbox.Fault{Status: 200, Body: "<html><title>Sign in</title>"}, 1, `an HTML page titled "Sign in"`},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, today(), nil, func(h *harness) {
				c.fault.Method = get
				h.server.Inject(c.fault)
				failure := h.refuse(h.want())
				h.wantText(failure.Error(), "Task Could Not Be Read", "Nothing was sent", c.says)
				if got := h.server.Count(get, ""); got != c.gets || h.server.Count(post, "") != 0 {
					h.Errorf("%d GETs, %d POSTs", got, h.server.Count(post, ""))
				}
			})
		})
	}
}
