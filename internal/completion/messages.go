// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file holds the notices about the state of a task. Notices about saving and planning are in
// save_messages.go and preflight_messages.go, and failures stand beside the request that fails.

// These sentences say what a failure left undone.
const (
	sentNothing       = "Nothing was sent; the task is as it was."
	completionNotSent = "The completion was not sent: this apply has not completed the task."
)

func archived(task *tallyfy.Task, s Subject) Notice {
	return Notice{
		Summary:   "Task Is Archived",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s was archived at %s, and an archived task cannot be completed. Nothing was sent; the task is as it was.", notice.TaskSubject(task), task.ArchivedAt),
			"Restore the task in Tallyfy and "+s.again()+", or remove the block from the configuration."),
	}
}

func decisionMissing(task *tallyfy.Task, s Subject) Notice {
	return Notice{
		Summary:   "Approval Needs a Decision",
		Attribute: attrIsApproved,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s is an approval, and is_approved is not set. Nothing was sent; the task is as it was.", notice.TaskSubject(task)),
			"Set is_approved to true to approve or to false to reject, and "+s.again()+"."),
	}
}

func decisionExpires(task *tallyfy.Task, s Subject) Notice {
	return Notice{
		Summary:   "Expiring Task Cannot Be Decided",
		Attribute: attrIsApproved,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s is of type %s, and is_approved = false would mark it as expired instead of acknowledged. Nothing was sent; the task is as it was.", notice.TaskSubject(task), task.Type),
			"Remove is_approved and "+s.again()+"."),
	}
}

func decisionIgnored(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Decision Has No Effect on This Task"),
		Attribute: attrIsApproved,
		Detail: fmt.Sprintf("%s is of type %s. Tallyfy uses is_approved on approvals only, and ignores it here. "+
			"Remove it if the task is not meant to be an approval.", notice.TaskSubject(task), task.Type),
	}
}

func adopted(task *tallyfy.Task, s Subject) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Task Was Already Completed"),
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s was already completed, by %s. %s, so no webhook or email fired again.", notice.TaskSubject(task), notice.Completer(task),
			s.choose("It is recorded as it is, and no completion was sent", "No completion was sent")),
	}
}

// adoptedAfter is [adopted] for a completion by someone else that is found after this apply has
// sent one too. unsure reports that an attempt may have been processed.
func adoptedAfter(task *tallyfy.Task, unsure bool, s Subject) Notice {
	sent := "Tallyfy rejected the completion that this apply sent, so no webhook or email fired again."
	if unsure {
		sent = "This apply sent a completion too, and its outcome is unknown. Tallyfy may have fired webhooks and emails twice."
	}
	n := adopted(task, s)
	n.Detail = fmt.Sprintf("%s was already completed, by %s. %s%s", notice.TaskSubject(task), notice.Completer(task), s.choose("It is recorded as it is. ", ""), sent)
	return n
}

// notShownYet warns about a completion that this apply has recorded for another block, and that a
// read does not show.
func notShownYet(task *tallyfy.Task, s Subject) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Completion Is Not Shown Yet"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Another block of this configuration has just completed %s or found it completed, by %s, and Tallyfy does not show it: its reads may lag, someone has reopened or removed the task, or the token may not see it. "+
				"%s", notice.Task(task), notice.Completer(task), s.choose("The completion was recorded for this block too, and nothing was sent.", "Nothing was sent for this action.")),
			"Keep one block for each task. "+s.choose("If the task was reopened, the next plan shows it.", "If the task was reopened, invoke the action again to complete it.")),
	}
}

// sentByAnother warns that this apply has sent the same completion for another block, and that it
// left the task open.
func sentByAnother(ref tallyfy.TaskRef, s Subject) Notice {
	return Notice{
		Summary:   notice.TaskSummary(&tallyfy.Task{ID: ref.Task}, "Completion Was Already Sent"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Another block of this configuration has just sent the completion of %s. Tallyfy accepted it, but does not show the task as completed. "+
				"%s", notice.TaskRef(ref), s.choose("The same is recorded for this block, and nothing was sent.", "Nothing was sent for this action.")),
			"Keep one block for each task."),
	}
}

// sentDifferently refuses a completion after this apply has sent a different one for another block,
// which left the task open.
func sentDifferently(ref tallyfy.TaskRef, differs []string, s Subject) Notice {
	return Notice{
		Summary:   "Completion Was Already Sent Differently",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Another block of this configuration has just sent the completion of %s. Tallyfy accepted it, but does not show the task as completed. "+
				"It was sent without these settings, or with different ones:\n  - %s", notice.TaskRef(ref), strings.Join(differs, "\n  - ")),
			"Nothing was sent for this block.",
			"Keep one block for each task, then "+s.again()+"."),
	}
}

// mayBeSent refuses a completion after this apply has sent one for another block with an unknown
// outcome. shows is what a read shows.
func mayBeSent(ref tallyfy.TaskRef, shows string, s Subject) Notice {
	return Notice{
		Summary:   "Completion May Have Gone Through",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Another block of this configuration has just sent a completion of %s, and it is unknown whether Tallyfy processed it. %s "+
				"Nothing was sent for this block, because a second completion could fire webhooks and emails twice.", notice.TaskRef(ref), shows),
			"Check in Tallyfy whether the completion is there. Keep one block for each task, then "+s.again()+"."),
	}
}

func alreadyUpdated(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Task Is Already as Configured"),
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s is completed as configured, by %s. "+
			"Only the state was updated: the task was not reopened, and no completion was sent.", notice.TaskSubject(task), notice.Completer(task)),
	}
}

// completedDifferently refuses a task that is completed, but not as configured.
func completedDifferently(task *tallyfy.Task, differs []string, s Subject) Notice {
	return Notice{
		Summary:   "Task Is Already Completed Differently",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s was completed by %s, but not as configured:\n  - %s", notice.TaskSubject(task), notice.Completer(task), strings.Join(differs, "\n  - ")),
			sentNothing,
			s.overrule(task, "Either change the configuration to match the task, and apply again to record it. Or, to overrule what was done, "+
				"import the task if it is not in the state, and apply: that is an update, which reopens the task and completes it again, so that webhooks and emails fire again.")),
	}
}

// overtaken refuses a task that someone completed differently while an attempt was in flight or
// after it was rejected. unsure reports that an attempt may have been processed. cause may be nil.
func overtaken(task *tallyfy.Task, differs []string, cause error, unsure bool, s Subject) Notice {
	who := "Someone else completed it first."
	if unsure {
		who = "Someone else completed it first, or Tallyfy processed the request of this apply and stored something else."
	}
	var failure string
	if cause != nil {
		failure = "The request of this apply failed: " + notice.Outcome(cause) + "."
	}
	return Notice{
		Summary:   "Task Was Completed Differently",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("While this apply was completing %s, it was completed by %s, but not as configured:\n  - %s", notice.Task(task), notice.Completer(task), strings.Join(differs, "\n  - ")),
			who+s.choose(" This completion is not in the state, and nothing more was sent", " Nothing more was sent")+"; the task is as it was completed.",
			s.overrule(task, "Either change the configuration to match the task, and apply again to record it. Or, to overrule what was done, "+
				"import the task if it is not in the state, and apply: that is an update, which reopens the task and completes it again."),
			failure, notice.ServerMessage(cause)),
	}
}

// importID returns a sentence with the import ID of the task.
func importID(task *tallyfy.Task) string {
	ref := withRun(task.Ref, task)
	return fmt.Sprintf("The ID to import is %q.", ref.Organization+"/"+ref.Run+"/"+ref.Task)
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

// leftOpen warns that an accepted completion left the task open. everyone reports that it was one
// of several shares.
func leftOpen(ref tallyfy.TaskRef, task *tallyfy.Task, everyone bool, s Subject) Notice {
	why := "An automation or an issue may have reopened it, or Tallyfy's reads may lag." // API.md §2.3
	switch {
	case isHidden(task):
		why = "An automation hides it."
	case everyone:
		why = "Everyone who is assigned must complete this task, and this was one share of it."
	}
	shown := fmt.Sprintf("shows the task as %q", task.Status)
	if task.Status == "" {
		shown = "does not show it as completed"
	}
	which := notice.Task(task)
	if task.Title == "" {
		which = notice.TaskRef(ref)
	}
	return Notice{
		Summary:   notice.TaskSummary(task, "Completion Accepted, Task Still Open"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Tallyfy accepted the completion of %s, and %s. %s", which, shown, why),
			s.choose("The true status is recorded. No further completion will be sent for it; refresh to see when the task is done.",
				"The action keeps no record of it: invoked again while the task is open, it sends another completion.")),
	}
}

// adoptedWithDoubt warns about a recorded completion that someone else seems to have made.
func adoptedWithDoubt(task *tallyfy.Task, s Subject) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Completion May Be Someone Else's"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("The outcome of this apply's request is unknown, and %s is completed, by %s, who is not the configured completer. ", notice.Task(task), notice.Completer(task))+
				"Someone else may have completed it meanwhile, or the token's owner may not be allowed to override the completer.",
			s.choose("The completion is recorded as Tallyfy reports it. ", "")+"Check in Tallyfy that it is the right one."),
	}
}

// completedBeforeRequest warns that Tallyfy accepted a completion of a task that was completed
// before.
func completedBeforeRequest(task *tallyfy.Task, s Subject) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Completion May Be Someone Else's"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Tallyfy accepted the completion of %s, and reports that it was completed by %s, which was before the request was sent. "+
				"Someone else probably completed it between the provider's read and its request, and Tallyfy may have fired webhooks and emails twice.", notice.Task(task), notice.Completer(task)),
			s.choose("The completion is recorded as Tallyfy reports it. ", "")+"Check in Tallyfy that the decision and the values are the right ones."),
	}
}

// unconfirmed warns about an accepted completion whose response shows no details.
func unconfirmed(ref tallyfy.TaskRef, err error, s Subject) Notice {
	return Notice{
		Summary:   notice.TaskSummary(&tallyfy.Task{ID: ref.Task}, "Completion Accepted, Details Unknown"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Tallyfy accepted the completion of %s, but neither the response nor the task shows it (reading the task: %s).", notice.TaskRef(ref), notice.Outcome(err)),
			s.choose("The completion is recorded without its details, and will not be sent again; the next refresh fills them in if the task can be read then.",
				"The action keeps no record of it: invoked again, it sends another completion unless Tallyfy shows this one by then."),
			notice.ServerMessage(err)),
	}
}

// valuesUnsure warns about values that could not be saved separately, and that the completed task
// does not show.
func valuesUnsure(ref tallyfy.TaskRef, want Desired, shown bool, diff difference) Notice {
	what := "Tallyfy does not show whether the field values were saved."
	if shown {
		what = "Not all field values were saved:\n  - " + strings.Join(want.differentValues(diff), "\n  - ")
	}
	return Notice{
		Summary:   notice.TaskSummary(&tallyfy.Task{ID: ref.Task}, "Field Values Not Confirmed"),
		Attribute: want.attribute(slices.Concat(diff.absent, diff.other)...),
		Detail: notice.Paragraphs(
			fmt.Sprintf("The completion of %s was accepted, together with the field values. %s", notice.TaskRef(ref), what),
			"Check the task's form in Tallyfy."+want.Subject.choose(" The completion will not be sent again.", "")),
	}
}

// recordedDifferently warns about an accepted completion that Tallyfy shows with another decision
// or completer than requested.
func recordedDifferently(task *tallyfy.Task, want Desired) []Notice {
	var all []Notice
	if want.IsApproved != nil && task.Type == tallyfy.TypeApproval && task.IsApproved != nil && *task.IsApproved != *want.IsApproved {
		all = append(all, Notice{
			Summary:   notice.TaskSummary(task, "Tallyfy Recorded Another Decision"),
			Attribute: attrIsApproved,
			Detail: notice.Paragraphs(
				fmt.Sprintf("The completion of %s was sent with is_approved = %t. Tallyfy accepted it, and shows the task as %s by %s. "+
					"Someone else may have completed it first: Tallyfy accepts a repeated completion, and keeps the first decision.",
					notice.Task(task), *want.IsApproved, verdict(*task.IsApproved), notice.Completer(task)),
				want.Subject.choose("The next plan shows the difference as an update, which reopens the task and completes it again. Apply it to overrule the decision, or",
					"To overrule the decision, reopen the task in Tallyfy and invoke the action again; or")+fmt.Sprintf(" set is_approved = %t to keep it.", *task.IsApproved)),
		})
	}
	if want.OverrideUser != nil && task.CompleterID != 0 && task.CompleterID != *want.OverrideUser {
		all = append(all, Notice{
			Summary:   notice.TaskSummary(task, "Tallyfy Recorded Another Completer"),
			Attribute: attrOverrideUser,
			Detail: fmt.Sprintf("The completion of %s was accepted, and Tallyfy shows user %d as its completer, not user %d. The token's owner may not be allowed to override it.",
				notice.Task(task), task.CompleterID, *want.OverrideUser),
		})
	}
	return all
}

// taskReopened warns that a recorded completion no longer stands.
func taskReopened(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Task Was Reopened"),
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s was completed, and Tallyfy now shows it as %q, so it is open again. "+
			"The completion is removed from the state. If this plan creates a completion of the task, applying it completes the task again.", notice.TaskSubject(task), task.Status),
	}
}

// completionHidden warns that an automation hides a task after its completion was recorded.
func completionHidden(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Completed Task Is Hidden"),
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s was completed, and an automation hides it now: Tallyfy shows it as %q. "+
			"The completion happened and stays recorded. If an automation shows the task as open again, it is removed from the state.", notice.TaskSubject(task), task.Status),
	}
}

// completionNotFound warns that a recorded completion can no longer be checked.
func completionNotFound(ref tallyfy.TaskRef, title string, err error) Notice {
	next := "The completion happened and stays recorded. Remove the block from the configuration when you no longer need it."
	if tallyfy.IsNoEndpoint(err) {
		next += " " + Resource.advice(err)
	}
	return Notice{
		Summary:   notice.TaskSummary(&tallyfy.Task{ID: ref.Task, Title: title}, "Completed Task Cannot Be Found"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s: %s. %s", notice.TaskRef(ref), notice.Outcome(err), notice.NotShown),
			next, notice.ServerMessage(err)),
	}
}

// cannotBeCompletedAgain refuses an update before the task is reopened, because Tallyfy would
// reject the new completion.
func cannotBeCompletedAgain(task *tallyfy.Task, empty []tallyfy.Field) Notice {
	return Notice{
		Summary:   "Required Field Is Empty",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s would have to be reopened and completed again, and Tallyfy rejects the completion of a task whose required fields are empty:\n%s",
				notice.TaskSubject(task), fieldLines(empty)),
			sentNothing,
			"Give these fields values in form_fields or taskdata, then apply again."),
	}
}
