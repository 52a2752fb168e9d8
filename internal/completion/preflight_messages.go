// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file holds the notices of a plan. Each predicts what the apply does, as far as that is
// known.

// unlessReopened returns the end of a sentence about the new completion of a task that is already
// completed. Terraform plans a tainted resource as a new one, and the provider does not see what
// its destroy does first. Nor does it see what the destroy of another block for the task does.
func unlessReopened(p Planned) string {
	if p.Subject != Resource {
		return ", unless the task is reopened before."
	}
	unless := ", unless the same apply reopens the task first and completes it again."
	if p.ReopenOnDestroy {
		unless += " A destroy with reopen_on_destroy does that if it precedes this, as in a replacement without create_before_destroy. Webhooks and emails then fire again."
	}
	return unless
}

func requiredEmpty(task *tallyfy.Task, fields []tallyfy.Field) Notice {
	return Notice{
		Summary: notice.TaskSummary(task, "Required Field Is Empty"), Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("These fields of %s are required, and neither the configuration nor the task has a value for them:\n%s", notice.Task(task), fieldLines(fields)),
			"Tallyfy rejects the completion unless someone fills them in before the apply."),
	}
}

func hiddenTask(task *tallyfy.Task) Notice {
	return Notice{
		Summary: notice.TaskSummary(task, "Task Is Hidden"), Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("An automation hides %s: Tallyfy shows it as %q, and a hidden task cannot be completed.", notice.Task(task), task.Status),
			"Applying this sends the completion, and fails unless an automation shows the task by then. "+
				"If the completion of another block shows it, name that block in depends_on."),
	}
}

// willBeAdopted warns about a task that is completed as configured, as far as that is known.
func willBeAdopted(task *tallyfy.Task, p Planned) Notice {
	n := Notice{Summary: notice.TaskSummary(task, "Task Is Already Completed"), Attribute: attrTaskID}
	later := p.unknownNames(task)
	as := "as configured"
	if p.isUnknown(attrOverrideUser) || p.OverrideUser != nil && *p.OverrideUser != task.CompleterID { // who completed it does not matter
		as += " except for " + attrOverrideUser
	}
	hidden := ""
	if task.Taskdata == nil && p.hasValues() {
		hidden = " Tallyfy does not show its values, so they were not compared."
	}
	if len(later) == 0 {
		how := as + ", "
		if hidden != "" {
			how = ""
		}
		n.Detail = fmt.Sprintf("%s was completed %sby %s.%s %s", notice.TaskSubject(task), how, notice.Completer(task), hidden,
			p.Subject.choose("Applying this records it as it is and sends no completion", "The action sends no completion")) + unlessReopened(p)
		return n
	}
	n.Detail = notice.Paragraphs(
		fmt.Sprintf("%s was completed by %s.%s Known only after apply: %s. All other values are %s, as far as they are known.", notice.TaskSubject(task), notice.Completer(task), hidden, strings.Join(later, ", "), as),
		p.Subject.choose("If the task holds what becomes known, applying this records the completion and sends nothing. If it does not, the apply fails and sends no completion",
			"If the task holds what becomes known, the action sends nothing. If it does not, the action fails and sends no completion")+unlessReopened(p))
	return n
}

func completedHow(task *tallyfy.Task, differs []string) string {
	return fmt.Sprintf("%s was completed by %s, but not as configured:\n  - %s", notice.TaskSubject(task), notice.Completer(task), strings.Join(differs, "\n  - "))
}

// differsInPlan refuses a task that is completed, but not as configured. The state may have the
// completion nevertheless.
func differsInPlan(task *tallyfy.Task, differs []string, s Subject) Notice {
	return Notice{
		Summary:   "Task Is Already Completed Differently",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			completedHow(task, differs), sentNothing,
			s.overrule(task, "Either change the configuration to match the task, and apply to record it. Or, to overrule what was done, "+
				"apply an update, which reopens the task and completes it again, so that webhooks and emails fire again: "+
				"import the task first if it is not in the state, run terraform untaint first if it is tainted, and do not replace it.")),
	}
}

// differsUnlessReopened is [differsInPlan] as a warning, if the plan may be a replacement that
// reopens the task.
func differsUnlessReopened(task *tallyfy.Task, p Planned, differs []string) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Task Is Already Completed Differently"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			completedHow(task, differs),
			"The apply fails and sends no completion"+unlessReopened(p),
			"To overrule what was done without a replacement, import the task if it is not in the state, or run terraform untaint if it is tainted, then apply. "+importID(task)),
	}
}

// decisionMayExpire warns about a decision that is known only after apply, on a task that accepts
// none.
func decisionMayExpire(task *tallyfy.Task) Notice {
	return Notice{
		Summary: notice.TaskSummary(task, "Expiring Task Cannot Be Decided"), Attribute: attrIsApproved,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s is of type %s, and Tallyfy records EXPIRED instead of ACKNOWLEDGED there if is_approved is false. "+
				"is_approved is known only after apply. Applying this fails and sends nothing unless it is null then.", notice.TaskSubject(task), task.Type),
			"Remove is_approved."),
	}
}

// updateOf begins the notice of an update: what differs, on the attribute that differs first. The
// configuration need not have changed: someone may have decided an approval differently, or the
// completion is imported.
func updateOf(task *tallyfy.Task, p Planned) Notice {
	changes := p.changes()
	var texts []string
	for _, c := range changes {
		texts = append(texts, c.String())
	}
	n := Notice{Attribute: changes[0].attribute, Detail: fmt.Sprintf("The configuration of %s differs from the state: %s.", notice.Task(task), strings.Join(texts, ", "))}
	if len(changes[0].keys) == 1 {
		n.Key = changes[0].keys[0]
	}
	return n
}

// reopenEffect describes how a completed task is changed.
func reopenEffect(p Planned) string {
	values := ""
	if p.hasValues() || p.valuesUnknown() {
		values = ", saves the values"
	}
	return "reopens it" + values + " and completes it again: webhooks and emails fire again, and automations compute deadlines and visibility again."
}

func willReopen(task *tallyfy.Task, p Planned) Notice {
	n := updateOf(task, p)
	n.Summary = notice.TaskSummary(task, "Update Reopens the Task and Completes It Again")
	n.Detail += " Tallyfy cannot change a completed task, so applying this " + reopenEffect(p)
	if p.ReopenOnDestroy {
		n.Detail += " If -replace or replace_triggered_by makes this a replacement with create_before_destroy, the apply fails instead."
	}
	return n
}

// mayReopen warns about an update if it is unknown whether the task already holds everything.
// checked reports that the task was read.
func mayReopen(task *tallyfy.Task, p Planned, checked bool) Notice {
	n := updateOf(task, p)
	n.Summary = notice.TaskSummary(task, "Update May Reopen the Task and Complete It Again")
	if !checked {
		n.Detail += " The task was not checked while planning."
	}
	if later := p.unknownNames(task); len(later) > 0 {
		n.Detail += " Known only after apply: " + strings.Join(later, ", ") + "."
	}
	n.Detail += " If the completed task holds everything that is configured, nothing is sent. Otherwise applying this " + reopenEffect(p)
	return n
}

// nothingToSend warns about an update that the task already shows.
func nothingToSend(task *tallyfy.Task, p Planned) Notice {
	n := updateOf(task, p)
	n.Summary = notice.TaskSummary(task, "Task Is Already as Configured")
	n.Detail += fmt.Sprintf(" The task was completed by %s, and holds all that is configured. Applying this only updates the state: the task is not reopened, and no completion is sent", notice.Completer(task))
	if p.ReopenOnDestroy {
		n.Detail += ", unless -replace or replace_triggered_by makes this a replacement, which may reopen the task and complete it again"
	}
	n.Detail += "."
	return n
}

// completesOpen warns about an update of an open task, such as one that everyone must complete
// after one share.
func completesOpen(task *tallyfy.Task, p Planned) Notice {
	n := updateOf(task, p)
	n.Summary = notice.TaskSummary(task, "Update Completes the Open Task")
	n.Detail += fmt.Sprintf(" Tallyfy shows the task as %q. Applying this reopens nothing, and sends another completion.", task.Status)
	return n
}

// notThere warns about a task that Tallyfy does not show. more is what the list of its process
// shows.
func notThere(p Planned, more string, err error) Notice {
	does := "sends the completion anyway, and fails"
	switch {
	case p.byName(): // only the form has the IDs of the fields
		does = "sends nothing and fails"
	case p.isUnknown(attrFormFields, attrSecretFormFields):
		does = "fails"
	case p.Recorded != nil: // no completion follows a reopening that fails
		does = "sends the reopening anyway, and fails"
	}
	return Notice{
		Summary: notice.TaskSummary(&tallyfy.Task{ID: p.Task.Task}, "Task Cannot Be Found"), Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s while planning: %s.", notice.TaskRef(p.Task), notice.Outcome(err)),
			more,
			fmt.Sprintf("Applying this %s unless Tallyfy shows the task by then, as it may if an automation makes the task visible.", does),
			p.Subject.advice(err), notice.ServerMessage(err)),
	}
}

// mistyped refuses an ID that no task has. It is the name of a task of the process, or nearly the
// ID of one.
func mistyped(p Planned, meant []*tallyfy.Task, err error) Notice {
	lines := []string{"The process has no task with this ID. Did you mean one of these?"}
	for _, task := range meant {
		lines = append(lines, fmt.Sprintf("  - %s, the ID of %q", task.ID, task.Title))
	}
	return Notice{
		Summary: notice.TaskSummary(&tallyfy.Task{ID: p.Task.Task}, "Task Cannot Be Found"), Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s while planning: %s.", notice.TaskRef(p.Task), notice.Outcome(err)),
			strings.Join(shortened(lines), "\n"),
			"task_id is the ID of a task, not its title or alias. Nothing was sent. Fix task_id, then plan again.",
			notice.ServerMessage(err)),
	}
}

// inAnotherProcess refuses a run_id of another process than the task's.
func inAnotherProcess(p Planned, task *tallyfy.Task, err error) Notice {
	belongs := "it belongs to process " + task.RunID
	next := "Fix run_id, or remove it: the provider then uses the process that Tallyfy reports."
	if task.RunID == "" {
		belongs, next = "it is a one-off task, which belongs to no process", "Remove run_id."
	}
	return Notice{
		Summary: notice.TaskSummary(task, "Task Cannot Be Found"), Attribute: attrRunID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s while planning: %s.", notice.TaskRef(p.Task), notice.Outcome(err)),
			fmt.Sprintf("The organization has %s, and %s. A completion in process %s fails.", notice.Task(task), belongs, p.Task.Run),
			next+" Nothing was sent.",
			notice.ServerMessage(err)),
	}
}

// notChecked warns that Tallyfy, or what is in front of it, refuses to show tasks. general reports
// that this applies to all of them.
func notChecked(ref tallyfy.TaskRef, general bool, err error) Notice {
	means := "The tasks of this plan were not checked, and an apply is likely to fail in the same way."
	switch {
	case tallyfy.IsNoTask(err):
		means = "The tasks of this plan were not checked. An apply sends completions even if it cannot read their tasks, and the responses decide. " +
			"Completions with form_fields fail without a request, because only the form has the IDs of the fields. Waits fail."
	case !general:
		means = "This task was not checked, nor any other of this plan that Tallyfy refuses to show. An apply is likely to fail in the same way."
	}
	next := PlannedAction.advice(err)                  // of a plan, so for every subject
	if tallyfy.StatusOf(err) == http.StatusForbidden { // of a read, and not of a completion
		next = "Check that organization_id is the token's organization, and that the token's owner may see the task."
	}
	return Notice{
		Summary: "Tasks Could Not Be Checked",
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s while planning: %s.", notice.TaskRef(ref), notice.Outcome(err)),
			means, next, notice.ServerMessage(err)),
	}
}

// contradicts reports another block that requests something else of the same task. what describes
// the consequence.
func contradicts(task *tallyfy.Task, differs []string, what string) Notice {
	return Notice{
		Summary: notice.TaskSummary(task, "Blocks Contradict Each Other"), Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Another block of this configuration completes %s too, and they differ:\n  - %s", notice.Task(task), strings.Join(differs, "\n  - ")),
			what, "Keep one block for each task."),
	}
}
