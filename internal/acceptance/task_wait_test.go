// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package acceptance

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/provider"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// pollInterval is the one that waits have unless the configuration says otherwise.
const pollInterval = 15 * time.Second

// waitEnds reports whether a fault of a request ends a wait, because no later poll can do better.
// The list of a process is only a hint: a refusal of it says nothing about the task.
func waitEnds(means meaning, ofList bool) bool {
	switch means {
	case busyTooLong, longHandled:
		return true
	case refused, noEndpoint, noSuchCall:
		return !ofList
	case fine, unsent, lost, lostHandled, busy, busyHandled, absent, cut, unreadable, foreign, ours:
	}
	return false
}

// TestTaskWaitMatrix lets each fault meet both requests of a wait: the poll of the list, and the
// read of the task that it leads to. A wait only reads. It outlasts whatever passes without help,
// and sends no more than one request an interval besides one for the task.
func TestTaskWaitMatrix(t *testing.T) {
	t.Parallel()
	for n, f := range faults {
		for request, ofList := range map[string]bool{"list": true, "task": false} {
			t.Run(request+": "+f.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { testWaitThrough(t, f, n+1, ofList) })
			})
		}
	}
}

func testWaitThrough(t *testing.T, f fault, n int, ofList bool) {
	server := sandbox.New(sandbox.Config{})
	network := listen(server)
	defer network.close()
	task := newTestCase(row{operation: refresh}, n, server)
	terraform, err := prototest.New(t.Context(), provider.NewOver("test", network), prototest.Attributes{
		"access_token": sandbox.DefaultToken, "organization_id": sandbox.DefaultOrganization, "base_url": "http://127.0.0.1/api", "preflight": false,
	}, "tallyfy_task_wait")
	if err != nil {
		t.Fatal(err)
	}
	block := prototest.Attributes{"run_id": task.run, "task_id": task.task}

	skip := 0
	if !ofList {
		skip = 1 // the list shows the task as completed, and is followed by it
		server.CompleteOutside(task.task, colleague, nil)
	}
	if f.respond == nil {
		network.breakNext([]hit{{fault: f, method: http.MethodGet, skip: skip}})
	} else {
		scripted := f.respond(task, http.MethodGet)
		scripted.Method, scripted.Skip = http.MethodGet, skip
		server.Inject(scripted)
	}
	if ofList {
		time.AfterFunc(20*time.Second, func() { server.CompleteOutside(task.task, colleague, nil) })
	}

	plan, err := terraform.Plan(context.Background(), block)
	if err != nil || plan.Action != prototest.Create {
		t.Fatalf("the plan is to %q: %v\n%s", plan.Action, err, plan)
	}
	began := time.Now()
	said, err := terraform.Apply(context.Background(), plan)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	if ends := waitEnds(f.means, ofList); said.Failed() != ends || (terraform.State == nil) != ends {
		t.Fatalf("after %s: the wait failed: %t, and should have: %t\n%s", took, said.Failed(), ends, said)
	}
	if said.Failed() && !strings.Contains(said.String(), "Error: "+notRead) || !said.Failed() && said.String() != "" {
		t.Errorf("it says:\n%s", said)
	}
	if terraform.State != nil && terraform.State.Tainted {
		t.Error("what is recorded is tainted")
	}
	pages, reads := waitRequests(t, server)
	if most := int(took/pollInterval) + 1; pages > most || reads > 2 {
		t.Errorf("%d pages and %d tasks were read in %s", pages, reads, took)
	}

	server.Calm()
	if ofList { // a wait that ended before
		server.CompleteOutside(task.task, colleague, nil)
	}
	for range 2 {
		if plan, err = terraform.Plan(context.Background(), block); err != nil {
			t.Fatal(err)
		}
		if said, err = terraform.Apply(context.Background(), plan); err != nil || said.Failed() {
			t.Fatalf("the next apply says: %v\n%s", err, said)
		}
	}
	if plan.Action != prototest.NoOp || terraform.State == nil {
		t.Errorf("in the end the plan is to %q, and the state is %v", plan.Action, terraform.State)
	}
	waitRequests(t, server)
}

// waitRequests counts the lists and the tasks that were read, and fails the test if anything else
// was sent.
func waitRequests(t *testing.T, server *sandbox.Server) (pages, tasks int) {
	t.Helper()
	for _, entry := range server.Journal() {
		switch {
		case entry.Method != http.MethodGet:
			t.Errorf("%s %s was sent", entry.Method, entry.Path)
		case strings.HasSuffix(entry.Path, "/tasks"):
			pages++
		default:
			tasks++
		}
	}
	return pages, tasks
}
