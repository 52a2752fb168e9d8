// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// The attributes that messages point to.
const (
	attrTaskID = "task_id"
	attrAlias  = "alias"
)

// attribute returns the attribute that identifies the task in the configuration.
func (w Wanted) attribute() string {
	if w.Alias != "" {
		return attrAlias
	}
	return attrTaskID
}

// These sentences describe what a wait leaves behind if it ends without a completed task.
const (
	nothingRecorded = "Nothing is recorded, and what depends on this wait is not applied. A wait only reads, so it changed nothing in Tallyfy."
	waitsAgain      = "The next apply waits again, and records the task if it is completed by then."
)

// phase is when a task was found that ends a wait.
type phase string

const (
	planning phase = "The plan"
	applying phase = "The apply"
)

// refusal is the failure of a wait for a task that nobody has to complete any more, or that nobody
// can complete.
func refusal(task *tallyfy.Task, want Wanted, why verdict, when phase) *notice.Failure {
	n := notice.Notice{Attribute: want.attribute()}
	switch why {
	case archived:
		n.Summary = "Task Is Archived"
		n.Detail = notice.Paragraphs(
			fmt.Sprintf("%s was archived at %s, and an archived task cannot be completed. %s does not wait for it.", notice.TaskSubject(task), task.ArchivedAt, when),
			nothingRecorded,
			"Restore the task in Tallyfy, then apply again. Or remove the block.")
	case undecided:
		n.Summary = "Decision Is Not Shown"
		n.Detail = notice.Paragraphs(
			fmt.Sprintf("%s is an approval that was completed by %s, and Tallyfy does not show whether it was approved or rejected. %s does not treat it as approved.",
				notice.TaskSubject(task), notice.Completer(task), when),
			nothingRecorded,
			"Check the decision in Tallyfy, then apply again: the next apply reads the task first. Set fail_on_rejection to false if the decision does not matter.")
	case rejected:
		n.Summary = "Approval Was Rejected"
		n.Detail = notice.Paragraphs(
			fmt.Sprintf("%s was rejected by %s. Its status is %s%s.", notice.TaskSubject(task), notice.Completer(task), status(task), assignees(task)),
			nothingRecorded,
			"The next apply reads the task again, and fails as long as it is rejected. To continue, have the task reopened and approved in Tallyfy, then apply again. "+
				"Set fail_on_rejection to false to record a rejection as well.")
	case open, done:
		panic("a task that is open or completed does not fail a wait")
	}
	return &notice.Failure{Notice: n}
}

// RejectedBefore is the failure if a completion is recorded that does not pass, and the
// configuration no longer accepts it. decided says that it is a rejection, and not an approval
// whose decision is not shown.
func RejectedBefore(ref tallyfy.TaskRef, title, by string, decided bool) *notice.Failure {
	summary, was, accept := "Approval Was Rejected", "rejected by "+by, "the rejection"
	if !decided {
		summary, was, accept = "Decision Is Not Shown", "completed by "+by+" without a decision that Tallyfy shows", "it"
	}
	return &notice.Failure{Notice: notice.Notice{
		Summary: summary, Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("The state records that %s was %s, and fail_on_rejection is true now.", Name(ref, title), was),
			"Nothing was changed: the state stays as it was, and no request was sent.",
			"To accept "+accept+", keep fail_on_rejection = false. To continue with an approval, have the task reopened and approved in Tallyfy, then plan again."),
	}}
}

// Revoked warns that a recorded approval is rejected now, or does not show its decision; decided
// says which.
func Revoked(ref tallyfy.TaskRef, title, by string, decided bool) notice.Notice {
	now := "shows it as rejected by " + by
	if !decided {
		now = "shows its completion by " + by + " without a decision"
	}
	return notice.Notice{
		Summary: summaryOf(ref, title, "Approval Was Revoked"), Attribute: attrTaskID,
		Detail: fmt.Sprintf("The approval of %s was recorded, and Tallyfy now %s. "+
			"The wait is removed from the state: an apply of this configuration fails unless the task shows an approval by then, and waits if it is reopened.", Name(ref, title), now),
	}
}

// Reopened warns that a recorded task is open again.
func Reopened(ref tallyfy.TaskRef, title string) notice.Notice {
	return notice.Notice{
		Summary: summaryOf(ref, title, "Task Was Reopened"), Attribute: attrTaskID,
		Detail: fmt.Sprintf("The completion of %s was recorded, and Tallyfy now shows the task as open. "+
			"The wait is removed from the state, so an apply of this configuration waits until the task is completed again.", Name(ref, title)),
	}
}

// Hidden warns that an automation hides a recorded task.
func Hidden(ref tallyfy.TaskRef, title, status string) notice.Notice {
	return notice.Notice{
		Summary: summaryOf(ref, title, "Completed Task Is Hidden"), Attribute: attrTaskID,
		Detail: fmt.Sprintf("The completion of %s was recorded, and an automation hides the task now: Tallyfy shows it as %q. "+
			"The wait stays recorded, because the task was completed. Nothing waits again unless an automation shows the task as open.", Name(ref, title), status),
	}
}

// NotFound warns that a recorded task is not shown any more.
func NotFound(ref tallyfy.TaskRef, title string, err error) notice.Notice {
	why := " " + notice.NotShown
	if tallyfy.IsNoEndpoint(err) {
		why = " " + notice.Advice(err)
	}
	return notice.Notice{
		Summary: summaryOf(ref, title, "Completed Task Cannot Be Found"), Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s, which was waited for: %s.%s", Name(ref, title), notice.Outcome(err), why),
			"The wait stays recorded, because the task was completed. Nothing waits again. Remove the block when nothing depends on it any more.",
			notice.ServerMessage(err)),
	}
}

// timedOut is the failure of a wait at its timeout.
func (s *session) timedOut() *notice.Failure {
	next := waitsAgain + " Raise timeouts.create if people need longer, or let the pipeline start again when the task is completed."
	switch {
	case s.shown == nil && tallyfy.IsNotFound(s.failed):
		next = advice(s.failed, s.ref)
	case s.shown == nil && s.ref.Task == "" && s.failed == nil:
		next = "Check run_id and alias: no task of the process has it. " + waitsAgain
	}
	return &notice.Failure{Notice: notice.Notice{
		Summary: "Wait Timed Out", Attribute: s.want.attribute(),
		Detail: notice.Paragraphs(
			fmt.Sprintf("Waited %s (timeouts.create) for %s. %s", s.want.Timeout, s.named(), s.known()),
			nothingRecorded,
			next,
			s.lastFailure()),
	}}
}

// interrupted is the failure of a wait that was cancelled.
func (s *session) interrupted() *notice.Failure {
	return &notice.Failure{Notice: notice.Notice{
		Summary: "Wait Was Interrupted", Attribute: s.want.attribute(),
		Detail: notice.Paragraphs(
			fmt.Sprintf("The apply was interrupted while it waited for %s. %s", s.named(), s.known()),
			nothingRecorded, waitsAgain,
			s.lastFailure()),
	}}
}

// unreadable is the failure if Tallyfy refuses to show the task, so that no further poll can end
// the wait.
func (s *session) unreadable(err error) *notice.Failure {
	means := nothingRecorded
	if s.shown != nil {
		means = s.known() + " " + means
	}
	next := advice(err, s.ref)
	if next == "" {
		next = notice.Advice(err) + " " + waitsAgain
	}
	if tallyfy.IsNotFound(err) {
		means = fmt.Sprintf("Tallyfy has responded so for at least %s. ", appearance) + means
	}
	return notice.Report{
		Summary: "Task Could Not Be Read", Attribute: s.want.attribute(),
		Action: "Waiting for " + s.named(), Effect: means, Remedy: next, Cause: err,
	}.Failure()
}

// advice returns what to do about a failure, if that depends on what was read; empty otherwise.
func advice(err error, ref tallyfy.TaskRef) string {
	switch {
	case isHeldTooLong(err):
		return "Apply again when Tallyfy accepts requests, or raise timeouts.create. " + waitsAgain
	case tallyfy.IsNotFound(err) && ref.Task == "":
		return "Check organization_id and run_id: Tallyfy shows no such process. " + waitsAgain
	case tallyfy.IsNotFound(err) && ref.Run != "":
		return "Check organization_id, run_id and task_id: Tallyfy shows no such task in this process. The tasks of an archived process are not shown either. " + waitsAgain
	case tallyfy.IsNotFound(err):
		return "Check organization_id and task_id: the task or its process may be deleted or archived, or hidden from the token's owner. " + waitsAgain
	case tallyfy.StatusOf(err) == http.StatusForbidden:
		return "Check that organization_id is the token's organization, and that the token's owner may see the task. " + waitsAgain
	}
	return ""
}

// named returns the name of the awaited task.
func (s *session) named() string {
	switch {
	case s.shown != nil:
		return notice.Task(s.shown)
	case s.ref.Task == "":
		return fmt.Sprintf("the task with the alias %q of process %s", s.want.Alias, s.ref.Run)
	}
	return notice.TaskRef(s.ref)
}

// known describes the task at its last read.
func (s *session) known() string {
	switch {
	case s.shown == nil && s.ref.Task == "":
		return "Tallyfy did not show a task with this alias."
	case s.shown == nil:
		return "Tallyfy did not show the task."
	}
	text := fmt.Sprintf("It was open when it was read last: its status is %s%s.", status(s.shown), assignees(s.shown))
	if s.shown.EveryoneMustComplete {
		text += " Everyone who is assigned must complete it."
	}
	return text
}

// lastFailure describes the failure of the last poll, which may explain why the task is not known
// to be completed.
func (s *session) lastFailure() string {
	if s.failed == nil {
		return ""
	}
	return notice.Paragraphs("The last poll failed: "+notice.Outcome(s.failed)+".", notice.ServerMessage(s.failed))
}

// summaryOf returns a summary for this task alone.
func summaryOf(ref tallyfy.TaskRef, title, summary string) string {
	return notice.TaskSummary(&tallyfy.Task{ID: ref.Task, Title: title}, summary)
}

// Name names a task by its ID, and by its title if it is not empty.
func Name(ref tallyfy.TaskRef, title string) string {
	if title == "" {
		return notice.TaskRef(ref)
	}
	return fmt.Sprintf("task %q (%s)", title, ref.Task)
}

// Completer names who completed a task and when, as far as that is known.
func Completer(user int64, guest, at string) string {
	return notice.Completer(&tallyfy.Task{CompleterID: user, CompleterGuestID: guest, CompletedAt: at})
}

func status(task *tallyfy.Task) string {
	if task.Status == "" {
		return "not shown"
	}
	return strconv.Quote(task.Status)
}

// assignees continues a sentence with the assignees of the task; empty if Tallyfy does not show
// them.
func assignees(task *tallyfy.Task) string {
	names, shown := assigneeNames(task)
	switch {
	case !shown:
		return ""
	case names == "":
		return ", and it is not assigned to anyone"
	}
	return ", and it is assigned to " + names
}

// assigneeNames lists the assignees of the task, for messages and log lines. shown is false if
// Tallyfy does not show them.
func assigneeNames(task *tallyfy.Task) (names string, shown bool) {
	if task.Owners == nil {
		return "", false
	}
	var all []string
	for _, id := range task.Owners.Users {
		all = append(all, fmt.Sprintf("user %d", id))
	}
	for _, guest := range task.Owners.Guests {
		all = append(all, "guest "+guest)
	}
	for _, group := range task.Owners.Groups {
		all = append(all, "group "+group)
	}
	return strings.Join(all, ", "), true
}
