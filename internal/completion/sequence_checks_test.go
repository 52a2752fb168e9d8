// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// checkTruth compares the result of an apply, during which no one else changed the task, with what
// Tallyfy holds.
func (s *simulation) checkTruth(err error, wasCompleted bool) {
	task := s.first()
	if s.deleted || s.shared {
		return
	}
	done := task.CompletedAt != ""
	held, wanted := task.Taskdata[field], s.want.Taskdata[field]
	if text, ok := wanted.(string); ok && held == rewriteText(text) {
		held = wanted
	}
	switch {
	case err == nil && s.record.saysCompleted() && !done:
		s.Errorf("recorded as completed, and the task is open: %+v", s.record)
	case err == nil && s.record.saysCompleted() && !sameTime(s.record.CompletedAt, task.CompletedAt):
		s.Errorf("recorded %s, and the task was completed at %s", s.record.CompletedAt, task.CompletedAt)
	case err == nil && s.record.saysCompleted() && s.record.CompleterID != task.CompleterID:
		s.Errorf("recorded completer %d; the task has %d", s.record.CompleterID, task.CompleterID)
	case err == nil && s.acted && !s.warnedOpen && !done && !task.Archived:
		s.Error("a successful apply leaves the task open without a warning")
	case err == nil && s.acted && done && wanted != nil && !equal(tallyfy.Field{Type: "text"}, wanted, held):
		s.Errorf("a successful apply of %v leaves %v", wanted, held)
	case err == nil && done && s.want.IsApproved != nil && task.IsApproved != nil && *task.IsApproved != *s.want.IsApproved:
		s.Error("a successful apply leaves another decision")
	case err != nil && done && !wasCompleted && saysUndone(err):
		s.Errorf("an error says that the task is not completed, and it is: %v", err)
	}
}

// saysUndone reports whether an error says that this apply has not completed the task.
func saysUndone(err error) bool {
	return containsAny(err.Error(), "has not completed the task", "Nothing was sent", "it is open")
}

// mustNotWrite reports whether a create must send nothing but reads, because a colleague has
// completed the task and a read shows it. A completion after the check that the create may rest on
// need not be seen.
func (s *simulation) mustNotWrite() bool {
	return !s.recorded && !s.shared && s.first().CompletedAt != "" && time.Since(s.outsideCompletedAt) >= sharedFor+s.lag
}

// writes counts the requests that are not reads.
func (s *simulation) writes() int {
	n := 0
	for _, method := range s.methods() {
		if method != get {
			n++
		}
	}
	return n
}

// checkCount allows one completion for each time the task was open, and one reopening for each
// change of the configuration.
func (s *simulation) checkCount() {
	s.mu.Lock()
	defer s.mu.Unlock()
	own, reopened := s.server.Completions(taskID), s.server.Reopens(taskID)
	most := 1 + s.outsideReopens + reopened
	if s.shared { // a share leaves the task open for a changed configuration, and for a colleague's share
		most += s.changes + s.outsideCompletions
	}
	if own > most && !s.deleted {
		s.Errorf("%d completions were sent that had an effect, and the task was open %d times", own, most)
	}
	if most := s.changes + s.outsideCompletions + s.seconds + s.unknown; reopened > most {
		s.Errorf("it was reopened %d times for %d changes", reopened, most)
	}
}

// settle ends the faults. The configuration is then applied or refused for a lasting reason, and
// nothing more is sent.
func (s *simulation) settle() {
	s.server.Calm()
	s.note("the faults are over, for good")
	s.apply(false, true)
	well := s.apply(false, true)
	s.checkCount()
	s.server.ResetJournal()
	if again := s.apply(false, true); again != well {
		s.Error("it does not settle")
	}
	for _, entry := range s.server.Journal() {
		if entry.Method != get && well {
			s.Errorf("after it has settled it sends %s %s", entry.Method, entry.Path)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleted {
		return
	}
	task := s.task()
	switch {
	case !well && task.CompletedAt != "" && task.CompleterID == sandbox.CallerID && sameJSON(task.Taskdata[field], s.want.Taskdata[field]):
		s.Error("its own completion is not recorded")
	case !well && task.CompletedAt == "" && !task.Archived:
		s.Error("the task is open and is not completed")
	case well && task.CompletedAt == "" && s.record.saysCompleted():
		s.Error("the recorded completion does not exist")
	case well && task.CompletedAt != "" && !s.record.saysCompleted():
		s.Error("the completion is not in the record")
	}
}
