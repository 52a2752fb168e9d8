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

// saved is what became of field values that were saved on their own.
type saveResult struct {
	// confirmed is false if the server has no such call or shows no values; the completion may then carry them.
	confirmed bool
	// task is what the response shows; nil if it shows none.
	task *tallyfy.Task
	// kept are the values that Tallyfy keeps in another form, by the ID of their field.
	kept     map[string]any
	warnings []Notice
}

// saveValues saves the field values on their own, because today's API ignores them in the completion (API.md §1.1), and checks
// that they arrived: Tallyfy drops the IDs of unknown fields with a 200. task is what was read before; nil if the server does not show
// it. Any error is a [*Failure], and then the completion must not be sent.
func (e *Engine) saveValues(ctx context.Context, ref tallyfy.TaskRef, task *tallyfy.Task, want Desired) (saveResult, error) {
	if len(want.Taskdata) == 0 {
		return saveResult{confirmed: true}, nil
	}
	if ref.Run == "" && task == nil { // what must be echoed is not known, and saving without it would wipe it
		return saveResult{}, nil
	}
	s := saver{engine: e, ref: ref, task: task, want: want}
	response, err := s.put(ctx, want.Taskdata)
	switch {
	case err == nil:
	case task == nil && tallyfy.IsNoTask(err): // the read was answered so too: a server that has nothing but the completion
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

// put sends values until they are saved. The error is the client's, or a [*Failure]; task is nil if the response shows none.
func (s *saver) put(ctx context.Context, values map[string]any) (*tallyfy.Task, error) {
	budget := s.engine.client.NewBudget()
	for {
		progress(ctx, "Saving the field values of %s", notice.TaskRef(s.ref))
		update := tallyfy.TaskUpdate{Taskdata: values}
		if s.ref.Run == "" {
			if missing := missingEcho(s.task); len(missing) > 0 {
				return nil, &Failure{Notice: cannotBeSaved(s.task, s.want, missing, false)}
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
		progress(ctx, "No acceptance of the field values came back: %s", notice.Outcome(err))
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

// mustRead reports whether the task is read before values are sent again: a one-off task, whose title, deadline and owners are sent
// with them and may have changed, and any task after a 2xx that was not Tallyfy's.
func (s *saver) mustRead(err error) bool {
	return s.ref.Run == "" || statusOf(err) >= 200 && statusOf(err) < 300
}

func (s *saver) failure(err error) *Failure {
	if failure, ok := err.(*Failure); ok { //nolint:errorlint // put returns it as it is
		return failure
	}
	return failed(notice.Report{
		Summary:   "Field Values Could Not Be Saved",
		Attribute: s.want.attribute(),
		Action:    "Saving the field values of " + notice.TaskRef(s.ref),
		Effect:    "The completion was not sent: this apply has not completed the task.",
		Cause:     err,
	})
}

// arrival is what became of saved values, field by field. Values that hold what is wanted are in none of its parts.
type saveOutcome struct {
	// shown is false if the server shows no values.
	shown bool
	// absent fields hold nothing, or are not part of the form.
	absent []string
	// unchanged fields hold what they held before, or may do so.
	unchanged []string
	// rewritten are the values that Tallyfy keeps in another form, by the ID of their field.
	rewritten map[string]any
}

// lost names the fields whose values did not arrive.
func (a saveOutcome) lost() difference { return difference{absent: a.absent, other: a.unchanged} }

// arrivalOf compares what Tallyfy shows with what is wanted and with what it showed before, which is nil if that is not known.
func saveOutcomeOf(want Desired, before, now map[string]any) saveOutcome {
	if now == nil {
		return saveOutcome{}
	}
	diff := want.compare(now)
	a := saveOutcome{shown: true, absent: diff.absent, rewritten: map[string]any{}}
	for _, id := range diff.other {
		field, _ := fieldOf(want.form, id)
		if before == nil || equal(field, before[id], now[id]) {
			a.unchanged = append(a.unchanged, id)
			continue
		}
		a.rewritten[id] = now[id]
	}
	return a
}

// check reads what became of values, unless the response of the PUT shows it. The error is a [*Failure].
func (s *saver) check(ctx context.Context, response *tallyfy.Task, before map[string]any) (saveOutcome, error) {
	if response != nil && response.Taskdata != nil {
		if outcome := saveOutcomeOf(s.want, before, response.Taskdata); outcome.lost().none() && len(outcome.rewritten) == 0 {
			return outcome, nil
		}
	}
	// The response shows no values, or not these: the form itself has the last word.
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

// saveAnew finds out whether unchanged fields did not take their values, or keep them in the form that they had before, as after an
// apply that was interrupted. It saves the values once more, and if that changes nothing it empties the fields in between. The task is
// what the last response shows. Any error is a [*Failure].
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
		if empty[id] = nil; field.Type == "table" { // which cannot be cleared (API.md §1.5)
			empty[id] = slices.Repeat([]any{"-"}, len(entriesOf(field, s.want.Taskdata[id])))
		}
	}
	ctx, release := tallyfy.Detach(ctx) // the fields must not stay empty
	defer release()
	if response, err = s.put(ctx, empty); err != nil {
		return outcome, nil, s.failure(err)
	}
	emptied := *s
	emptied.want.Taskdata = empty
	if between, err := emptied.check(ctx, response, nil); err != nil || !between.lost().none() {
		return outcome, response, err // they take no other value either
	}
	if response, err = s.put(ctx, s.want.Taskdata); err != nil {
		failure := s.failure(err)
		failure.Detail = notice.Paragraphs(failure.Detail, "These fields were emptied on the way, and may be empty now:\n  - "+strings.Join(s.want.fieldNames(outcome.unchanged), "\n  - "))
		return outcome, nil, failure
	}
	outcome, err = s.check(ctx, response, empty)
	return outcome, response, err
}

// missingEcho names what a one-off task must be sent with its values each time (API.md §1.5), and does not show. What is left out is
// refused or, worse, wiped.
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

// echoed warns if Tallyfy has changed what a one-off task is sent with its values, and what must be sent each time (API.md §1.5).
func echoed(response *tallyfy.Task, sent *tallyfy.OneOff) []Notice {
	if response == nil || sent == nil || response.Deadline == "" || sameTime(response.Deadline, sent.Deadline) {
		return nil
	}
	return []Notice{deadlineMoved(response, sent.Deadline)}
}
