// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// The tests in this file simulate sequences of faults and of other people's changes. The engine
// completes the task once for each intent, records each of its completions, and sends nothing more
// once the faults are over.

// TestAnySequence simulates a few hundred sequences, or as many as the environment variable
// TALLYFY_SEQUENCES sets. FuzzSequence searches for more.
func TestAnySequence(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{}) // the same sequences in each run
	sequences := 500
	if n, err := strconv.Atoi(os.Getenv("TALLYFY_SEQUENCES")); err == nil {
		sequences = n
	}
	for n := range sequences {
		script := make([]byte, 8+n%120)
		if _, err := random.Read(script); err != nil {
			t.Fatal(err)
		}
		simulate(t, script)
	}
}

// FuzzSequence checks that no sequence of faults and outside events makes the engine complete a
// task twice for one intent, lose the record of a completion, or fail to settle.
func FuzzSequence(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("a lost answer and a look that fails"))
	f.Add([]byte("02X020C7")) // a share, and a change of mind while reads lag
	f.Fuzz(func(t *testing.T, script []byte) { simulate(t, script[:min(len(script), 200)]) })
}

// simulate runs a script.
func simulate(t *testing.T, script []byte) {
	t.Helper()
	p := &simulation{script: script}
	config := sandbox.Config{
		Vintage:      []sandbox.Vintage{sandbox.Today, sandbox.Legacy}[p.randomBelow(2)],
		ReadLag:      []time.Duration{0, 0, 3 * time.Second}[p.randomBelow(3)],
		ShowTaskdata: p.randomBelow(3) == 2,
	}
	if p.randomBelow(4) == 3 { // texts are stored in another form, as rich text is
		config.Rewrite = rewriteText
	}
	kind := p.randomBelow(6)
	inBubble(t, config, func(task *sandbox.Task) {
		switch kind {
		case 1, 2:
			task.Type = tallyfy.TypeApproval
		case 3:
			task.RunID = ""
		case 4:
			task.EveryoneMustComplete = 2
		}
	}, func(h *harness) {
		p.harness, p.shared, p.rewrites, p.lag = h, kind == 4, config.Rewrite != nil, config.ReadLag
		p.want = h.want()
		if kind == 3 {
			p.want.Task.Run = ""
		}
		if kind == 1 || kind == 2 {
			p.want.IsApproved = new(true)
		}
		if kind != 2 {
			p.want.Taskdata = map[string]any{field: "value 0"}
		}
		for p.at < len(p.script) && !h.Failed() {
			p.step()
			p.checkCount()
		}
		p.settle()
		if h.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			h.Errorf("script %s:\n%s", hex.EncodeToString(script), strings.Join(p.log, "\n"))
		}
	})
}

// simulation is the run of a script: what the user wants, and what is recorded.
type simulation struct {
	*harness
	script []byte
	at     int

	want       Desired
	recorded   bool
	record     Record
	applied    Desired // what was wanted when it was recorded
	warnedOpen bool    // the last apply said that Tallyfy accepted the completion and left the task open
	rewrites   bool    // the server keeps texts in another form
	lag        time.Duration
	unknown    int  // applies that did not learn the outcome of a completion whose values are stored in another form
	seconds    int  // completions of a second block, which an update of the first one may undo
	acted      bool // the last apply had something to do; values that others change in a completed task are not drift

	mu                                                       sync.Mutex // guards the fields below, which change while a request is handled
	log                                                      []string
	changes, outsideReopens, outsideCompletions, otherEvents int
	outsideCompletedAt                                       time.Time
	// shared means that everyone must complete the task, deleted that it does not exist.
	shared, deleted bool
}

// randomBelow reads a number below n from the script; 0 at its end.
func (s *simulation) randomBelow(n int) int {
	if s.at >= len(s.script) {
		return 0
	}
	s.at++
	return int(s.script[s.at-1]) % n
}

func (s *simulation) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprintf("%3d  ", len(s.server.Journal()))+fmt.Sprintf(format, args...))
}

// step simulates one event: an apply, a change by others, or a fault.
func (s *simulation) step() {
	switch s.randomBelow(8) {
	case 0, 1, 2:
		for range s.randomBelow(5) {
			s.fault()
		}
		s.apply(s.randomBelow(4) == 3, false)
	case 3:
		if s.recorded {
			s.changes++
			if s.want.IsApproved != nil && s.randomBelow(2) == 1 {
				s.want.IsApproved = new(!*s.want.IsApproved)
				s.note("the user wants the decision %v", *s.want.IsApproved)
			}
			s.want.Taskdata = map[string]any{field: fmt.Sprintf("value %d", s.changes)}
			s.note("the user wants value %d", s.changes)
		}
	case 4:
		s.server.Calm()
		s.note("the faults are over")
	default:
		s.event(s.take(2))
		time.Sleep(10 * time.Second) // replicas catch up with the others' changes before the next apply
	}
}

// sharedFor is how long a create or update may rest on the read of its check. It is not
// recentReadLife, so that the simulation notices a longer life.
const sharedFor = 2 * time.Second

// rewriteText returns the form in which a server stores a text.
func rewriteText(text string) string { return "<p>" + text + "</p>" }

// event changes the task as others do, by the script. It may happen while a request is handled.
func (s *simulation) event(script []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleted {
		return
	}
	drawn := simulation{script: script}
	task, what := s.task(), ""
	switch drawn.randomBelow(16) {
	case 0, 1, 2:
		if task.CompletedAt != "" || task.Archived {
			return
		}
		s.outsideCompletions++
		s.outsideCompletedAt = time.Now()
		s.server.CompleteOutside(taskID, sandbox.SeedColleagueID, new(drawn.randomBelow(2) == 0))
		what = "a colleague completes it"
	case 3, 4, 5, 6:
		if task.CompletedAt == "" {
			return
		}
		s.outsideReopens++
		s.server.ReopenOutside(taskID)
		what = "a colleague reopens it"
	case 7, 8:
		s.server.Update(taskID, func(task *sandbox.Task) { task.Archived = !task.Archived })
		what = "it is archived, or restored"
	case 10:
		s.server.Update(taskID, func(task *sandbox.Task) { task.Title, task.Owners.Users = "Renamed", []int64{sandbox.CallerID, 1003} })
		what = "it is renamed and reassigned"
	case 11, 12:
		if task.CompletedAt != "" || task.Archived {
			return
		}
		s.outsideCompletions++
		s.outsideCompletedAt = time.Now()
		s.server.CompleteOutsideWith(taskID, sandbox.SeedColleagueID, new(drawn.randomBelow(2) == 0), map[string]any{field: "a colleague's value"})
		what = "a colleague completes it with another value"
	case 9:
		s.deleted = true
		s.server.DeleteTask(taskID)
		what = "it is deleted"
	}
	s.otherEvents++
	s.log = append(s.log, "     "+what)
}

// take returns the next bytes of the script.
func (s *simulation) take(n int) []byte {
	part := s.script[s.at:min(s.at+n, len(s.script))]
	s.at += len(part)
	return part
}

// fault adds a fault for a later request.
func (s *simulation) fault() {
	f := []sandbox.Fault{
		{Drop: true},
		{Handle: true, Drop: true},
		{Delay: time.Hour},
		{Handle: true, Delay: time.Hour},
		{Handle: true, Delay: 15 * time.Second},
		{Status: 500},
		{Handle: true, Status: 502, Body: "<html>"},
		{Status: 503, Header: http.Header{"Retry-After": {"2"}}},
		{Handle: true, Status: 503, Header: http.Header{"Retry-After": {"2"}}},
		{Status: 429, Header: http.Header{"Retry-After": {"3"}}},
		{Status: 429},
		{Status: 401, Body: "Unauthorized."},
		{Status: 403},
		{Status: 404, Body: `{"code":"RESOURCE_NOT_FOUND"}`},
		{Status: 422, Body: `{"errors":{"x":["no"]}}`},
		{Status: 302, Header: http.Header{"Location": {"https://elsewhere.test"}}},
		{Handle: true, Status: 204},
		{Handle: true, Status: 200, Body: "<html>"},
		{Handle: true, Status: 200, Body: `{"data":[]}`},
		{Status: 200, Body: "<html><title>Sign in</title></html>"},
		{Status: 200, Body: `{"error":true,"message":"busy"}`},
		{Status: 200, Body: `{}`},
		{Status: 409},
		{Handle: true, Status: 522},
		{Status: 408},
		{}, // no fault, for the event before it
	}[s.randomBelow(26)]
	f.Method = []string{post, post, get, put, del, ""}[s.randomBelow(6)]
	if f.Status == http.StatusNotFound && (f.Method == get || f.Method == "") {
		f.Method = post // if a server hides the task, the message leaves the check to a person
	}
	f.Skip, f.Times = s.randomBelow(3), 1+s.randomBelow(3)
	if s.randomBelow(4) == 0 {
		happens := s.take(2) // decided now, so that the rest does not depend on the time of the request
		f.Before = func(*http.Request) { s.event(happens) }
		if s.randomBelow(4) == 3 {
			f.Before = func(*http.Request) { s.checkSecondBlock(context.Background()) }
		}
	}
	s.server.Inject(f)
	s.note("fault %s %+v", f.Method, f)
}
