// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

func TestPreflight(t *testing.T) {
	t.Parallel()
	task := func(change func(*tallyfy.Task)) *tallyfy.Task {
		task := formTask()
		change(task)
		return task
	}
	done := func(k *tallyfy.Task) {
		k.Status, k.CompletedAt, k.Taskdata = "completed", "2026-05-20T17:00:00Z", map[string]any{"f1": "vpc-1"}
	}
	approval := func(k *tallyfy.Task) { k.Type, k.Form = tallyfy.TypeApproval, nil }
	named := func(key string, value any) Desired { return Desired{FormFields: map[string]any{key: value}} }
	const required, adopts = "Required Field Is Empty", "Task Is Already Completed"
	const expires = "Expiring Task Cannot Be Decided"
	for name, c := range map[string]struct {
		task     *tallyfy.Task
		want     Desired
		unknown  bool
		problems []string
		warnings []string
	}{
		"required field is empty":           {task(func(*tallyfy.Task) {}), Desired{}, false, nil, []string{required}},
		"required field is filled":          {task(func(k *tallyfy.Task) { k.Form[0].Value = "x" }), Desired{}, false, nil, nil},
		"required field is configured":      {formTask(), named("VPC id", "x"), false, nil, nil},
		"required field comes later":        {formTask(), named("vpc-id-1", Unknown{}), false, nil, []string{required}}, // the key is the ID of another field
		"required field comes later, by id": {formTask(), Desired{Taskdata: map[string]any{"f1": Unknown{}}}, false, nil, nil},
		"required field is a secret":        {formTask(), Desired{SecretFormFields: map[string]any{"VPC id": Unknown{}}}, false, nil, nil},
		"unknown id":                        {formTask(), Desired{Taskdata: map[string]any{"f1": "x", "zz": "x"}}, false, []string{"Unknown Form Field"}, nil},
		"unknown id of a secret":            {formTask(), Desired{SecretTaskdata: map[string]any{"f1": "x", "zz": Unknown{}}}, false, []string{"Unknown Form Field"}, nil},
		"two mistakes":                      {formTask(), Desired{FormFields: map[string]any{"VPC id": "x", "Tier": "x", "Nix": 1}}, false, []string{"Unknown Form Field", "Invalid Form Value"}, nil},
		"form is not shown":                 {task(func(k *tallyfy.Task) { k.Form = nil }), named("Nix", "x"), false, []string{"Form Cannot Be Read"}, nil},

		"completed as configured":            {task(done), named("VPC id", "vpc-1"), false, nil, []string{adopts}},
		"completed, value comes later":       {task(done), named("VPC id", Unknown{}), false, nil, []string{adopts}},
		"completed as configured, reordered": {task(func(k *tallyfy.Task) { done(k); k.Taskdata["f7"] = regions() }), named("Regions", []any{"eu-central-1", "us-west-2"}), false, nil, []string{adopts}},
		"completed otherwise":                {task(done), named("VPC id", "vpc-2"), false, []string{"Task Is Already Completed Differently"}, nil},
		"completed otherwise, by a secret":   {task(done), Desired{SecretTaskdata: map[string]any{"f1": "vpc-2"}}, false, []string{"Task Is Already Completed Differently"}, nil},
		"archived":                           {task(func(k *tallyfy.Task) { k.ArchivedAt = "2026" }), named("VPC id", "x"), false, []string{"Task Is Archived"}, nil},

		"approval without a decision":        {task(approval), Desired{}, false, []string{"Approval Needs a Decision"}, nil},
		"approval, decision comes later":     {task(approval), Desired{}, true, nil, nil},
		"rejected, decision comes later":     {task(func(k *tallyfy.Task) { approval(k); done(k); k.IsApproved = new(false) }), Desired{}, true, nil, []string{adopts}},
		"rejected, to be approved":           {task(func(k *tallyfy.Task) { approval(k); done(k); k.IsApproved = new(false) }), Desired{IsApproved: new(true)}, false, []string{"Task Is Already Completed Differently"}, nil},
		"no approval, decision":              {task(func(k *tallyfy.Task) { k.Type, k.Form = "task", nil }), Desired{IsApproved: new(true)}, false, nil, []string{"Decision Has No Effect on This Task"}},
		"no approval, decision comes later":  {task(func(k *tallyfy.Task) { k.Type, k.Form = "task", nil }), Desired{}, true, nil, nil},
		"expiring, decision":                 {task(func(k *tallyfy.Task) { k.Type, k.Form = "expiring", nil }), Desired{IsApproved: new(false)}, false, []string{"Expiring Task Cannot Be Decided"}, nil},
		"expiring, decision comes later":     {task(func(k *tallyfy.Task) { k.Type, k.Form = "expiring", nil }), Desired{}, true, nil, []string{expires}},
		"completed expiring, decision later": {task(func(k *tallyfy.Task) { done(k); k.Type, k.Form = "expiring", nil }), Desired{}, true, nil, []string{expires}},
	} {
		t.Run(name, func(t *testing.T) {
			plan := Planned{Desired: c.want}
			if c.unknown {
				plan.Unknown = []string{attrIsApproved}
			}
			f := predict(c.task, plan)
			problems, warnings := f.problems, f.warnings
			if got := summaries(problems); got != strings.Join(c.problems, "|") {
				t.Errorf("problems %q, want %q", got, c.problems)
			}
			if got := summaries(warnings); got != strings.Join(c.warnings, "|") {
				t.Errorf("warnings %q, want %q", got, c.warnings)
			}
		})
	}
}

// regions is a multiselect with both of its options selected.
func regions() []any {
	return []any{map[string]any{"id": json.Number("1"), "text": "us-west-2", "selected": true}, map[string]any{"id": json.Number("2"), "text": "eu-central-1", "selected": true}}
}

// summaries returns the summaries of notices without their tasks.
func summaries(notices []Notice) string {
	var all []string
	for _, notice := range notices {
		title, _, _ := strings.Cut(notice.Summary, ": ")
		all = append(all, title)
	}
	return strings.Join(all, "|")
}

// All planned tasks of a run are read with one request, and those of another run with another.
func TestPreflightReadsOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		const other = "5eed0000000000000000000000000043"
		p := h.engine.Preflight()
		var all sync.WaitGroup
		for n := range 40 {
			task := sandbox.Task{ID: fmt.Sprintf("7a5c%028d", n), RunID: []string{runID, other}[n%2]}
			h.server.AddTask(task)
			ref := tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: task.RunID, Task: task.ID}
			p.Expect(ref)
			all.Go(func() {
				time.Sleep(time.Second) // until all have been added
				if problems, warnings, err := checkNew(p, h, Desired{Task: ref}); err != nil || len(problems)+len(warnings) > 0 {
					h.Errorf("got %v, %v, %v", problems, warnings, err)
				}
			})
		}
		all.Wait()
		h.wantRequests(get, get)
	})
}

// A list may lag, so a task that it shows as completed, or does not show, is read separately.
func TestPreflightConfirmsAListByARead(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ListLag: 1}, nil, func(h *harness) {
		h.server.CompleteOutside(taskID, sandbox.SeedColleagueID, nil)
		h.server.ReopenOutside(taskID) // which the list does not show yet
		problems, warnings, err := checkNew(h.listingPreflight(), h, h.wantValue("x"))
		if err != nil || len(problems)+len(warnings) > 0 {
			h.Errorf("got %v, %v, %v", problems, warnings, err)
		}
		h.wantRequests(get, get)
	})
	inBubble(t, today(), nil, func(h *harness) {
		want := h.want()
		want.Task.Task = "7a5c000000000000000000000000dead"
		problems, warnings, err := checkNew(h.listingPreflight(), h, want)
		if err != nil || len(problems) > 0 || summaries(warnings) != "Task Cannot Be Found" {
			h.Errorf("got %v, %v, %v", problems, warnings, err)
		}
		h.wantText(details(Result{Warnings: warnings}), "The list of the process has", "no task with this ID (tasks in it: 1)", "an automation makes the task visible")
		h.wantRequests(get, get, get) // the list, the task in its process, and in the organization
	})
}

// A check without a response reports nothing, and delays a plan only briefly. A refusal is a
// warning, once.
func TestPreflightThatFails(t *testing.T) {
	t.Parallel()
	const notChecked = "Tasks Could Not Be Checked"
	for name, c := range map[string]struct {
		fault sandbox.Fault
		// requests are those for six tasks: three of one process, and three without one.
		requests int
		warns    bool
		says     []string
	}{
		"502":          {sandbox.Fault{Status: 502}, 4, false, nil},
		"429":          {sandbox.Fault{Status: 429}, 4, false, nil},
		"no answer":    {sandbox.Fault{Delay: time.Hour}, 1, false, nil},
		"401":          {sandbox.Fault{Status: 401}, 1, true, []string{"Tallyfy returned 401", "likely to fail in the same way", "Token from: TALLYFY_X", "Check the access token"}},
		"a page":       {sandbox.Fault{Status: 200, Body: "<html><title>Sign in</title>"}, 1, true, []string{"200 OK, but the response is not a list of tasks", "check base_url"}},
		"elsewhere":    {sandbox.Fault{Status: 302}, 1, true, []string{"302", "Redirects are not followed"}},
		"no such path": {sandbox.Fault{Status: 404, Body: `{"code":"ENDPOINT_NOT_FOUND"}`}, 1, true, []string{"check base_url", "An apply sends completions even if it cannot read their tasks"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				c.fault.Times = -1
				h.server.Inject(c.fault)
				began := time.Now()
				p := h.listingPreflight()
				var all []Notice
				for n := range 6 {
					want := h.want()
					want.Task.Task = fmt.Sprintf("7a5c%028d", n)
					if n >= 3 {
						want.Task.Run = "" // so that it has no list to share
					}
					problems, warnings, err := checkNew(p, h, want)
					if err == nil || len(problems) > 0 {
						h.Errorf("got %v, %v", problems, err)
					}
					all = append(all, warnings...)
				}
				if want := map[bool]string{true: notChecked}[c.warns]; summaries(all) != want {
					h.Errorf("the warnings are %q, want %q", summaries(all), want)
				}
				h.wantText(details(Result{Warnings: all}), c.says...)
				if n := h.server.Count("", ""); n != c.requests || time.Since(began) > preflightTime {
					h.Errorf("%d requests in %s", n, time.Since(began))
				}
			})
		})
	}
}

// A token that must not list a process may still be allowed to read its tasks. Each is then read
// separately.
func TestPreflightWithoutTheRightToList(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: get, PathPart: "/tasks/" + taskID, Times: -1})
		h.server.Inject(sandbox.Fault{Method: get, Status: 403, Times: -1})
		p := h.engine.Preflight()
		if problems, warnings, err := checkNew(p, h, h.want()); err != nil || len(problems)+len(warnings) > 0 {
			h.Errorf("got %v, %v, %v", problems, warnings, err)
		}
		other := h.want()
		other.Task.Task = "7a5c0000000000000000000000000043"
		if _, warnings, err := checkNew(p, h, other); err == nil || summaries(warnings) != "Tasks Could Not Be Checked" {
			h.Errorf("got %v, %v", warnings, err)
		}
		h.wantRequests(get, get, get)
	})
}

// A 401 may concern one task (API.md §3.1). After another task was shown, it does, so that the
// others are still checked.
func TestPreflightOfOneTaskThatIsRefused(t *testing.T) {
	t.Parallel()
	const third = "7a5c0000000000000000000000000043"
	inBubble(t, today(), nil, func(h *harness) {
		h.server.AddTask(sandbox.Task{ID: third, Hidden: true})
		refused := h.want()
		refused.Task.Run, refused.Task.Task = "", "7a5c0000000000000000000000000044"
		h.server.Inject(sandbox.Fault{PathPart: refused.Task.Task, Status: 401, Body: "Unauthorized.", Times: -1})
		p := h.engine.Preflight()
		if problems, warnings, err := checkNew(p, h, h.want()); err != nil || len(problems)+len(warnings) > 0 {
			h.Errorf("got %v, %v, %v", problems, warnings, err)
		}
		_, warnings, err := checkNew(p, h, refused)
		if err == nil || summaries(warnings) != "Tasks Could Not Be Checked" {
			h.Fatalf("got %v, %v", warnings, err)
		}
		h.wantText(warnings[0].Detail, "This task was not checked, nor any other of this plan that Tallyfy refuses to show.", "not allowed to do this")
		other := h.want()
		other.Task.Run, other.Task.Task = "", third
		if _, warnings, err := checkNew(p, h, other); err != nil || summaries(warnings) != "Task Is Hidden" {
			h.Errorf("got %v, %v", warnings, err)
		}
	})
}

// An application that gets no token is a refusal too.
func TestPreflightOfAnApplicationThatIsRefused(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		client, err := tallyfy.New(tallyfy.Config{
			BaseURL: "http://127.0.0.1/api", Transport: sandbox.Transport{Handler: h.server}, RequestTimeout: time.Minute,
			Credentials: &tallyfy.Credentials{ClientID: "7", ClientSecret: "wrong-secret", TokenURL: "http://127.0.0.1/oauth/token"},
			TokenSource: "the application",
		})
		if err != nil {
			h.Fatal(err)
		}
		_, warnings, err := checkNew(New(client).Preflight(), h, h.want())
		if err == nil || summaries(warnings) != "Tasks Could Not Be Checked" {
			h.Fatalf("got %v, %v", warnings, err)
		}
		h.wantText(warnings[0].Detail, "getting an access token", "401", "Token from: the application", "Check client_id")
	})
}

// An untrusted certificate is a refusal too, of the API or of the server of the tokens: only a
// setting helps. A warning reports it once for the plan.
func TestPreflightWithAnUntrustedCertificate(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	for name, config := range map[string]tallyfy.Config{
		"API":    {BaseURL: server.URL, AccessToken: "token"},
		"tokens": {BaseURL: "http://127.0.0.1/api", Credentials: &tallyfy.Credentials{ClientID: "7", ClientSecret: "secret", TokenURL: server.URL}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := tallyfy.New(config)
			if err != nil {
				t.Fatal(err)
			}
			p := New(client).Preflight()
			ref := tallyfy.TaskRef{Organization: "o", Run: runID, Task: "7a5c0000000000000000000000000001"}
			found := p.Check(t.Context(), Planned{Desired: Desired{Task: ref}})
			if found.Err == nil || len(found.Problems) > 0 || summaries(found.Warnings) != "Tasks Could Not Be Checked" {
				t.Fatalf("got %+v", found)
			}
			for _, text := range []string{"was not accepted: x509: ", "an apply is likely to fail in the same way", "ca_cert_file or ca_cert_pem"} {
				if !strings.Contains(found.Warnings[0].Detail, text) {
					t.Errorf("it does not say %q: %s", text, found.Warnings[0].Detail)
				}
			}
			ref.Task = "7a5c0000000000000000000000000002"
			if again := p.Check(t.Context(), Planned{Desired: Desired{Task: ref}}); again.Err == nil || len(again.Warnings) > 0 || !p.SkipsReads(ref) {
				t.Errorf("got %+v for the second task", again)
			}
		})
	}
	t.Cleanup(func() {
		if requests.Load() > 0 {
			t.Errorf("%d requests were sent", requests.Load())
		}
	})
}

// On a network that drops packets, thirty blocks wait no longer than one, with or without run_id.
func TestPreflightOfManyWithoutAResponse(t *testing.T) {
	t.Parallel()
	for _, run := range []string{"", runID} {
		t.Run(fmt.Sprintf("run_id %q", run), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				h.server.Inject(sandbox.Fault{Delay: time.Hour, Times: -1})
				p := h.engine.Preflight()
				began := time.Now()
				var all sync.WaitGroup
				slots := make(chan struct{}, 10)
				for n := range 30 {
					slots <- struct{}{}
					if n > 0 && n < 10 { // the first ten begin one after the other, before the first one has failed
						time.Sleep(400 * time.Millisecond)
					}
					all.Go(func() {
						defer func() { <-slots }()
						ref := tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: run, Task: fmt.Sprintf("7a5c%028d", n)}
						if problems, warnings, err := checkNew(p, h, Desired{Task: ref}); err == nil || len(problems)+len(warnings) > 0 {
							h.Errorf("got %v, %v, %v", problems, warnings, err)
						}
					})
				}
				all.Wait()
				if took := time.Since(began); took > preflightTime {
					h.Errorf("it took %s", took)
				}
				if n := h.server.Count("", ""); n > 10 {
					h.Errorf("%d requests were sent", n)
				}
			})
		})
	}
}

// A task without a process is in no list. It is read with its form, so that mistakes in its values
// are found while planning.
func TestPreflightOfAOneOffTask(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		want := h.oneOffValue("x")
		want.Taskdata["f1e1d0000000000000000000000000aa"] = "x"
		problems, _, err := checkNew(h.engine.Preflight(), h, want)
		if err != nil || summaries(problems) != "Unknown Form Field" {
			h.Errorf("got %v, %v", problems, err)
		}
		h.wantRequests(get)
	})
}

// Tallyfy's messages while planning may repeat a write-only value too.
func TestPreflightRedactsSecrets(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), oneOff, func(h *harness) {
		h.server.Inject(sandbox.Fault{Method: get, Status: 404, Body: `{"message":"no s3cr3t-db-password here","code":"RESOURCE_NOT_FOUND"}`})
		want := h.oneOffValue("x")
		want.SecretTaskdata = map[string]any{"other": "s3cr3t-db-password"}
		_, warnings, err := checkNew(h.engine.Preflight(), h, want)
		if err != nil || summaries(warnings) != "Task Cannot Be Found" {
			h.Fatalf("got %v, %v", warnings, err)
		}
		h.wantText(warnings[0].Detail, "no (write-only value) here")
	})
}

// A required field that was filled in after the list was taken is not reported as empty.
func TestPreflightOfARequiredFieldThatAListShowsEmpty(t *testing.T) {
	t.Parallel()
	required := func(k *sandbox.Task) { k.Fields[0].Required = true }
	inBubble(t, sandbox.Config{ListLag: 1}, required, func(h *harness) {
		h.server.Update(taskID, func(k *sandbox.Task) { k.Taskdata = map[string]any{field: "filled in"} })
		h.wantFindings(h.listingPreflight().Check(h.ctx, Planned{Desired: h.want()}), "", "")
		h.wantRequests(get, get)
	})
	inBubble(t, today(), required, func(h *harness) {
		h.wantFindings(h.listingPreflight().Check(h.ctx, Planned{Desired: h.want()}), "", "Required Field Is Empty")
	})
}

// A task that an automation hides is planned with a warning, because Tallyfy rejects its completion
// until an automation shows it.
func TestPreflightOfAHiddenTask(t *testing.T) {
	t.Parallel()
	hidden := func(k *sandbox.Task) { k.Hidden = true }
	inBubble(t, today(), hidden, func(h *harness) {
		f := h.listingPreflight().Check(h.ctx, Planned{Desired: h.want()})
		h.wantFindings(f, "", "Task Is Hidden")
		h.wantText(f.Warnings[0].Detail, `Tallyfy shows it as "auto-skipped"`, "sends the completion, and fails unless an automation shows the task by then")
		h.server.ResetJournal()
		h.wantText(h.refuse(h.want()).Error(), "422")
		h.wantRequests(post) // it rests on the check's read
	})
	inBubble(t, sandbox.Config{ListLag: 1}, hidden, func(h *harness) { // the list does not show yet that the task is visible
		h.server.Update(taskID, func(k *sandbox.Task) { k.Hidden = false })
		h.wantFindings(h.listingPreflight().Check(h.ctx, Planned{Desired: h.want()}), "", "")
	})
}
