// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// saveValues saves the field values on their own, since today's API ignores them in the completion (tallyfy-api §1.1),
// and checks that they arrived: Tallyfy drops the ids of unknown fields without a word. task is what was observed, nil if
// nothing was. confirmed is false where the server has no such call or shows no values; the completion may then
// carry them.
func (e *Engine) saveValues(ctx context.Context, ref tallyfy.TaskRef, task *tallyfy.Task, want Desired) (confirmed bool, err error) {
	if len(want.Taskdata) == 0 {
		return true, nil
	}
	update := tallyfy.TaskUpdate{Taskdata: want.Taskdata}
	if ref.Run == "" {
		if task == nil { // what must be echoed is not known, and saving without it would wipe it
			return false, nil
		}
		if task.Owners == nil {
			return false, ownersUnknown(task, want)
		}
		update.OneOff = &tallyfy.OneOff{Title: task.Title, Deadline: task.Deadline, Owners: *task.Owners}
	}
	saved, err := e.client.UpdateTask(ctx, ref, update)
	switch {
	case err == nil, tallyfy.OutcomeOf(err) == tallyfy.Accepted:
	case tallyfy.IsNoTask(err):
		return false, nil
	default:
		return false, story{
			summary:   "Field Values Could Not Be Saved",
			attribute: want.values(),
			doing:     "Saving the field values of " + where(ref),
			means:     "The completion was not sent: the task is not completed.",
			cause:     err,
		}.failure()
	}
	if saved != nil && saved.Taskdata != nil && compare(want.Taskdata, saved.Taskdata).none() {
		return true, nil
	}
	// The answer shows no values, or not these: the form itself has the last word.
	form, err := e.readFor(ctx, e.client.GetTaskWithForm, ref, func(task *tallyfy.Task) bool {
		return task.Taskdata == nil || compare(want.Taskdata, task.Taskdata).none()
	})
	if err == nil && form.Taskdata != nil {
		saved = form
	}
	if saved == nil || saved.Taskdata == nil {
		return false, nil
	}
	if lost := compare(want.Taskdata, saved.Taskdata); !lost.none() {
		return false, notArrived(ref, want, lost)
	}
	return true, nil
}

func ownersUnknown(task *tallyfy.Task, want Desired) *Failure {
	return &Failure{Notice: Notice{
		Summary:   "One-off Task's Owners Are Not Known",
		Attribute: want.values(),
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s is a one-off task. Tallyfy demands its owners each time its field values are saved and replaces them by what it is sent, "+
				"and it did not show whom the task is assigned to. Nothing was sent; the task is as it was.", name(task)),
			"Fill in the form in Tallyfy and remove the values here, or give the token's owner the right to see the task's owners."),
	}}
}

func notArrived(ref tallyfy.TaskRef, want Desired, lost difference) *Failure {
	hint := "The keys of taskdata are the ids of the fields of this very task's form (32 hex digits, not their labels): Tallyfy drops others without a word. " +
		"A field that holds another value may need the shape that Tallyfy gives it."
	if want.byName() {
		hint = "Tallyfy may keep the field in another form than the value was sent in, or an automation changed it."
	}
	return &Failure{Notice: Notice{
		Summary:   "Field Values Did Not Arrive",
		Attribute: want.values(),
		Detail: notice.Paragraphs(
			fmt.Sprintf("The field values of %s were saved, and Tallyfy shows that not all of them arrived:\n  - %s",
				where(ref), strings.Join(want.differentValues(lost), "\n  - ")),
			"The completion was not sent: the task is not completed.",
			hint,
			"Correct the values and apply again."),
	}}
}
