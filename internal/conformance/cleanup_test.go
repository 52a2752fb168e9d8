// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"errors"
	"maps"
	"net/http"
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

// TestSharedProcess has a task in a process with tasks of others, which must not be archived with
// it.
func TestSharedProcess(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	settings := settingsFor(t, server.URL())
	a := &account{client: newClient(settings, newPacer(settings, responseTimeout)), stamp: "stamp", user: "1001"}
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
