// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"encoding/hex"
	"errors"
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

// Whatever goes wrong in whatever order, and whoever else works on the task: the engine completes it once for each time that
// it is wanted, forgets no completion of its own, and comes to rest once the faults are over.

// TestAnySequence tries some hundred sequences, or as many as the environment variable TALLYFY_SEQUENCES says. FuzzSequence looks for more.
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
		playOut(t, script)
	}
}

// FuzzSequence holds that no sequence of faults and outside events makes the engine complete a task twice for one intent, lose
// the record of a completion, or fail to settle.
func FuzzSequence(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("a lost answer and a look that fails"))
	f.Add([]byte("02X020C7")) // a share, and a change of mind while reads lag
	f.Fuzz(func(t *testing.T, script []byte) { playOut(t, script[:min(len(script), 200)]) })
}

// playOut runs what a script says.
func playOut(t *testing.T, script []byte) {
	t.Helper()
	p := &play{script: script}
	config := sandbox.Config{
		Vintage:      []sandbox.Vintage{sandbox.Today, sandbox.Legacy}[p.draw(2)],
		ReadLag:      []time.Duration{0, 0, 3 * time.Second}[p.draw(3)],
		ShowTaskdata: p.draw(3) == 2,
	}
	if p.draw(4) == 3 { // texts are kept in another form, as rich text is
		config.Rewrite = rewriteText
	}
	kind := p.draw(6)
	inBubble(t, config, func(task *sandbox.Task) {
		switch kind {
		case 1, 2:
			task.Type = approval
		case 3:
			task.RunID = ""
		case 4:
			task.EveryoneMustComplete = 2
		}
	}, func(b *bench) {
		p.bench, p.shared, p.rewrites = b, kind == 4, config.Rewrite != nil
		p.want = b.want()
		if kind == 3 {
			p.want.Task.Run = ""
		}
		if kind == 1 || kind == 2 {
			p.want.IsApproved = new(true)
		}
		if kind != 2 {
			p.want.Taskdata = map[string]any{field: "value 0"}
		}
		for p.at < len(p.script) && !b.Failed() {
			p.step()
			p.checkCount()
		}
		p.settle()
		if b.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			b.Errorf("script %s:\n%s", hex.EncodeToString(script), strings.Join(p.log, "\n"))
		}
	})
}

// play is a run of a script: what the user wants, and what is recorded.
type play struct {
	*bench
	script []byte
	at     int

	want       Desired
	recorded   bool
	record     Record
	applied    Desired // what was wanted when it was recorded
	warnedOpen bool    // the last apply said that Tallyfy accepted the completion and left the task open
	rewrites   bool    // the server keeps texts in another form
	unknown    int     // applies that could not tell what became of a completion whose values are kept in another form
	seconds    int     // completions of a second block, which the first one may have to overrule
	acted      bool    // the last apply had something to do; values that others change in a completed task are not drift

	mu                                                       sync.Mutex // guards what follows from events that happen while a request is handled
	log                                                      []string
	changes, outsideReopens, outsideCompletions, otherEvents int
	// shared says that everyone must complete the task, deleted that it is gone.
	shared, deleted bool
}

// draw takes a number below n from the script, 0 once that has ended.
func (p *play) draw(n int) int {
	if p.at >= len(p.script) {
		return 0
	}
	p.at++
	return int(p.script[p.at-1]) % n
}

func (p *play) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, fmt.Sprintf("%3d  ", len(p.server.Journal()))+fmt.Sprintf(format, args...))
}

// step does one thing that users, others and networks do.
func (p *play) step() {
	switch p.draw(8) {
	case 0, 1, 2:
		for range p.draw(5) {
			p.fault()
		}
		p.apply(p.draw(4) == 3, false)
	case 3:
		if p.recorded {
			p.changes++
			if p.want.IsApproved != nil && p.draw(2) == 1 {
				p.want.IsApproved = new(!*p.want.IsApproved)
				p.note("the user wants the decision %v", *p.want.IsApproved)
			}
			p.want.Taskdata = map[string]any{field: fmt.Sprintf("value %d", p.changes)}
			p.note("the user wants value %d", p.changes)
		}
	case 4:
		p.server.Calm()
		p.note("the faults are over")
	default:
		p.event(p.take(2))
		time.Sleep(10 * time.Second) // what others did is not news any more by the time of the next apply
	}
}

// rewriteText is what a server makes of a text that keeps it in another form.
func rewriteText(text string) string { return "<p>" + text + "</p>" }

// event is something that others do to the task, decided by the script. It may happen while a request is handled.
func (p *play) event(script []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deleted {
		return
	}
	drawn := play{script: script}
	task, what := p.task(), ""
	switch drawn.draw(16) {
	case 0, 1, 2:
		if task.CompletedAt != "" || task.Archived {
			return
		}
		p.outsideCompletions++
		p.server.CompleteOutside(taskID, sandbox.SeedColleagueID, new(drawn.draw(2) == 0))
		what = "a colleague completes it"
	case 3, 4, 5, 6:
		if task.CompletedAt == "" {
			return
		}
		p.outsideReopens++
		p.server.ReopenOutside(taskID)
		what = "a colleague reopens it"
	case 7, 8:
		p.server.Update(taskID, func(task *sandbox.Task) { task.Archived = !task.Archived })
		what = "it is archived, or restored"
	case 10:
		p.server.Update(taskID, func(task *sandbox.Task) { task.Title, task.Owners.Users = "Renamed", []int64{sandbox.CallerID, 1003} })
		what = "it is renamed and reassigned"
	case 11, 12:
		if task.CompletedAt != "" || task.Archived {
			return
		}
		p.outsideCompletions++
		p.server.CompleteOutsideWith(taskID, sandbox.SeedColleagueID, new(drawn.draw(2) == 0), map[string]any{field: "a colleague's value"})
		what = "a colleague completes it with another value"
	case 9:
		p.deleted = true
		p.server.DeleteTask(taskID)
		what = "it is deleted"
	}
	p.otherEvents++
	p.log = append(p.log, "     "+what)
}

// take cuts a part off the script.
func (p *play) take(n int) []byte {
	part := p.script[p.at:min(p.at+n, len(p.script))]
	p.at += len(part)
	return part
}

// fault lets something go wrong with a later request.
func (p *play) fault() {
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
		{}, // answered as usual, for what happens before
	}[p.draw(26)]
	f.Method = []string{post, post, get, put, del, ""}[p.draw(6)]
	if f.Status == http.StatusNotFound && (f.Method == get || f.Method == "") {
		f.Method = post // a server that hides a task which it has leaves it to a person to tell, and says so
	}
	f.Skip, f.Times = p.draw(3), 1+p.draw(3)
	if p.draw(4) == 0 {
		happens := p.take(2) // decided now: the rest must not depend on when the request comes
		f.Before = func(*http.Request) { p.event(happens) }
	}
	p.server.Inject(f)
	p.note("fault %s %+v", f.Method, f)
}

// apply refreshes and applies, as Terraform does, in a process of its own. It reports whether that went well. settling leaves nothing to
// the script.
func (p *play) apply(cancelled, settling bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if cancelled {
		time.AfterFunc(time.Duration(p.draw(40))*time.Second/4, cancel)
	}
	p.restart()
	before, wasCompleted := p.outside(), p.task0().CompletedAt != ""
	err := p.refresh(ctx)
	if err == nil {
		err = p.carry(ctx)
	}
	if p.outside() == before {
		p.checkTruth(err, wasCompleted)
	}
	if !settling && p.draw(4) == 3 {
		p.secondBlock(ctx, before)
	}
	var failure *Failure
	switch {
	case err == nil:
		p.note("applied: %+v", p.record)
	case !errors.As(err, &failure) || failure.Detail == "" || strings.Contains(failure.Detail, "context "):
		p.Errorf("an error that tells nothing: %v", err)
	default:
		p.note("failed: %s", failure.Summary)
		if p.rewrites && failure.Summary == "Completion May Have Gone Through" { // no later apply can tell that its values are there
			p.unknown++
		}
	}
	time.Sleep(10 * time.Second) // nobody runs it again before a replica has caught up
	return err == nil
}

// secondBlock lets the same apply create another block for the task. before counts what others did until the apply began.
func (p *play) secondBlock(ctx context.Context, before [3]int) {
	want := p.want
	want.Task = p.refOf()
	sent := p.server.Completions(taskID)
	result, err := p.engine.Create(ctx, want)
	if p.server.Completions(taskID) > sent {
		p.seconds++
	}
	p.note("a second block: %+v, %v", result.Record, err)
	task := p.task0()
	if err != nil || p.deleted || p.outside() != before || !result.Record.saysCompleted() {
		return
	}
	if task.CompletedAt == "" || !sameTime(result.Record.CompletedAt, task.CompletedAt) {
		p.Errorf("the second block recorded %s, and the task was completed at %q", result.Record.CompletedAt, task.CompletedAt)
	}
}

// outside counts what others did, so that it can be told whether they did something meanwhile.
func (p *play) outside() [3]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return [3]int{p.outsideReopens, p.outsideCompletions, p.otherEvents}
}

// task0 is the task, or nothing if it is deleted.
func (p *play) task0() sandbox.Task {
	task, _ := p.server.Task(taskID)
	return task
}

// checkTruth compares what an apply came to, while no one else did anything, with what Tallyfy holds.
func (p *play) checkTruth(err error, wasCompleted bool) {
	task := p.task0()
	if p.deleted || p.shared {
		return
	}
	done := task.CompletedAt != ""
	held, wanted := task.Taskdata[field], p.want.Taskdata[field]
	if text, ok := wanted.(string); ok && held == rewriteText(text) {
		held = wanted
	}
	switch {
	case err == nil && p.record.saysCompleted() && !done:
		p.Errorf("recorded as completed, and the task is open: %+v", p.record)
	case err == nil && p.record.saysCompleted() && !sameTime(p.record.CompletedAt, task.CompletedAt):
		p.Errorf("recorded %s, and the task was completed at %s", p.record.CompletedAt, task.CompletedAt)
	case err == nil && p.record.saysCompleted() && p.record.CompleterID != task.CompleterID:
		p.Errorf("recorded completer %d, and the task has %d", p.record.CompleterID, task.CompleterID)
	case err == nil && p.acted && !p.warnedOpen && !done && !task.Archived:
		p.Error("a green apply leaves the task open, and does not say so")
	case err == nil && p.acted && done && wanted != nil && !equal(tallyfy.Field{Type: "text"}, wanted, held):
		p.Errorf("a green apply of %v leaves %v", wanted, held)
	case err == nil && done && p.want.IsApproved != nil && task.IsApproved != nil && *task.IsApproved != *p.want.IsApproved:
		p.Error("a green apply leaves another decision")
	case err != nil && done && !wasCompleted && saysUndone(err):
		p.Errorf("an error says that the task is not completed, and it is: %v", err)
	}
}

// saysUndone reports whether an error says that this apply has completed nothing.
func saysUndone(err error) bool {
	return containsAny(err.Error(), "has not completed the task", "Nothing was sent", "it is open")
}

func (p *play) refresh(ctx context.Context) error {
	if !p.recorded {
		return nil
	}
	result, err := p.engine.Read(ctx, p.refOf(), p.record)
	if err != nil {
		return err
	}
	p.recorded, p.record = !result.Reopened, result.Record
	if decided := result.Record.IsApproved; decided != nil && p.applied.IsApproved != nil {
		p.applied.IsApproved = decided // the provider shows it as drift
	}
	return nil
}

func (p *play) carry(ctx context.Context) error {
	var result Result
	var err error
	want := p.want
	want.Task = p.refOf()
	p.acted = !p.recorded || Resends(p.applied, want)
	if p.recorded {
		result, err = p.engine.Update(ctx, p.record, p.applied, want)
	} else {
		result, err = p.engine.Create(ctx, want)
	}
	p.warnedOpen = false
	for _, warning := range result.Warnings {
		p.warnedOpen = p.warnedOpen || warning.Summary == "Completion Accepted, Task Still Open"
	}
	if err == nil {
		p.recorded, p.record, p.applied = true, result.Record, want
	}
	return err
}

func (p *play) refOf() tallyfy.TaskRef {
	ref := p.want.Task
	if p.recorded {
		ref.Run = p.record.RunID
	}
	return ref
}

// checkCount holds the engine to one completion for each time the task was open, and one reopening for each change of mind.
func (p *play) checkCount() {
	p.mu.Lock()
	defer p.mu.Unlock()
	own, reopened := p.server.Completions(taskID), p.server.Reopens(taskID)
	most := 1 + p.outsideReopens + reopened
	if p.shared { // a share leaves the task open, for a change of mind and for a colleague who is as fast as a later attempt
		most += p.changes + p.outsideCompletions
	}
	if own > most && !p.deleted {
		p.Errorf("%d completions were sent that had an effect, and the task was open %d times", own, most)
	}
	if most := p.changes + p.outsideCompletions + p.seconds + p.unknown; reopened > most {
		p.Errorf("it was reopened %d times for %d changes", reopened, most)
	}
}

// settle lets the faults end. What the user wants is then reached, or refused for a reason that stays; nothing more is sent.
func (p *play) settle() {
	p.server.Calm()
	p.note("the faults are over, for good")
	p.apply(false, true)
	well := p.apply(false, true)
	p.checkCount()
	p.server.ResetJournal()
	if again := p.apply(false, true); again != well {
		p.Error("it does not come to rest")
	}
	for _, entry := range p.server.Journal() {
		if entry.Method != get && well {
			p.Errorf("at rest it sends %s %s", entry.Method, entry.Path)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deleted {
		return
	}
	task := p.task()
	switch {
	case !well && task.CompletedAt != "" && task.CompleterID == sandbox.CallerID && SameValues(map[string]any{field: task.Taskdata[field]}, map[string]any{field: p.want.Taskdata[field]}):
		p.Error("its own completion is not recorded")
	case !well && task.CompletedAt == "" && !task.Archived:
		p.Error("the task is open and is not completed")
	case well && task.CompletedAt == "" && p.record.saysCompleted():
		p.Error("the record is of a completion that is not there")
	case well && task.CompletedAt != "" && !p.record.saysCompleted():
		p.Error("the completion is not in the record")
	}
}
