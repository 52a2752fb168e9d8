// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestWebhooks launches a process and completes its steps, and reads what the address of the
// template receives.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var bodies []map[string]any
	var events []string
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		text, _ := io.ReadAll(r.Body)
		var body map[string]any
		if err := json.Unmarshal(text, &body); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		bodies = append(bodies, body)
		if got := r.Header.Get("X-Tallyfy-orgID"); got != org || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s of %q, in %q", r.Method, got, r.Header.Get("Content-Type"))
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer receiver.Close()

	c := start(t, sandbox.Config{WebhookURL: receiver.URL, WatchWebhooks: func(done sandbox.WebhookCall) {
		events = append(events, fmt.Sprint(done.Event, " ", done.Status))
	}})
	c.AddTemplate("template", "Launch a service",
		sandbox.Task{Title: "Request the VPC", Alias: "request-the-vpc", Owners: sandbox.Owners{Users: []int64{sandbox.CallerID}, Guests: []string{sandbox.SeedGuest}}},
		sandbox.Task{Title: "Provision the VPC", Fields: []sandbox.Field{{ID: field, Label: "VPC id", Alias: "vpc-id", Type: "text"}}},
		sandbox.Task{Title: "Escalate", Alias: "escalate", Hidden: true},
	)
	processID := createdID(t, c.expect(http.StatusCreated, http.MethodPost, orgRuns, `{"checklist_id":"template","name":"Payments"}`))
	c.WaitForWebhooks()
	launch := bodies[0]
	tasks, _ := launch["process-tasks"].(map[string]any)
	requestID, _ := tasks["request-the-vpc"].(string)
	if launch["id"] != processID || launch["completed_at"] != nil || launch["this_task"] != nil || len(tasks) != 3 || requestID == "" {
		t.Errorf("the launch sent %v", launch)
	}
	var vpcID string
	for alias, id := range tasks {
		if alias == id { // without an alias, the ID is the key
			vpcID, _ = id.(string)
		}
	}

	complete := "/organizations/" + org + "/runs/" + processID + "/completed-tasks"
	c.expect(http.StatusOK, http.MethodPost, complete, `{"task_id":"`+requestID+`"}`)
	c.WaitForWebhooks()
	step := bodies[1]
	this, _ := step["this_task"].(map[string]any)
	process, _ := step["process"].(map[string]any)
	next, _ := step["next_task"].(map[string]any)
	owners, _ := this["owners"].(map[string]any)
	if this["id"] != requestID || this["alias"] != "request-the-vpc" || this["status"] != "completed" || this["completed_at"] == nil ||
		process["id"] != processID || process["organization_id"] != org || next["id"] != vpcID || fmt.Sprint(owners["guests"]) != "["+sandbox.SeedGuest+"]" {
		t.Errorf("the step sent %v", step)
	}

	// A repeated completion calls again.
	c.expect(http.StatusOK, http.MethodPost, complete, `{"task_id":"`+requestID+`"}`)
	c.WaitForWebhooks()
	if len(bodies) != 3 {
		t.Errorf("there were %d calls", len(bodies))
	}

	// The last visible step also completes the process. Its values are in the payload.
	c.CompleteOutsideWith(vpcID, sandbox.SeedColleagueID, nil, map[string]any{field: "vpc-1"})
	c.WaitForWebhooks()
	step, done := bodies[3], bodies[4]
	if fields, _ := step["form-fields"].(map[string]any); fields["vpc-id"] != "vpc-1" || fmt.Sprint(step["next_task"]) != "[]" {
		t.Errorf("the last step sent %v", step)
	}
	if done["id"] != processID || done["completed_at"] == nil {
		t.Errorf("the completed process sent %v", done)
	}
	want := []string{
		"process launched: Payments 202", "step completed: Request the VPC 202", "step completed: Request the VPC 202",
		"step completed: Provision the VPC 202", "process completed: Payments 202",
	}
	if !slices.Equal(events, want) {
		t.Errorf("the calls were %q", events)
	}
}

// TestWebhooksLost calls an address whose server closes each connection, once. The address stays in
// use, so that no other test's server can respond there.
func TestWebhooksLost(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(gone.Close)
	var calls []sandbox.WebhookCall
	c := start(t, sandbox.Config{WebhookURL: gone.URL, WatchWebhooks: func(done sandbox.WebhookCall) { calls = append(calls, done) }})
	c.AddTask(sandbox.Task{ID: task, RunID: run})
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	c.WaitForWebhooks()
	if len(calls) != 2 || calls[0].Err == nil || calls[0].Status != 0 || !strings.Contains(string(calls[0].Body), task) {
		t.Errorf("the calls were %+v", calls)
	}
}
