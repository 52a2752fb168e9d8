// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file holds the notices about field values that were saved, or could not be.

// cannotBeSaved refuses to save the values of a one-off task if Tallyfy does not show everything
// that the PUT must repeat. left says what was not sent: sentNothing or completionNotSent.
func cannotBeSaved(task *tallyfy.Task, want Desired, missing []string, left string) Notice {
	return Notice{
		Summary:   "One-off Task Cannot Be Saved",
		Attribute: want.attribute(),
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s is a one-off task. Tallyfy requires its title, its deadline and its owners each time its field values are saved, replaces them with what it receives, "+
				"and does not show %s. %s", notice.TaskSubject(task), strings.Join(missing, " and "), left),
			"Set in Tallyfy what the task does not have, or give the token's owner the right to see it, then "+want.Subject.again()+". Or fill in the form in Tallyfy, and remove the values here."),
	}
}

func notArrived(ref tallyfy.TaskRef, want Desired, lost difference) *Failure {
	hint := "The keys of taskdata are the IDs of the fields of this very task's form (32 hex digits, not their labels). Tallyfy drops others with a 200 response. " +
		"A field that holds another value may need its value in the shape in which Tallyfy stores it."
	if want.byName() {
		hint = "Someone else may have changed the field meanwhile, or Tallyfy may not accept this value."
	}
	return &Failure{Notice: Notice{
		Summary:   "Field Values Did Not Arrive",
		Attribute: want.attribute(slices.Concat(lost.absent, lost.other)...),
		Detail: notice.Paragraphs(
			fmt.Sprintf("The field values of %s were saved, but Tallyfy shows that not all of them arrived:\n  - %s",
				notice.TaskRef(ref), strings.Join(want.differentValues(lost), "\n  - ")),
			completionNotSent,
			hint,
			"Fix the values, then "+want.Subject.again()+"."),
	}}
}

// rewritten warns about values that Tallyfy stores in a different form from the one that was sent.
func rewritten(ref tallyfy.TaskRef, want Desired, kept map[string]any) Notice {
	lines := want.fieldNames(slices.Sorted(maps.Keys(kept)))
	return Notice{
		Summary:   notice.TaskSummary(&tallyfy.Task{ID: ref.Task}, "Tallyfy Stores Field Values Differently"),
		Attribute: want.attribute(slices.Collect(maps.Keys(kept))...),
		Detail: notice.Paragraphs(
			fmt.Sprintf("The field values of %s were saved, but Tallyfy shows some of them in a different form from the one that was sent:\n  - %s",
				notice.TaskRef(ref), strings.Join(lines, "\n  - ")),
			"The completion was still sent. Check the fields in Tallyfy"+want.Subject.choose("; no further request is sent for them while the configuration stays as it is.", ".")),
	}
}

// deadlineMoved warns that Tallyfy changed a deadline that the PUT repeated.
func deadlineMoved(task *tallyfy.Task, before string) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Deadline of the Task Was Moved"),
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("Tallyfy requires the deadline of %s each time its field values are saved. It was sent as it was read, %s, and is now %s: "+
			"Tallyfy moves deadlines to the working days of the organization. Fix the deadline in Tallyfy if it matters.", notice.Task(task), orNone(before), task.Deadline),
	}
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
