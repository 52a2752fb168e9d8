// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func today() sandbox.Config { return sandbox.Config{} }

func TestCreateSendsOneGetAndOnePost(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		result := b.create(b.want())
		b.sent(get, post)
		b.fired(1)
		b.warned(result)
		r := result.Record
		if r.Status != "completed" || r.RunID != runID || r.Title != "Provision the VPC" || r.TaskType != "task" ||
			r.CompletedAt == "" || r.CompleterID != sandbox.CallerID || r.IsApproved != nil || r.TasksChangedByRules == "" {
			b.Errorf("recorded %+v", r)
		}
		if body := b.bodyOf(post, 1); len(body) != 1 || body["task_id"] != taskID {
			b.Errorf("the completion held %v", body)
		}
	})
}

func TestCreateFindsTheRun(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		want := b.want()
		want.Task.Run = ""
		if result := b.create(want); result.Record.RunID != runID {
			b.Errorf("recorded run %q", result.Record.RunID)
		}
		b.sent(get, post)
		if b.server.Count(post, "/runs/"+runID+"/completed-tasks") != 1 {
			b.Error("the completion did not go to the run")
		}
	})
	// A one-off task that hangs on a run is completed there: the run decides, and not what the task is called.
	inBubble(t, today(), func(task *sandbox.Task) { task.OneOff = true }, func(b *bench) {
		want := b.wantValue("vpc-1")
		want.Task.Run = ""
		b.create(want)
		b.sent(get, put, post)
		if b.server.Count("", "/runs/"+runID) != 2 {
			b.Error("the values and the completion did not go to the run")
		}
	})
}

func oneOff(task *sandbox.Task) { task.RunID = "" }

func TestCreateOfAOneOffTaskKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(b *bench) {
		before := b.task()
		want := b.wantValue("vpc-1")
		want.Task.Run = ""
		result := b.create(want)
		b.sent(get, put, post)
		b.warned(result)
		after := b.task()
		if after.Title != before.Title || after.Deadline != before.Deadline || len(after.Owners.Users) != 1 || len(after.Owners.Guests) != 1 || len(after.Owners.Groups) != 1 {
			b.Errorf("saving changed the task: %+v became %+v", before, after)
		}
		if after.Taskdata[field] != "vpc-1" || result.Record.RunID != "" {
			b.Errorf("holds %v, recorded %+v", after.Taskdata, result.Record)
		}
	})
	inBubble(t, today(), func(task *sandbox.Task) {
		oneOff(task)
		task.Extra = map[string]any{"owners": nil}
	}, func(b *bench) {
		want := b.wantValue("vpc-1")
		want.Task.Run = ""
		failure := b.refuse(want)
		b.sent(get)
		b.says(failure.Error(), "One-off Task Cannot Be Saved", "its owners", "Nothing was sent")
	})
}

func TestCreateSavesValuesFirst(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]sandbox.Config{"today": {}, "legacy": {Vintage: sandbox.Legacy}} {
		inBubble(t, config, func(task *sandbox.Task) { task.Fields[0].Required = true }, func(b *bench) {
			result := b.create(b.wantValue("vpc-1"))
			b.sent(get, put, post)
			b.fired(1)
			b.warned(result)
			if got := b.task().Taskdata[field]; got != "vpc-1" {
				b.Errorf("%s: the field holds %v", name, got)
			}
			if held, ok := b.bodyOf(post, 1)["taskdata"].(map[string]any); !ok || held[field] != "vpc-1" {
				b.Errorf("%s: the completion carries %v", name, held)
			}
		})
	}
}

func TestCreateStopsWhenValuesDoNotArrive(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		want := b.want()
		want.Taskdata = map[string]any{field: "vpc-1", "0000dead": "private"}
		failure := b.refuse(want)
		b.sent(get)
		b.fired(0)
		if failure.Attribute != attrTaskdata {
			b.Errorf("it is about %q", failure.Attribute)
		}
		b.says(failure.Error(), "Unknown Form Field", `has no field with the ID "0000dead"`, "would drop its value")
		if text := failure.Error(); len(text) == 0 || containsAny(text, "private", "vpc-1") {
			b.Errorf("the error names values: %s", text)
		}
	})
	inBubble(t, today(), nil, func(b *bench) { // 200, and nothing is saved
		b.server.Inject(sandbox.Fault{Method: put, Status: 200, Body: `{"data":{"id":"` + taskID + `","status":"in-progress","taskdata":[]}}`})
		failure := b.refuse(b.wantValue("vpc-1"))
		b.sent(get, put, get, get, get)
		b.says(failure.Error(), "Field Values Did Not Arrive", field, "is empty or not part of the task's form", "has not completed the task", "drops others")
	})
	// The answer to the saving may come too early; the form is asked before it counts as lost.
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(sandbox.Fault{Method: put, Handle: true, Status: 200, Body: `{"data":{"id":"` + taskID + `","taskdata":[]}}`})
		b.create(b.wantValue("vpc-1"))
		b.sent(get, put, get, post)
	})
	// Where no values are shown there is nothing to compare, and nothing to stop for.
	inBubble(t, sandbox.Config{HideTaskdata: true}, nil, func(b *bench) {
		b.warned(b.create(b.wantValue("vpc-1")))
		b.sent(get, put, get, post)
	})
}

func TestCreateReportsRefusedValues(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(b *bench) {
		failure := b.refuse(b.wantValue(strings.Repeat("x", 201)))
		b.sent(get, put)
		b.says(failure.Error(), "Field Values Could Not Be Saved", "422", "must not be greater than 200 characters", "has not completed the task", "Request id: ")
	})
	inBubble(t, today(), func(task *sandbox.Task) {
		task.Fields[0] = sandbox.Field{ID: field, Type: "dropdown", Options: []string{"a"}}
	}, func(b *bench) {
		failure := b.refuse(b.wantValue(map[string]any{"id": json.Number("1"), "text": "b"}))
		b.sent(get)
		b.says(failure.Error(), "Invalid Form Value", "has no option with this ID and this text", `{ id = 1, text = "a" }`)
	})
}

func TestCreateDecides(t *testing.T) {
	t.Parallel()
	for _, approved := range []bool{true, false} {
		inBubble(t, today(), func(task *sandbox.Task) { task.Type = "approval" }, func(b *bench) {
			want := b.want()
			want.IsApproved = &approved
			result := b.create(want)
			b.sent(get, post)
			b.warned(result)
			if held := b.task().IsApproved; held == nil || *held != approved || result.Record.IsApproved == nil || *result.Record.IsApproved != approved {
				b.Errorf("decided %v: the task holds %v, the record %v", approved, held, result.Record.IsApproved)
			}
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
		"decision on an expiring task": {func(k *sandbox.Task) { k.Type = "expiring" }, &yes, attrIsApproved, "Expiring Task Takes No Decision"},
		"decision on an expired email": {func(k *sandbox.Task) { k.Type = "expiring_email" }, new(false), attrIsApproved, "Expiring Task Takes No Decision"},
	} {
		inBubble(t, today(), c.change, func(b *bench) {
			want := b.wantValue("vpc-1")
			want.IsApproved = c.decision
			failure := b.refuse(want)
			b.sent(get)
			b.says(failure.Error(), c.says, "Nothing was sent")
			if failure.Attribute != c.attribute {
				b.Errorf("%s: it is about %q", name, failure.Attribute)
			}
		})
	}
}

func TestCreateSendsADecisionThatHasNoEffect(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"task", "email"} {
		inBubble(t, today(), func(task *sandbox.Task) { task.Type = kind }, func(b *bench) {
			want := b.want()
			want.IsApproved = new(true)
			b.warned(b.create(want), "Decision Has No Effect on This Task")
			b.sent(get, post)
			if b.bodyOf(post, 1)["is_approved"] != true {
				b.Error("the decision was not sent as configured")
			}
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
		inBubble(t, today(), c.change, func(b *bench) {
			failure := b.refuse(b.want())
			b.sent(get, post)
			b.fired(0)
			b.says(failure.Error(), append(c.says, "Task Was Not Completed", "Tallyfy said: ", "Request: POST /organizations/")...)
			if b.Failed() {
				b.Log(name)
			}
		})
	}
	inBubble(t, today(), nil, func(b *bench) {
		want := b.want()
		want.Task.Run = "5eed000000000000000000000000dead" // not the task's run
		b.says(b.refuse(want).Error(), "404 Not Found", "A task of a process is completed with its run_id")
		b.sent(get, post)
	})
}

func TestCreateRecordsWhatIsDoneAlready(t *testing.T) {
	t.Parallel()
	done := func(k *sandbox.Task) { k.Taskdata = map[string]any{field: "vpc-1"} }
	inBubble(t, today(), done, func(b *bench) {
		b.server.CompleteOutside(taskID, 1002, nil)
		result := b.create(b.wantValue(" vpc-1 ")) // Tallyfy trims
		b.sent(get)
		b.fired(1) // by the person who completed it
		b.warned(result, "Task Was Already Completed")
		b.says(result.Warnings[0].Detail, "user 1002 at 20", "no completion was sent")
		if result.Record.CompleterID != 1002 || result.Record.Status != "completed" {
			b.Errorf("recorded %+v", result.Record)
		}
	})
	inBubble(t, today(), done, func(b *bench) {
		b.server.CompleteOutside(taskID, 1002, nil)
		failure := b.refuse(b.wantValue("vpc-2"))
		b.sent(get)
		b.says(failure.Error(), "Already Completed Differently", field, "holds another value", "import the task")
		if containsAny(failure.Error(), "vpc-1", "vpc-2") {
			b.Errorf("the error holds values: %v", failure)
		}
	})
	inBubble(t, sandbox.Config{HideTaskdata: true}, done, func(b *bench) {
		b.server.CompleteOutside(taskID, 1002, nil)
		b.says(b.refuse(b.wantValue("vpc-2")).Error(), "Already Completed Differently", "holds another value") // the form shows it
		b.warned(b.create(b.wantValue("vpc-1")), "Task Was Already Completed")
		b.sent(get, get)
	})
	for _, decided := range []bool{true, false} {
		inBubble(t, today(), func(k *sandbox.Task) { k.Type = "approval" }, func(b *bench) {
			b.server.CompleteOutside(taskID, 1002, &decided)
			want := b.want()
			want.IsApproved = new(true)
			if decided {
				b.warned(b.create(want), "Task Was Already Completed")
			} else {
				b.says(b.refuse(want).Error(), "the task was rejected, and the configuration says approved")
			}
			want.IsApproved = nil
			b.warned(b.create(want), "Task Was Already Completed")
			b.sent(get, get)
		})
	}
}

func TestCreateOnAServerThatOnlyCompletes(t *testing.T) {
	t.Parallel()
	only := sandbox.Config{CompletionOnly: true}
	inBubble(t, only, nil, func(b *bench) {
		result := b.create(b.want())
		b.sent(get, post)
		b.warned(result)
		if result.Record.Status != "completed" || result.Record.RunID != runID {
			b.Errorf("recorded %+v", result.Record)
		}
	})
	inBubble(t, sandbox.Config{CompletionOnly: true, Vintage: sandbox.Legacy, ShowTaskdata: true}, nil, func(b *bench) {
		b.warned(b.create(b.wantValue("vpc-1")))
		b.sent(get, put, post)
		if b.task().Taskdata[field] != "vpc-1" {
			b.Error("the value did not arrive with the completion")
		}
	})
	inBubble(t, sandbox.Config{CompletionOnly: true, ShowTaskdata: true}, nil, func(b *bench) { // today's completion ignores the values, and says so in its answer
		result := b.create(b.wantValue("vpc-1"))
		b.warned(result, "Field Values Not Confirmed")
		b.says(result.Warnings[0].Detail, field)
	})
	inBubble(t, only, oneOff, func(b *bench) { // what saving must echo is not known
		want := b.wantValue("vpc-1")
		want.Task.Run = ""
		b.warned(b.create(want), "Field Values Not Confirmed")
		b.sent(get, post)
	})
	inBubble(t, today(), nil, func(b *bench) {
		b.server.Inject(sandbox.Fault{Method: get, Status: http.StatusMethodNotAllowed, Times: -1})
		b.create(b.want())
		b.sent(get, post)
	})
}

func TestCreateFailsWhereTheFirstLookFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sandbox.Fault
		gets  int
		says  string
	}{
		"401":  {sandbox.Fault{Status: 401, Body: "Unauthorized."}, 1, "Check the access token"},
		"403":  {sandbox.Fault{Status: 403}, 1, "may complete this task"},
		"302":  {sandbox.Fault{Status: 302, Header: http.Header{"Location": {"https://login.test"}}}, 1, "Redirects are not followed"},
		"502":  {sandbox.Fault{Status: 502, Times: -1}, 5, "gave up after 5 attempts (max_retries = 4)"},
		"html": {sandbox.Fault{Status: 200, Body: "<html><title>Sign in</title>"}, 1, `an HTML page titled "Sign in"`},
	} {
		inBubble(t, today(), nil, func(b *bench) {
			c.fault.Method = get
			b.server.Inject(c.fault)
			failure := b.refuse(b.want())
			b.says(failure.Error(), "Task Could Not Be Read", "Nothing was sent", c.says)
			if got := b.server.Count(get, ""); got != c.gets || b.server.Count(post, "") != 0 {
				b.Errorf("%s: %d GETs, %d POSTs", name, got, b.server.Count(post, ""))
			}
		})
	}
}
