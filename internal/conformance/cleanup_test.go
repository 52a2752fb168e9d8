// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestStray loses the response to the first creation. The task is archived nevertheless.
func TestStray(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	server.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "/tasks", Times: 1, Handle: true, Drop: true})
	report, _ := observeOnly(t, settingsFor(t, server.URL()), nil)
	want := maps.Clone(ofToday)
	for _, o := range creation().observations {
		want[o.ID] = "→ not observed"
	}
	checkSeen(t, report, want)
	checkRemoved(t, server)
}

// TestLostLaunch loses the response to a launch, or gets one that does not say what was launched.
// The process is archived nevertheless.
func TestLostLaunch(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"no response": {Drop: true},
		"502":         {Status: http.StatusBadGateway, Body: "<html></html>"},
		"no ID":       {Status: http.StatusOK, Body: `{"data":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := seeded(t, sandbox.Config{})
			fault.Method, fault.PathPart, fault.Times, fault.Handle = http.MethodPost, "/runs", 1, true
			server.Inject(fault)
			a := accountOf(t, server.URL())
			if _, err := a.launch(t.Context()); err == nil {
				t.Fatal("the response was not lost")
			}
			if left := a.cleanUp(t.Context()); len(left) != 0 {
				t.Errorf("left: %q", left)
			}
			if n := archivedRuns(server); n != 1 {
				t.Errorf("%d processes were archived", n)
			}
		})
	}
}

// TestLostAndNotFound loses a creation, and the search does not find it. What may be left is named.
func TestLostAndNotFound(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	server.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "/tasks", Times: 1, Handle: true, Drop: true})
	a := accountOf(t, changed(t, server, func(r *http.Request, _ string, w *httptest.ResponseRecorder) {
		if r.URL.Query().Has("q") {
			respond(w, http.StatusOK, `{"data":[]}`)
		}
	}))
	if _, err := a.newTask(t.Context(), spec{purpose: "lost"}); err == nil {
		t.Fatal("the response was not lost")
	}
	left := a.cleanUp(t.Context())
	if len(left) != 1 || !strings.HasPrefix(left[0], `the task "`+a.title("lost")+`": its creation got no response`) {
		t.Errorf("left: %q", left)
	}
}

// TestRefusedCreation leaves nothing to search for.
func TestRefusedCreation(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	server.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "/tasks", Times: 1, Status: http.StatusPaymentRequired})
	a := accountOf(t, server.URL())
	stopped, stop := context.WithCancel(t.Context())
	if _, err := a.newTask(t.Context(), spec{}); err == nil {
		t.Fatal("it was not refused")
	}
	stop()
	if _, err := a.newTask(stopped, spec{}); err == nil {
		t.Fatal("it was sent")
	}
	unreachable := accountOf(t, "http://127.0.0.1:1/api")
	if _, err := unreachable.newTask(t.Context(), spec{}); err == nil {
		t.Fatal("there is a server")
	}
	if len(a.created)+len(unreachable.created) != 0 {
		t.Errorf("%d are remembered", len(a.created)+len(unreachable.created))
	}
}

// TestOthersStay has tasks that look like the suite's: of a person, and of another run. The
// clean-up archives neither, and names them.
func TestOthersStay(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	a, other := accountOf(t, server.URL()), accountOf(t, server.URL())
	other.stamp = "other"
	server.AddTask(sandbox.Task{ID: "a0000000000000000000000000000001", Title: "Read about " + a.title("mine"), Type: "task"})
	if _, err := other.newTask(t.Context(), spec{purpose: "theirs"}); err != nil {
		t.Fatal(err)
	}
	server.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "/tasks", Times: 1, Drop: true})
	if _, err := a.newTask(t.Context(), spec{purpose: "mine"}); err == nil {
		t.Fatal("the request was not lost")
	}
	if left := a.cleanUp(t.Context()); len(left) != 1 || !strings.Contains(left[0], "so it may not exist") {
		t.Errorf("left: %q", left)
	}
	if got := server.Listed(titlePrefix); len(got) != 2 {
		t.Errorf("listed: %q", got)
	}
	if got := a.others(t.Context()); !slices.Equal(got, []string{other.title("theirs")}) {
		t.Errorf("others: %q", got)
	}
}

// TestContainerNotSeen has a container whose list does not show whose tasks it has. It stays.
func TestContainerNotSeen(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]func(id, title string) string{
		"empty":      func(string, string) string { return `{"data":[]}` },
		"a page":     func(string, string) string { return `<html></html>` },
		"without it": func(_, title string) string { return `{"data":[{"id":"x","title":"` + title + `"}]}` },
		"more pages": func(id, title string) string {
			return `{"data":[{"id":"` + id + `","title":"` + title + `"}],"meta":{"pagination":{"total":2}}}`
		},
		"more, unnumbered": func(id, title string) string {
			return `{"data":[{"id":"` + id + `","title":"` + title + `"}],"meta":{"pagination":{"has_more":true}}}`
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := seeded(t, sandbox.Config{})
			var a *account
			a = accountOf(t, changed(t, server, func(r *http.Request, _ string, w *httptest.ResponseRecorder) {
				if strings.HasSuffix(r.URL.Path, "/runs/"+sandbox.SeedRunID+"/tasks") {
					respond(w, http.StatusOK, list(sandbox.SeedPlainTaskID, a.title("mine")))
				}
			}))
			a.created = []*fixture{{id: sandbox.SeedPlainTaskID, title: a.title("mine")}}
			left := a.cleanUp(t.Context())
			if len(left) != 1 || !strings.Contains(left[0], "a list does not show all tasks of its process "+sandbox.SeedRunID) {
				t.Errorf("left: %q", left)
			}
			if n := archivedRuns(server); n != 0 {
				t.Errorf("%d processes were archived", n)
			}
		})
	}
}

// TestArchivedAlready finds that someone, or a request without a response, has archived a task and
// a process.
func TestArchivedAlready(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	a := accountOf(t, server.URL())
	if _, err := a.newTask(t.Context(), spec{purpose: "archived"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.launch(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Inject(sandbox.Fault{Method: http.MethodDelete, Times: 2, Handle: true, Drop: true})
	if left := a.cleanUp(t.Context()); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}

// accountOf returns an account of the sandbox's user at an address.
func accountOf(t *testing.T, base string) *account {
	t.Helper()
	settings := settingsFor(t, base)
	return &account{client: newClient(settings, newPacer(settings, responseTimeout)), stamp: "stamp", user: "1001"}
}

// archivedRuns returns how many processes were archived.
func archivedRuns(server *sandbox.Server) (n int) {
	for _, e := range server.Journal() {
		if e.Method == http.MethodDelete && strings.Contains(e.Path, "/runs/") && e.Status == http.StatusOK {
			n++
		}
	}
	return n
}

// TestSharedProcess has a task in a process with tasks of others, which must not be archived with
// it.
func TestSharedProcess(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	a := accountOf(t, server.URL())
	a.created = []*fixture{{id: sandbox.SeedPlainTaskID, run: sandbox.SeedRunID, title: a.title("in a process of others")}}
	left := a.cleanUp(t.Context())
	if len(left) != 1 || !strings.Contains(left[0], sandbox.SeedPlainTaskID) || !strings.Contains(left[0], "its process "+sandbox.SeedRunID+" has other tasks too") {
		t.Errorf("left: %q", left)
	}
	if n := server.Count(http.MethodDelete, "/runs/"); n != 0 {
		t.Errorf("%d processes were archived", n)
	}
}

// TestTemplateThatCannotBeLaunched skips what needs a process, and does not fail.
func TestTemplateThatCannotBeLaunched(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	settings := settingsFor(t, server.URL())
	settings.Template = unknownID
	a := &account{client: newClient(settings, newPacer(settings, responseTimeout)), stamp: "stamp", user: "1001"}
	e := &evidence{account: a}
	if err := e.prepareProcess(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, check := range []func() error{e.checkProcess, e.checkList} {
		var reason skipped
		if err := check(); !errors.As(err, &reason) || !strings.Contains(err.Error(), "launching a process: POST /organizations/"+sandbox.DefaultOrganization+"/runs: 404") {
			t.Errorf("got %v", err)
		}
	}
}

// TestCompletable completes only open tasks of the process that the suite launched, which need
// nothing.
func TestCompletable(t *testing.T) {
	t.Parallel()
	process := &fixture{id: "p"}
	rows := []object{
		{"id": "1", "task_type": "task"},
		{"id": "2", "task_type": "task", "run_id": "p"},
		{"id": "of another process", "task_type": "task", "run_id": "q"},
		{"id": "of another type", "task_type": "agent"},
		{"id": "done", "task_type": "task", "completed_at": "2035-06-06T12:00:00Z"},
		{"id": "hidden", "task_type": "task", "status": "auto-skipped"},
		{"id": "shared", "task_type": "task", "everyone_must_complete": true},
		{"id": "with a value", "task_type": "task", "form_fields": []any{object{"required": true}}},
		{"task_type": "task"},
	}
	var got []string
	for _, task := range completable(process, rows, "task") {
		got = append(got, task.id)
	}
	if !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("got %q", got)
	}
	o := &observer{account: accountOf(t, "http://127.0.0.1:1/api"), results: map[string]Observation{}}
	if err := o.seeHidden(t.Context(), process, []object{{"id": "x", "status": "auto-skipped", "run_id": "q"}}); err != nil {
		t.Errorf("it was completed: %v", err)
	}
}
