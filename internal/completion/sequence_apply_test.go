// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file has one simulated apply: the refresh, the preflight check, the create or update, and
// other blocks of the same apply.

// apply refreshes and applies, as Terraform does, in a process of its own. It reports whether both
// succeeded. settling means that nothing is read from the script.
func (s *simulation) apply(cancelled, settling bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if cancelled {
		time.AfterFunc(time.Duration(s.randomBelow(40))*time.Second/4, cancel)
	}
	s.restart()
	before, wasCompleted := s.outside(), s.first().CompletedAt != ""
	err := s.refresh(ctx)
	if err == nil {
		s.preflight(ctx)
		err = s.carry(ctx)
	}
	if s.outside() == before {
		s.checkTruth(err, wasCompleted)
	}
	if !settling && s.randomBelow(4) == 3 {
		s.secondBlock(ctx, before)
	}
	var failure *Failure
	switch {
	case err == nil:
		s.note("applied: %+v", s.record)
	case !errors.As(err, &failure) || failure.Detail == "" || strings.Contains(failure.Detail, "context "):
		s.Errorf("an error without a summary or a detail: %v", err)
	default:
		s.note("failed: %s", failure.Summary)
		if s.rewrites && failure.Summary == "Completion May Have Gone Through" { // no later apply can recognize its values
			s.unknown++
		}
	}
	time.Sleep(10 * time.Second) // the next apply begins after the replicas have caught up
	return err == nil
}

// secondBlock creates another block for the task in the same apply. before are the counts of the
// others' changes at the beginning of the apply.
func (s *simulation) secondBlock(ctx context.Context, before [3]int) {
	want := s.want
	want.Task = s.refOf()
	if s.randomBelow(2) == 1 {
		s.checkSecondBlock(ctx)
	}
	sent := s.server.Completions(taskID)
	result, err := s.engine.Create(ctx, want)
	if s.server.Completions(taskID) > sent {
		s.seconds++
	}
	s.note("a second block: %+v, %v", result.Record, err)
	task := s.first()
	if err != nil || s.deleted || s.outside() != before || !result.Record.saysCompleted() {
		return
	}
	if task.CompletedAt == "" || !sameTime(result.Record.CompletedAt, task.CompletedAt) {
		s.Errorf("the second block recorded %s, and the task was completed at %q", result.Record.CompletedAt, task.CompletedAt)
	}
}

// checkSecondBlock checks the plan of another block for the task, as Terraform may do at any time
// of an apply. It ends before the next apply begins.
func (s *simulation) checkSecondBlock(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	plan := Planned{Desired: s.want}
	plan.Task = s.refOf()
	checks := s.engine.Preflight()
	s.note("a second block is checked")
	checks.Check(ctx, plan)
}

// outside counts the changes by others, so that two counts show whether there was one in between.
func (s *simulation) outside() [3]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return [3]int{s.outsideReopens, s.outsideCompletions, s.otherEvents}
}

// first returns the task; a zero task if it is deleted.
func (s *simulation) first() sandbox.Task {
	task, _ := s.server.Task(taskID)
	return task
}

func (s *simulation) refresh(ctx context.Context) error {
	if !s.recorded {
		return nil
	}
	result, err := s.engine.Read(ctx, s.refOf(), s.record)
	if err != nil {
		return err
	}
	s.recorded, s.record = !result.Reopened, result.Record
	if decided := result.Record.IsApproved; decided != nil && s.applied.IsApproved != nil {
		s.applied.IsApproved = decided // the provider shows it as drift
	}
	return nil
}

// preflight checks the plan right before it is applied, as Terraform does. Time may pass after the
// check, and others may change the task. What the check reports is not used here.
func (s *simulation) preflight(ctx context.Context) {
	plan := Planned{Desired: s.want}
	plan.Task = s.refOf()
	if s.recorded {
		plan.Recorded = &s.applied
	}
	if s.recorded && !plan.Resends() || s.randomBelow(4) == 3 { // preflight = false
		return
	}
	s.engine.Preflight().Check(ctx, plan)
	if s.randomBelow(4) == 3 {
		s.event(s.take(2))
	}
	pause := []time.Duration{0, sharedFor - time.Millisecond, sharedFor, 10 * time.Second}[s.randomBelow(4)]
	s.note("applied %s after the preflight check", pause)
	time.Sleep(pause)
}

func (s *simulation) carry(ctx context.Context) error {
	var result Result
	var err error
	want := s.want
	want.Task = s.refOf()
	s.acted = !s.recorded || Resends(s.applied, want)
	readsOnly, before, writes := s.mustNotWrite(), s.outside(), s.writes()
	if s.recorded {
		result, err = s.engine.Update(ctx, s.record, s.applied, want)
	} else {
		result, err = s.engine.Create(ctx, want)
	}
	if readsOnly && s.outside() == before && s.writes() > writes {
		s.Error("it wrote to a task that a colleague had completed before the read")
	}
	s.warnedOpen = false
	for _, warning := range result.Warnings {
		s.warnedOpen = s.warnedOpen || strings.HasPrefix(warning.Summary, "Completion Accepted, Task Still Open")
		if !strings.Contains(warning.Summary, ": ") {
			s.Errorf("the summary %q does not name the task", warning.Summary)
		}
	}
	if err == nil {
		s.recorded, s.record, s.applied = true, result.Record, want
	}
	return err
}

func (s *simulation) refOf() tallyfy.TaskRef {
	ref := s.want.Task
	if s.recorded {
		ref.Run = s.record.RunID
	}
	return ref
}
