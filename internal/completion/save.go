// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// saveResult is the result of saving field values.
type saveResult struct {
	// confirmed is false if the server has no such path or shows no values. The completion may then
	// carry them.
	confirmed bool
	// task is what the response shows; nil if it shows none.
	task *tallyfy.Task
	// kept are the values that Tallyfy stores in another form, by field ID.
	kept     map[string]any
	warnings []Notice
}

// saveValues saves the field values before the completion, because today's API ignores them in the
// completion (API.md §1.1). It then checks that they arrived, because Tallyfy drops unknown field
// IDs with a 200. task is the last read; nil if the server does not show it. Any error is a
// [*Failure], and the completion must not be sent then.
func (e *Engine) saveValues(ctx context.Context, ref tallyfy.TaskRef, task *tallyfy.Task, want Desired) (saveResult, error) {
	if len(want.Taskdata) == 0 {
		return saveResult{confirmed: true}, nil
	}
	if ref.Run == "" && task == nil { // the PUT would clear what it does not repeat, and that is unknown
		return saveResult{}, nil
	}
	s := saver{engine: e, ref: ref, task: task, want: want}
	response, err := s.put(ctx, want.Taskdata)
	switch {
	case err == nil:
	case task == nil && tallyfy.IsNoTask(err): // the read had the same response: this server only has the completion
		return saveResult{}, nil
	default:
		return saveResult{}, s.failure(err)
	}
	var held map[string]any
	if task != nil {
		held = task.Taskdata
	}
	outcome, err := s.check(ctx, response, held)
	if err != nil {
		return saveResult{}, err
	}
	if len(outcome.unchanged) > 0 {
		if outcome, response, err = s.saveAgain(ctx, outcome, held); err != nil {
			return saveResult{}, err
		}
	}
	if lost := outcome.lost(); !lost.none() {
		return saveResult{}, notArrived(ref, want, lost)
	}
	done := saveResult{confirmed: outcome.shown, task: response, kept: outcome.rewritten, warnings: s.warnings}
	if len(outcome.rewritten) > 0 {
		done.warnings = append(done.warnings, rewritten(ref, want, outcome.rewritten))
	}
	return done, nil
}

// saver saves the values of one task.
type saver struct {
	engine   *Engine
	ref      tallyfy.TaskRef
	task     *tallyfy.Task // as it was read last
	want     Desired
	warnings []Notice
}

// put sends values until Tallyfy accepts them. The error is the client's, or a [*Failure]. The task
// is nil if the response shows none.
func (s *saver) put(ctx context.Context, values map[string]any) (*tallyfy.Task, error) {
	budget := s.engine.client.NewBudget()
	for {
		progress(ctx, "Saving the field values of %s", notice.TaskRef(s.ref))
		update := tallyfy.TaskUpdate{Taskdata: values}
		if s.ref.Run == "" {
			if missing := missingEcho(s.task); len(missing) > 0 {
				return nil, &Failure{Notice: cannotBeSaved(s.task, s.want, missing, completionNotSent)}
			}
			update.OneOff = &tallyfy.OneOff{Title: s.task.Title, Deadline: s.task.Deadline, Owners: *s.task.Owners}
		}
		response, err := s.engine.processes.write(ctx, s.ref, func() (*tallyfy.Task, error) { return s.engine.client.UpdateTask(ctx, s.ref, update) })
		err = budget.Count(err)
		switch {
		case tallyfy.OutcomeOf(err) == tallyfy.Accepted:
			s.warnings = echoed(response, update.OneOff)
			return response, nil
		case !tallyfy.Repeatable(err):
			return nil, err
		}
		progress(ctx, "Tallyfy did not confirm the field values: %s", notice.Outcome(err))
		if spent := budget.Wait(ctx, err); spent != nil {
			return nil, spent
		}
		if !s.mustRead(err) {
			continue // saving the same values again changes nothing
		}
		task, readErr := s.engine.read(ctx, s.ref, readOptions{form: true})
		switch {
		case readErr != nil:
			return nil, readErr
		case task.Taskdata != nil && s.want.compare(task.Taskdata).none():
			return task, nil // that attempt has saved them
		}
		s.task = task
	}
}

// mustRead reports whether the task must be read before values are sent again. That is the case for
// a one-off task, because its title, deadline and owners are sent too and may have changed. It is
// also the case after a 2xx that did not come from Tallyfy.
func (s *saver) mustRead(err error) bool {
	return s.ref.Run == "" || tallyfy.StatusOf(err) >= 200 && tallyfy.StatusOf(err) < 300
}

func (s *saver) failure(err error) *Failure {
	if failure, ok := err.(*Failure); ok { //nolint:errorlint // put returns it as it is
		return failure
	}
	return s.want.Subject.failed(notice.Report{
		Summary:   "Field Values Could Not Be Saved",
		Attribute: s.want.attribute(),
		Action:    "Saving the field values of " + notice.TaskRef(s.ref),
		Effect:    completionNotSent,
		Cause:     err,
	})
}

// saveOutcome groups saved fields by what they hold afterwards. Fields that hold the wanted value
// are in none of its lists.
type saveOutcome struct {
	// shown is false if the server shows no values.
	shown bool
	// absent fields are empty or not part of the form.
	absent []string
	// unchanged fields hold their earlier value, or may do so.
	unchanged []string
	// rewritten are the values that Tallyfy stores in another form, by field ID.
	rewritten map[string]any
}

// lost returns the fields whose values were not stored.
func (o saveOutcome) lost() difference { return difference{absent: o.absent, other: o.unchanged} }

// saveOutcomeOf compares the values that Tallyfy shows with the wanted and the earlier ones. before
// is nil if these are unknown.
func saveOutcomeOf(want Desired, before, now map[string]any) saveOutcome {
	if now == nil {
		return saveOutcome{}
	}
	diff := want.compare(now)
	outcome := saveOutcome{shown: true, absent: diff.absent, rewritten: map[string]any{}}
	for _, id := range diff.other {
		field, _ := fieldOf(want.form, id)
		if before == nil || equal(field, before[id], now[id]) {
			outcome.unchanged = append(outcome.unchanged, id)
			continue
		}
		outcome.rewritten[id] = now[id]
	}
	return outcome
}

// check returns the outcome of saved values. It reads the task unless the response of the PUT shows
// the wanted values. The error is a [*Failure].
func (s *saver) check(ctx context.Context, response *tallyfy.Task, before map[string]any) (saveOutcome, error) {
	if response != nil && response.Taskdata != nil {
		if outcome := saveOutcomeOf(s.want, before, response.Taskdata); outcome.lost().none() && len(outcome.rewritten) == 0 {
			return outcome, nil
		}
	}
	// The response shows no values or other ones, so the form itself decides.
	arrived := func(task *tallyfy.Task) bool {
		outcome := saveOutcomeOf(s.want, before, task.Taskdata)
		return !outcome.shown || outcome.lost().none()
	}
	task, err := s.engine.read(ctx, s.ref, readOptions{form: true, until: arrived})
	switch {
	case err == nil && task.Taskdata != nil:
		s.task = task
		return saveOutcomeOf(s.want, before, task.Taskdata), nil
	case response != nil && response.Taskdata != nil:
		return saveOutcomeOf(s.want, before, response.Taskdata), nil
	case err != nil && !tallyfy.IsNoTask(err):
		return saveOutcome{}, s.failure(err)
	}
	return saveOutcome{}, nil
}

// saveAgain determines whether unchanged fields rejected their values, or already stored them in
// another form, as after an interrupted apply. It saves the values again. If that changes nothing,
// it empties the fields in between; these then get their values back, whatever a read shows. The
// task is that of the last response. Any error is a [*Failure].
func (s *saver) saveAgain(ctx context.Context, outcome saveOutcome, before map[string]any) (saveOutcome, *tallyfy.Task, error) {
	response, err := s.put(ctx, s.want.Taskdata)
	if err != nil {
		return outcome, nil, s.failure(err)
	}
	if outcome, err = s.check(ctx, response, before); err != nil || len(outcome.unchanged) == 0 {
		return outcome, response, err
	}
	empty := map[string]any{}
	for _, id := range outcome.unchanged {
		field, known := fieldOf(s.want.form, id)
		if !known {
			return outcome, response, nil
		}
		if empty[id] = nil; field.Type == "table" { // a table cannot be cleared (API.md §1.5)
			empty[id] = slices.Repeat([]any{"-"}, len(entriesOf(field, s.want.Taskdata[id])))
		}
	}
	ctx, release := tallyfy.Detach(ctx) // the fields must not stay empty
	defer release()
	if response, err = s.put(ctx, empty); err != nil {
		if tallyfy.OutcomeOf(err) == tallyfy.Rejected {
			return outcome, nil, s.failure(err)
		}
		return outcome, nil, s.failureWhileEmpty(err, outcome.unchanged)
	}
	emptied := *s
	emptied.want.Taskdata = empty
	between, unread := emptied.check(ctx, response, nil)
	if unread == nil && len(between.unchanged) == len(empty) {
		return outcome, response, nil // they accept no other value either
	}
	if response, err = s.put(ctx, s.want.Taskdata); err != nil {
		return outcome, nil, s.failureWhileEmpty(err, outcome.unchanged)
	}
	if unread != nil || !between.lost().none() {
		return outcome, response, unread
	}
	outcome, err = s.check(ctx, response, empty)
	return outcome, response, err
}

// failureWhileEmpty is [saver.failure] after fields were emptied, or may have been.
func (s *saver) failureWhileEmpty(err error, fields []string) *Failure {
	failure := s.failure(err)
	failure.Detail = notice.Paragraphs(failure.Detail, "These fields were emptied in between, and may be empty now:\n  - "+strings.Join(s.want.fieldNames(fields), "\n  - "))
	return failure
}

// missingEcho lists what a one-off task does not show of what each PUT must repeat (API.md §1.5).
// Tallyfy rejects a PUT without it, or clears it.
func missingEcho(task *tallyfy.Task) []string {
	var missing []string
	if task.Title == "" {
		missing = append(missing, "its title")
	}
	if task.Deadline == "" {
		missing = append(missing, "its deadline")
	}
	if task.Owners == nil {
		missing = append(missing, "its owners")
	}
	return missing
}

// echoed warns if Tallyfy has changed what the PUT of a one-off task must repeat (API.md §1.5).
func echoed(response *tallyfy.Task, sent *tallyfy.OneOff) []Notice {
	if response == nil || sent == nil || response.Deadline == "" || sameTime(response.Deadline, sent.Deadline) {
		return nil
	}
	return []Notice{deadlineMoved(response, sent.Deadline)}
}
