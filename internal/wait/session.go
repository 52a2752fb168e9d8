// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"context"
	"errors"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/lookup"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// appearance is how long a wait searches for a task that Tallyfy does not know yet. Tasks appear
// when their process is launched, and reads may lag behind a write by seconds (API.md §1.4, §8).
const appearance = time.Minute

// patience returns how long a wait searches for a task that does not appear. It ends with the first
// poll after [appearance].
func (w Wanted) patience() time.Duration {
	polls := (appearance + w.Interval - 1) / w.Interval
	return polls * w.Interval
}

// session is one wait.
type session struct {
	waits *Waits
	want  Wanted
	ref   tallyfy.TaskRef // without a task until the alias is found, and without a run until the task shows it

	joined  *process      // the process that counts this wait; nil until its run and its task are known
	shown   *tallyfy.Task // the last read; nil if there was none
	failed  error         // the error of the last poll; nil if it succeeded
	missing time.Time     // since when Tallyfy responds that there is no such task; zero if it does not
	next    time.Time     // the time of the next poll; zero if unknown
	logged  string        // the state in the last log line
}

// poll reads the task once. It returns the task if that ends the wait, an error if it fails the
// wait, and neither if the wait continues.
func (s *session) poll(ctx context.Context) (*tallyfy.Task, error) {
	s.next = time.Time{}
	defer func() {
		if s.next.IsZero() {
			s.next = time.Now().Add(s.want.Interval)
		}
	}()
	if s.ref.Task == "" {
		if found, err := s.findAlias(ctx); !found {
			return nil, err
		}
	}
	if s.ref.Run != "" && s.listedOpen(ctx) {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, nil
	}
	task, err := s.waits.client.GetTask(ctx, s.ref)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	s.show(ctx, task)
	if task.RunID != "" {
		s.ref.Run = task.RunID
	}
	return s.conclude(ctx, task)
}

// conclude returns the task or an error if the task, read by its own GET, ends the wait.
func (s *session) conclude(ctx context.Context, task *tallyfy.Task) (*tallyfy.Task, error) {
	verdict := judge(task, s.want.FailOnRejection)
	if verdict == open {
		return nil, nil
	}
	s.waits.log(ctx, "the wait for a Tallyfy task is over", s.fields())
	if verdict == done {
		return task, nil
	}
	return nil, refusal(task, s.want, verdict, applying)
}

// findAlias searches for the task in the complete list of its process.
func (s *session) findAlias(ctx context.Context) (found bool, err error) {
	l := s.list(ctx, true)
	if l.err != nil {
		return false, s.fail(ctx, l.err)
	}
	named, err := lookup.Match(lookup.Wanted{TaskRef: s.ref, Alias: s.want.Alias}, l.tasks)
	switch {
	case err == nil:
		s.ref.Task, s.missing = named.ID, time.Time{}
		return true, nil
	case lookup.IsAmbiguous(err) || s.isMissing():
		return false, err
	}
	s.failed = nil // Tallyfy responded
	return false, nil
}

// listedOpen reports whether the task itself need not be read in this poll, because the list shows
// it as open or could not be read.
func (s *session) listedOpen(ctx context.Context) bool {
	l := s.list(ctx, false)
	switch entry := l.find(s.ref.Task); {
	case l.err != nil && isForGood(l.err): // the task may be shown all the same
		return false
	case l.err != nil:
		return s.fail(ctx, l.err) == nil
	case seemsOpen(entry):
		s.show(ctx, entry)
		return true
	}
	return false
}

// list returns a list of the process that is younger than the interval, and schedules the next
// poll for when it is.
func (s *session) list(ctx context.Context, whole bool) listing {
	p := s.waits.process(s.ref)
	if s.joined == nil && s.ref.Task != "" {
		s.joined = p
		p.join(s.ref.Task)
	}
	l := p.poll(ctx, s.waits.client, s.want.Interval, whole)
	if !l.at.IsZero() {
		s.next = l.at.Add(s.want.Interval)
	}
	return l
}

// leave removes the wait from its process.
func (s *session) leave() {
	if s.joined != nil {
		s.joined.leave(s.ref.Task)
	}
}

// pause returns the time until the next poll.
func (s *session) pause() time.Duration { return max(0, time.Until(s.next)) }

// show notes what Tallyfy shows of the task, and logs changes.
func (s *session) show(ctx context.Context, task *tallyfy.Task) {
	s.shown, s.failed, s.missing = task, nil, time.Time{}
	if line := task.Status + assignees(task); line != s.logged {
		s.logged = line
		s.waits.log(ctx, "waiting for a Tallyfy task", s.fields())
	}
}

// fail notes a failed poll. The error is nil if the wait continues.
func (s *session) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil { // not a failure of Tallyfy
		return nil //nolint:nilerr // the caller sees that ctx is done
	}
	if !isHeldTooLong(err) {
		err = withoutBudget(err)
	}
	s.failed = err
	fields := s.fields()
	fields["error"] = err.Error()
	s.waits.log(ctx, "a poll of a Tallyfy task failed", fields)
	switch {
	case tallyfy.IsNotFound(err) && !s.isMissing():
		return nil
	case isForGood(err) || isHeldTooLong(err):
		return s.unreadable(err)
	}
	return nil
}

// isMissing notes that there is no such task, and reports whether Tallyfy has responded so for long
// enough to trust it.
func (s *session) isMissing() bool {
	if s.missing.IsZero() {
		s.missing = time.Now()
	}
	return time.Since(s.missing) >= appearance
}

// lastRead reads the task at the timeout.
func (s *session) lastRead(ctx context.Context) (*tallyfy.Task, error) {
	if s.ref.Task == "" {
		return nil, s.timedOut()
	}
	bounded, cancel := context.WithTimeout(ctx, tallyfy.Grace)
	defer cancel()
	task, err := s.waits.client.GetTask(bounded, s.ref)
	switch {
	case ctx.Err() != nil:
		return nil, s.interrupted()
	case err != nil:
		s.failed = withoutBudget(err)
		return nil, s.timedOut()
	}
	s.show(ctx, task)
	if task, err := s.conclude(ctx, task); task != nil || err != nil {
		return task, err
	}
	return nil, s.timedOut()
}

// fields returns the fields of a log line.
func (s *session) fields() map[string]any {
	fields := map[string]any{"task_id": s.ref.Task, "run_id": s.ref.Run, "timeout": s.want.Timeout.String()}
	if s.want.Alias != "" {
		fields["alias"] = s.want.Alias
	}
	if s.shown != nil {
		fields["title"], fields["status"] = s.shown.Title, s.shown.Status
		if names, shown := assigneeNames(s.shown); shown {
			fields["assigned_to"] = names
		}
	}
	return fields
}

// isForGood reports whether further polls fail like this one, because Tallyfy, a certificate or a
// proxy refuses them.
func isForGood(err error) bool {
	switch tallyfy.OutcomeOf(err) {
	case tallyfy.Rejected:
		return true
	case tallyfy.NotSent:
		return !tallyfy.Repeatable(err)
	case tallyfy.Accepted, tallyfy.RejectedForNow, tallyfy.Unknown:
	}
	return false
}

// isHeldTooLong reports whether Tallyfy asks for a pause beyond the timeout of the wait, so that no
// further poll can be sent.
func isHeldTooLong(err error) bool {
	return tallyfy.OutcomeOf(err) == tallyfy.NotSent && tallyfy.IsRateLimited(err)
}

// withoutBudget returns the failure of a request without the reason why it was not repeated,
// because the next poll repeats it or the wait has ended.
func withoutBudget(err error) error {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return err
	}
	polled := *e
	polled.GaveUp = nil
	return &polled
}
