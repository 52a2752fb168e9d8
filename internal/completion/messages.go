// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file holds the notices that follow from what a task is, before or after anything is sent.

func archived(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   "Task Is Archived",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s was archived at %s, and an archived task cannot be completed. Nothing was sent; the task is as it was.", name(task), task.ArchivedAt),
			"Restore the task in Tallyfy and apply again, or take the block out of the configuration."),
	}
}

func decisionMissing(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   "Approval Needs a Decision",
		Attribute: attrIsApproved,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s is an approval, and is_approved is not set. Nothing was sent; the task is as it was.", name(task)),
			"Set is_approved to true to approve or to false to reject, and apply again."),
	}
}

func decisionExpires(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   "Expiring Task Takes No Decision",
		Attribute: attrIsApproved,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s is of type %s, and Tallyfy takes is_approved = false there for EXPIRED in place of acknowledged. Nothing was sent; the task is as it was.", name(task), task.Type),
			"Remove is_approved and apply again."),
	}
}

func decisionIgnored(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   "Decision Has No Effect on This Task",
		Attribute: attrIsApproved,
		Detail: fmt.Sprintf("%s is of type %s. Tallyfy uses is_approved on approvals only, and ignores it here. "+
			"It is sent as configured; remove it if the task is meant to be no approval.", name(task), task.Type),
	}
}

// completer tells who completed a task and when, as far as the task tells.
func completer(task *tallyfy.Task) string {
	who := "an unknown user"
	switch {
	case task.CompleterID != 0:
		who = fmt.Sprintf("user %d", task.CompleterID)
	case task.CompleterGuestID != "":
		who = "guest " + task.CompleterGuestID
	}
	if task.CompletedAt == "" {
		return who
	}
	return who + " at " + task.CompletedAt
}

func adopted(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   "Task Was Already Completed",
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s had been completed already, by %s. It is recorded as it is, and no completion was sent, "+
			"so no webhook, e-mail or automation ran again.", name(task), completer(task)),
	}
}

func alreadyUpdated(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   "Task Is Already as Configured",
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s is completed, by %s, and holds the decision and the values that the configuration asks for now. "+
			"Only the state was updated: the task was not reopened, and no completion was sent.", name(task), completer(task)),
	}
}

// completedOtherwise refuses a task that is completed, but not as configured.
func completedOtherwise(task *tallyfy.Task, differs []string) Notice {
	return Notice{
		Summary:   "Task Is Already Completed Differently",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s was completed by %s, but not as configured:\n  - %s", name(task), completer(task), strings.Join(differs, "\n  - ")),
			"Nothing was sent; the task is as it was, and it is not in the state.",
			"Either change the configuration to what the task holds, and apply again to record it. Or, to overrule what was done, "+
				"import the task and apply: that is an update, which reopens the task and completes it again, so that automations run once more."),
	}
}

// overtaken refuses a task that somebody else decided while our own attempt was out.
func overtaken(task *tallyfy.Task, want bool) Notice {
	return Notice{
		Summary:   "Task Was Completed Differently",
		Attribute: attrIsApproved,
		Detail: notice.Paragraphs(
			fmt.Sprintf("The completion of %s was sent as %s and its answer was lost. The task is completed, by %s, and was %s: somebody else was faster. It is not in the state.",
				lowerFirst(name(task)), verdict(want), completer(task), verdict(*task.IsApproved)),
			"Either change is_approved to what was decided, and apply again to record it. Or, to overrule it, import the task and apply: "+
				"that is an update, which reopens the task and completes it again."),
	}
}

func differentDecision(task *tallyfy.Task, want bool) string {
	held := "Tallyfy does not show the decision"
	if task.IsApproved != nil {
		held = "the task was " + verdict(*task.IsApproved)
	}
	return fmt.Sprintf("is_approved: %s, and the configuration says %s", held, verdict(want))
}

func verdict(approved bool) string {
	if approved {
		return "approved"
	}
	return "rejected"
}

// leftOpen warns of a completion that was accepted and left the task open.
func leftOpen(task *tallyfy.Task) Notice {
	why := "An automation or an issue may have reopened it at once."
	if task.EveryoneMustComplete {
		why = "Everyone who is assigned must complete this task, and this was one share of it."
	}
	return Notice{
		Summary:   "Completion Accepted, Task Still Open",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Tallyfy accepted the completion of %s, and shows the task as %q. %s", lowerFirst(name(task)), task.Status, why),
			"The true status is recorded. No further completion will be sent for it; refresh to see when the task is done."),
	}
}

// unconfirmed warns of a completion that was accepted with an answer that says nothing.
func unconfirmed(ref tallyfy.TaskRef, err error) Notice {
	return Notice{
		Summary:   "Completion Accepted, Details Unknown",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Tallyfy accepted the completion of %s, but neither the answer nor the task tells more (reading the task: %s).", where(ref), notice.CameBack(err)),
			"The completion is recorded without its details, and will not be sent again; the next refresh fills them in if the task can be read then.",
			notice.SaidBy(err)),
	}
}

// valuesUnsure warns of values that could not be saved on their own, and that the completed task does not show.
func valuesUnsure(ref tallyfy.TaskRef, want Desired, shown bool, d difference) Notice {
	what := "Tallyfy does not show whether the field values were saved."
	if shown {
		what = "Not all field values were saved:\n  - " + strings.Join(want.differentValues(d), "\n  - ")
	}
	return Notice{
		Summary:   "Field Values Not Confirmed",
		Attribute: want.values(),
		Detail: notice.Paragraphs(
			fmt.Sprintf("The completion of %s was accepted, with the field values in it. %s", where(ref), what),
			"Look at the task's form in Tallyfy. The completion will not be sent again."),
	}
}

// decidedOtherwise warns of a completion that was accepted and recorded with something else than was asked for.
func decidedOtherwise(task *tallyfy.Task, want Desired) []Notice {
	var all []Notice
	if want.IsApproved != nil && task.Type == approval && task.IsApproved != nil && *task.IsApproved != *want.IsApproved {
		all = append(all, Notice{
			Summary:   "Tallyfy Recorded Another Decision",
			Attribute: attrIsApproved,
			Detail: fmt.Sprintf("The completion of %s was accepted as %s, and Tallyfy shows it as %s. Look at the task in Tallyfy.",
				lowerFirst(name(task)), verdict(*want.IsApproved), verdict(*task.IsApproved)),
		})
	}
	if want.OverrideUser != nil && task.CompleterID != 0 && task.CompleterID != *want.OverrideUser {
		all = append(all, Notice{
			Summary:   "Tallyfy Recorded Another Completer",
			Attribute: "override_user",
			Detail: fmt.Sprintf("The completion of %s was accepted, and Tallyfy shows user %d as its completer, not user %d. The token's owner may not be allowed to override it.",
				lowerFirst(name(task)), task.CompleterID, *want.OverrideUser),
		})
	}
	return all
}

// takenBack warns that a recorded completion no longer stands.
func takenBack(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   "Task Was Reopened",
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s was completed, and Tallyfy now shows it as %q: it was reopened outside of Terraform. "+
			"The completion is taken out of the state, so the plan completes the task again.", name(task), task.Status),
	}
}

// cannotBeSeen warns that a recorded completion can no longer be checked.
func cannotBeSeen(ref tallyfy.TaskRef, err error) Notice {
	next := "The completion happened and stays recorded; nothing is sent. Take the block out of the configuration when it is no longer of use."
	if tallyfy.IsNoEndpoint(err) {
		next += " " + advice(err)
	}
	return Notice{
		Summary:   "Completed Task Cannot Be Found",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s: %s. It was deleted, or the token may no longer see it.", where(ref), notice.CameBack(err)),
			next, notice.SaidBy(err)),
	}
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
